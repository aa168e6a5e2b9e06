ALTER TYPE public.mood OWNER TO writer;
