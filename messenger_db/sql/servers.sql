-- A server: its databases, its superuser, and its settings.

-- name: database_exists(name)
SELECT EXISTS (SELECT FROM pg_database WHERE datname = :name);

-- name: create_database()
CREATE DATABASE {database} ENCODING 'UTF8' TEMPLATE template0;

-- name: database_encoding()
SELECT getdatabaseencoding();

-- name: facts()
SELECT
    current_setting('server_version'),
    pg_database_size(current_database()),
    pg_size_pretty(pg_database_size(current_database()));

-- name: is_fsync_on()
SELECT current_setting('fsync')::boolean;

-- name: create_superuser(password)
CREATE ROLE {role} SUPERUSER LOGIN PASSWORD :password;

-- name: create_login_role(password)
CREATE ROLE {role} LOGIN PASSWORD :password;

-- name: is_member(role)
SELECT pg_has_role(:role, 'MEMBER');

-- name: join_role()
GRANT {role} TO CURRENT_USER;

-- name: alter_superuser(password)
ALTER ROLE {role} PASSWORD :password;

-- name: set_scram_iterations()
SET scram_iterations = 1;
