"""Extensions, and what the application role may do with tables that are yet to come.

The roles themselves are made once for a server (docs/operations.md); the first migration says so if they are missing.
"""

from django.db import migrations

CHECK = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dnm_app') OR current_user <> 'dnm_owner' THEN
        RAISE EXCEPTION 'migrations run as dnm_owner, beside a role dnm_app: see docs/operations.md, "Roles"';
    END IF;
END $$
"""
GRANT = """
GRANT USAGE ON SCHEMA public TO dnm_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO dnm_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO dnm_app;
GRANT SELECT ON django_migrations TO dnm_app
"""
REVOKE = """
REVOKE USAGE ON SCHEMA public FROM dnm_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM dnm_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM dnm_app;
REVOKE SELECT ON django_migrations FROM dnm_app
"""
EXTENSIONS = ["ltree", "cube", "btree_gist", "pg_trgm", "unaccent"]

PREPARE = [
    migrations.RunSQL(CHECK, migrations.RunSQL.noop),
    migrations.RunSQL(GRANT, REVOKE),
    *(
        migrations.RunSQL(f"CREATE EXTENSION IF NOT EXISTS {name}", migrations.RunSQL.noop)
        for name in EXTENSIONS
    ),
]
