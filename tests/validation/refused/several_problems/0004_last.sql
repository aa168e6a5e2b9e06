-- depends: 0003_more

SELECT 1 FROM public.notes;
