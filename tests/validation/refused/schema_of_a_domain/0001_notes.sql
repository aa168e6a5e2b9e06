CREATE DOMAIN public.word AS text;
