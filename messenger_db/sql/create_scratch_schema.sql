CREATE SCHEMA {schema};
SET LOCAL search_path = {schema};
