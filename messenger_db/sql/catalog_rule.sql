-- The rule that makes a view one is the view's.
SELECT
    relname,
    relname || '.' || rulename,
    pg_get_ruledef(pg_rewrite.oid, true) AS rule,
    quote_literal(obj_description(pg_rewrite.oid, 'pg_rewrite')) AS comment
FROM pg_rewrite
JOIN pg_class ON pg_class.oid = ev_class
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND rulename <> '_RETURN';
