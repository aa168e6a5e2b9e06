-- What the executor will ask the privileges for, as the parse analysis of each hot path has noted it beside each table:
-- the privileges (1 INSERT, 4 UPDATE, 8 DELETE) and the columns, counted from the lowest system column (-7) on.
WITH asked AS (
    SELECT
        parts[1]::oid AS relid,
        parts[2]::bigint AS privileges,
        parts[3] AS inserted,
        parts[4] AS updated
    FROM pg_proc
    CROSS JOIN regexp_matches(
        prosqlbody::text,
        ':relid (\d+) [^{}]*:requiredPerms (\d+) [^{}]*:insertedCols \(b([ \d]*)\) :updatedCols \(b([ \d]*)\)',
        'g'
    ) AS parts
    WHERE pronamespace = to_regnamespace(quote_ident(current_schema()))
        AND proname ~ '^hot path '
),
written AS (
    SELECT DISTINCT
        relid,
        bit,
        privilege,
        attnum,
        attname
    FROM asked
    CROSS JOIN LATERAL (
        VALUES
            (1, 'INSERT', inserted),
            (4, 'UPDATE', updated),
            (8, 'DELETE', '')
    ) AS privilege_of_table (bit, privilege, members)
    LEFT JOIN regexp_split_to_table(trim(members), ' ') AS member ON member <> ''
    LEFT JOIN pg_attribute ON attrelid = relid
        AND attnum = member::integer - 7
    WHERE privileges & bit <> 0
)
SELECT
    relname,
    privilege,
    COALESCE(
        array_agg(attname::text ORDER BY attnum) FILTER (WHERE attname IS NOT NULL),
        -- SELECT ... FOR UPDATE asks for UPDATE on any one column: where none is written, the one that matters least,
        -- which no constraint mentions and which may be NULL.
        CASE
            WHEN privilege <> 'DELETE' THEN ARRAY(
                SELECT attname::text
                FROM pg_attribute
                WHERE attrelid = relid
                    AND attnum > 0
                    AND NOT attisdropped
                ORDER BY
                    EXISTS (SELECT FROM pg_constraint WHERE conrelid = relid AND attnum = ANY (conkey)),
                    attnotnull,
                    attnum
                LIMIT 1
            )
        END
    ) AS columns
FROM written
JOIN pg_class ON pg_class.oid = relid
GROUP BY
    relid,
    relname,
    bit,
    privilege
ORDER BY
    relname,
    bit;
