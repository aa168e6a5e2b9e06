-- Functions: open to PUBLIC, and as definitions to vary. The relation is the function itself.
SELECT variant.kind, p.proname::text, p.proname::text, variant.what, '', variant.definition, ''
FROM pg_proc AS p
CROSS JOIN LATERAL (
    VALUES
    ('privilege', 'open to PUBLIC', format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', p.oid::regprocedure)),
    ('function', NULL, pg_get_functiondef(p.oid))
) AS variant (kind, what, definition)
WHERE p.pronamespace = current_schema()::regnamespace
