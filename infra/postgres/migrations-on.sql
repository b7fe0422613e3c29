-- Lets the app's next start apply migrations: its sessions act as the owner.
--   psql -v app=id-quorum-prod -f infra/postgres/migrations-on.sql
\set ON_ERROR_STOP on
grant quorum_owner to :"app";
select format('alter role %I in database %I set role = quorum_owner', :'app', current_database())
\gexec
