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
