-- Definitions name the schema of what the search_path does not find: so the objects of this one alone go by bare names.
SELECT set_config('search_path', coalesce(quote_ident(current_schema()), ''), true);
