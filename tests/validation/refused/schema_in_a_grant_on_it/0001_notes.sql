GRANT USAGE ON SCHEMA public TO reader;
