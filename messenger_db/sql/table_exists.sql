-- In the schema that takes the tables alone: another one on the search_path may hold another messenger's.
SELECT to_regclass(quote_ident(current_schema()) || '.' || quote_ident(:name)) IS NOT NULL;
