DO $$
BEGIN
    PERFORM public.f();
END;
$$;
