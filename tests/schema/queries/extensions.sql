-- Extensions that a bare server does not have.
SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql'
