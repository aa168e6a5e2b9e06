SELECT public.f();
