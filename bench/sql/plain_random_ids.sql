-- Messages have random ids: those of the schema's rows are made random by md5.
CREATE FUNCTION message_id(id uuid) RETURNS uuid
    LANGUAGE sql
    IMMUTABLE
    STRICT
    PARALLEL SAFE
    RETURN md5(id::text)::uuid;

CREATE FUNCTION bench_new_id() RETURNS uuid
    LANGUAGE sql
    RETURN gen_random_uuid();
