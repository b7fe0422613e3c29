-- Revokes the owner's rights again; open sessions keep them until they end, so restart the app.
--   psql -v app=id-quorum-prod -f infra/postgres/migrations-off.sql
\set ON_ERROR_STOP on
select format('alter role %I in database %I reset role', :'app', current_database())
\gexec
revoke quorum_owner from :"app";
