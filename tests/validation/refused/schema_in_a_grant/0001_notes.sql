GRANT SELECT ON public.notes TO reader;
