#!/bin/sh
# Run by the PostgreSQL image when it makes a new cluster.
set -eu
exec psql --set=ON_ERROR_STOP=1 --no-psqlrc --username="$POSTGRES_USER" --dbname=postgres \
  --set=owner_password="$DNM_OWNER_PASSWORD" --set=app_password="$DNM_APP_PASSWORD" \
  --set=backup_password="$DNM_BACKUP_PASSWORD" --file=/dnm/roles.sql
