-- What a role is granted, and what it can do.

-- name: role_exists(role)
SELECT FROM pg_roles WHERE rolname = :role;

-- name: tables()
SELECT
    relname,
    array_agg(attname::text ORDER BY attnum)
FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind IN ('r', 'p', 'v', 'm')
    AND attnum > 0
    AND NOT attisdropped
GROUP BY relname
ORDER BY relname;

-- name: functions()
-- Who writes a row must be allowed to call what its defaults, checks and indexes call, and what the statement itself and
-- such functions call in turn, but not what its triggers do.
SELECT
    format('%I(%s)', proname, pg_get_function_identity_arguments(oid)),
    EXISTS (
        SELECT
        FROM pg_depend
        WHERE refclassid = 'pg_proc'::regclass
            AND refobjid = pg_proc.oid
            AND classid IN (
                'pg_attrdef'::regclass, 'pg_constraint'::regclass, 'pg_class'::regclass, 'pg_proc'::regclass
            )
    )
FROM pg_proc
WHERE pronamespace = to_regnamespace(quote_ident(current_schema()))
    AND proname !~ '^hot path '
ORDER BY 1;

-- name: create_hot_path()
CREATE PROCEDURE {name}() LANGUAGE sql
BEGIN ATOMIC
{body}
END;

-- name: written_columns()
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

-- name: current_schema()
SELECT current_schema();

-- name: grant_schema()
REVOKE CREATE ON SCHEMA {on} FROM PUBLIC, {role};
GRANT USAGE ON SCHEMA {on} TO {role};

-- name: revoke_table()
REVOKE ALL ON TABLE {on} FROM PUBLIC, {role};

-- name: grant_table()
GRANT {privilege}{of_columns} ON TABLE {on} TO {role};

-- name: revoke_function()
REVOKE ALL ON ROUTINE {on} FROM PUBLIC, {role};

-- name: grant_function()
GRANT EXECUTE ON ROUTINE {on} TO {role};

-- name: wrong(role, rights, called, functions)
-- What the role has and should not, or should have and has not: its attributes, the roles it can become, what it owns,
-- and the privileges on all that is in the schema. A role counts as able to do what a role can that it is a member of,
-- with or without INHERIT, SET or ADMIN: what it does not inherit it can take. PUBLIC is 0. TEMP and CONNECT are the
-- database's.
WITH holder AS (
    SELECT
        oid,
        CASE WHEN rolname = :role THEN '' ELSE ', as a member of ' || rolname END AS through,
        CASE WHEN rolname = :role THEN 2 ELSE 1 END AS closeness
    FROM pg_roles
    WHERE rolname = :role
        OR pg_has_role(:role, oid, 'MEMBER')
    UNION ALL
    SELECT
        0,
        ', through PUBLIC',
        0
),
right_of_role AS (
    SELECT *
    FROM jsonb_to_recordset(:rights::jsonb) AS r ("table" text, privilege text, columns text[])
),
here AS (
    SELECT
        to_regnamespace(quote_ident(current_schema()))::oid AS schema,
        (SELECT oid FROM pg_database WHERE datname = current_database()) AS database
),
relation AS (
    SELECT
        oid,
        relname
    FROM pg_class
    WHERE relnamespace = (SELECT schema FROM here)
        AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND NOT EXISTS (
            SELECT
            FROM pg_depend
            WHERE classid = 'pg_class'::regclass
                AND objid = pg_class.oid
                AND deptype = 'e'
        )
),
grantable AS (
    SELECT *
    FROM (VALUES ('', true), (' WITH GRANT OPTION', false)) AS g (suffix, is_plain)
),
checked AS (
    SELECT
        kind,
        'the attribute ' || attribute AS what,
        through,
        has,
        false AS should,
        closeness
    FROM holder
    JOIN pg_roles USING (oid)
    CROSS JOIN LATERAL (
        VALUES
            (0, 'SUPERUSER', rolsuper),
            (1, 'CREATEROLE', rolcreaterole),
            (1, 'REPLICATION', rolreplication),
            (1, 'BYPASSRLS', rolbypassrls)
    ) AS attributes (kind, attribute, has)
    UNION ALL
    SELECT
        2,
        'what PostgreSQL lets its own role do',
        through,
        true,
        false,
        closeness
    FROM holder
    JOIN pg_roles USING (oid)
    WHERE rolname ~ '^pg_'
    UNION ALL
    SELECT
        3,
        CASE deptype WHEN 'o' THEN 'the ownership of ' ELSE 'privileges on ' END
        || pg_describe_object(classid, objid, objsubid),
        through,
        true,
        false,
        closeness
    FROM pg_shdepend
    JOIN holder ON holder.oid = refobjid
    CROSS JOIN here
    CROSS JOIN pg_identify_object(classid, objid, objsubid) AS object
    WHERE refclassid = 'pg_authid'::regclass
        AND dbid = here.database
        AND (
            (deptype = 'o' AND object.schema = quote_ident(current_schema()))
            OR (deptype = 'a' AND object.schema = 'pg_catalog')
        )
    UNION ALL
    SELECT
        4,
        format('%s on the parameter %s', privilege_type, parname),
        through,
        true,
        false,
        closeness
    FROM pg_parameter_acl
    CROSS JOIN aclexplode(paracl)
    JOIN holder ON holder.oid = grantee
    UNION ALL
    SELECT
        4,
        format('%s on what %s creates, by default privileges', privilege_type, pg_get_userbyid(defaclrole)),
        through,
        true,
        false,
        closeness
    FROM pg_default_acl
    CROSS JOIN here
    CROSS JOIN aclexplode(defaclacl)
    JOIN holder ON holder.oid = grantee
    WHERE defaclobjtype IN ('r', 'S', 'f')
        AND defaclnamespace IN (0, here.schema)
        -- A list of default privileges repeats what the owner, and PUBLIC on functions, have without one.
        AND grantee <> defaclrole
        AND NOT (defaclobjtype = 'f' AND grantee = 0)
    UNION ALL
    SELECT
        5,
        format('CREATE%s on the database', suffix),
        through,
        has_database_privilege(holder.oid, here.database, 'CREATE' || suffix),
        false,
        closeness
    FROM here
    CROSS JOIN holder
    CROSS JOIN grantable
    UNION ALL
    SELECT
        6,
        format('%s on the schema %s', privilege || suffix, current_schema()),
        through,
        has_schema_privilege(holder.oid, here.schema, privilege || suffix),
        privilege = 'USAGE' AND is_plain,
        closeness
    FROM here
    CROSS JOIN holder
    CROSS JOIN grantable
    CROSS JOIN unnest(ARRAY['USAGE', 'CREATE']) AS privilege
    UNION ALL
    SELECT
        7,
        format('%s on %s', privilege || suffix, relname),
        through,
        has_table_privilege(holder.oid, relation.oid, privilege || suffix),
        is_plain AND EXISTS (
            SELECT
            FROM right_of_role AS r
            WHERE r."table" = relname
                AND r.privilege = of_table.privilege
        ),
        closeness
    FROM relation
    CROSS JOIN holder
    CROSS JOIN grantable
    CROSS JOIN unnest(
        ARRAY['DELETE', 'TRUNCATE', 'TRIGGER']
        || CASE WHEN current_setting('server_version_num')::integer >= 170000 THEN ARRAY['MAINTAIN'] ELSE '{}' END
    ) AS of_table (privilege)
    UNION ALL
    SELECT
        8,
        format('%s on %s.%s', privilege || suffix, relname, attname),
        through,
        has_column_privilege(holder.oid, relation.oid, attnum, privilege || suffix),
        is_plain AND EXISTS (
            SELECT
            FROM right_of_role AS r
            WHERE r."table" = relname
                AND r.privilege = of_column.privilege
                AND (r.columns IS NULL OR attname = ANY (r.columns))
        ),
        closeness
    FROM relation
    JOIN pg_attribute ON attrelid = relation.oid
        AND attnum > 0
        AND NOT attisdropped
    CROSS JOIN holder
    CROSS JOIN grantable
    CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS of_column (privilege)
    UNION ALL
    -- What runs with its caller's rights gives nobody more: of functions that no migration made only the others count.
    SELECT
        9,
        format('%s on %s', 'EXECUTE' || suffix, signature),
        through,
        has_function_privilege(holder.oid, pg_proc.oid, 'EXECUTE' || suffix),
        is_plain AND signature = ANY (:called::text[]),
        closeness
    FROM pg_proc
    CROSS JOIN format('%I(%s)', proname, pg_get_function_identity_arguments(oid)) AS signature
    CROSS JOIN holder
    CROSS JOIN grantable
    WHERE pronamespace = (SELECT schema FROM here)
        AND (prosecdef OR signature = ANY (:functions::text[]))
        AND NOT EXISTS (
            SELECT
            FROM pg_depend
            WHERE classid = 'pg_proc'::regclass
                AND objid = pg_proc.oid
                AND deptype = 'e'
        )
)
SELECT
    what || CASE WHEN has THEN through ELSE '' END,
    has
FROM checked
WHERE (has AND NOT should)
    OR (should AND NOT has AND closeness = 2)
ORDER BY
    kind,
    has,
    -- A privilege of PUBLIC's is everybody's, and one of a role's is its members': the first is where to take it away.
    CASE WHEN kind > 3 THEN closeness ELSE -closeness END,
    what;
