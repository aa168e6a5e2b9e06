-- Where the characters that show as nothing are listed, and the list itself: is_blank(), and the CHECKs that repeat it.
WITH definitions AS (
    SELECT
        proname::text AS name,
        pg_get_function_sqlbody(oid) AS definition
    FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace
        AND proname = 'is_blank'

    UNION ALL

    SELECT
        conname::text,
        pg_get_constraintdef(oid)
    FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace
        AND contype = 'c'
)
SELECT
    name,
    substring(definition FROM '''\[\^[^'']*ufeff[^'']*''')
FROM definitions
WHERE definition LIKE '%[^%ufeff%'
ORDER BY name;
