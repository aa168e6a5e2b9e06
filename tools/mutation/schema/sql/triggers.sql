-- Triggers: dropped, disabled, and as definitions to vary.
SELECT 'trigger', t.relname::text, g.tgname::text, variant.what, variant.before, variant.definition, ''
FROM pg_trigger AS g
JOIN pg_class AS t ON t.oid = g.tgrelid
CROSS JOIN LATERAL (
    VALUES
    ('dropped', '', format('DROP TRIGGER %I ON %I', g.tgname, t.relname)),
    ('disabled', '', format('ALTER TABLE %I DISABLE TRIGGER %I', t.relname, g.tgname)),
    (NULL, format('DROP TRIGGER %I ON %I', g.tgname, t.relname), pg_get_triggerdef(g.oid, true))
) AS variant (what, before, definition)
WHERE NOT g.tgisinternal AND t.relnamespace = current_schema()::regnamespace
