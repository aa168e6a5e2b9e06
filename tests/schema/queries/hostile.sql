-- A schema in front of pg_catalog that has its own of everything uuid_v7() and set_updated_at() call.
CREATE SCHEMA hostile;

CREATE FUNCTION hostile.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$SELECT timestamptz '3000-01-01'$$;

CREATE FUNCTION hostile.now() RETURNS timestamptz LANGUAGE sql AS $$SELECT timestamptz '3000-01-01'$$;

CREATE FUNCTION hostile.gen_random_uuid() RETURNS uuid LANGUAGE sql
AS $$SELECT uuid '00000000-0000-0000-0000-000000000000'$$;

CREATE FUNCTION hostile.to_hex(bigint) RETURNS text LANGUAGE sql AS $$SELECT 'hostile'::text$$;

CREATE FUNCTION hostile.lpad(text, integer, text) RETURNS text LANGUAGE sql AS $$SELECT 'hostile'::text$$;

CREATE FUNCTION hostile.substr(text, integer) RETURNS text LANGUAGE sql AS $$SELECT 'hostile'::text$$;

CREATE FUNCTION hostile.overlay(text, text, integer, integer) RETURNS text LANGUAGE sql AS $$SELECT 'hostile'::text$$;

CREATE FUNCTION hostile.extract(text, timestamptz) RETURNS numeric LANGUAGE sql AS $$SELECT 0::numeric$$;

CREATE FUNCTION hostile.concatenate(text, text) RETURNS text LANGUAGE sql AS $$SELECT 'hostile'::text$$;

CREATE FUNCTION hostile.multiply(numeric, numeric) RETURNS numeric LANGUAGE sql AS $$SELECT 0::numeric$$;

CREATE OPERATOR hostile.|| (FUNCTION = hostile.concatenate, LEFTARG = text, RIGHTARG = text);

CREATE OPERATOR hostile.* (FUNCTION = hostile.multiply, LEFTARG = numeric, RIGHTARG = numeric);
