-- The three roles and the database, for PostgreSQL 15 to 18. Run once by an administrator of the server:
--
--   psql --set=ON_ERROR_STOP=1 --set=owner_password=… --set=app_password=… --set=backup_password=… \
--        --file=docker/postgres/roles.sql postgres
--
-- dnm_owner   owns the database and its tables: migrations, seed, nothing else.
-- dnm_app     what every process of the portal connects as. Owns nothing; row-level security holds for it.
-- dnm_backup  reads everything, writes nothing: pg_dump under row-level security would dump nothing, silently.

CREATE ROLE dnm_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE CREATEDB PASSWORD :'owner_password';
CREATE ROLE dnm_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
CREATE ROLE dnm_backup LOGIN NOSUPERUSER BYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'backup_password';
ALTER ROLE dnm_backup SET default_transaction_read_only = on;
GRANT pg_read_all_data TO dnm_backup;

-- Order by code point, case by Unicode, the same on every machine: a provider of PostgreSQL's own since 18.
SELECT current_setting('server_version_num')::int >= 180000 AS has_own_unicode \gset
\if :has_own_unicode
CREATE DATABASE dnm OWNER dnm_owner TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST';
\else
CREATE DATABASE dnm OWNER dnm_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
\endif

REVOKE ALL ON DATABASE dnm FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE dnm TO dnm_app;
GRANT CONNECT ON DATABASE dnm TO dnm_backup;
