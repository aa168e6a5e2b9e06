-- Functions that PUBLIC may execute.
SELECT proname::text
FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')
