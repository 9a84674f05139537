"""The networks of one user: the only question that crosses networks, answered by ids and nothing else."""

from django.db import migrations

CREATE = """
CREATE FUNCTION accounts_networks_of(asked_user bigint) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT m.network_id FROM public.accounts_membership m
    JOIN public.accounts_network n ON n.id = m.network_id AND n.is_active
    WHERE m.user_id = asked_user AND m.state = 'active' ORDER BY 1
$$;
REVOKE ALL ON FUNCTION accounts_networks_of(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_networks_of(bigint) TO dnm_app
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION accounts_networks_of(bigint)")]
