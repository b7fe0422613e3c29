-- The app's roles in PostgreSQL. Run once as the server's Entra administrator, in database quorum, with the name of the app's identity:
--   psql -v app=id-quorum-prod -f infra/postgres/roles.sql
-- Running it again changes nothing.
--
-- Glossary
--   quorum_owner   owns the schemas quorum and taskhub (orchestrations) and all in them. No login.
--   the app        the managed identity: reads and writes rows, creates and alters nothing.
-- migrations-on.sql lets a release with new migrations apply them; migrations-off.sql ends that.
\set ON_ERROR_STOP on
-- In Azure the identity becomes a role by this function; it exists nowhere else.
select format('select * from pgaadauth_create_principal(%L, false, false)', :'app')
 where not exists (select from pg_roles where rolname = :'app')
\gexec

select 'create role quorum_owner nologin' where not exists (select from pg_roles where rolname = 'quorum_owner')
\gexec

grant quorum_owner to current_user;
select format('grant create on database %I to quorum_owner', current_database()) -- Migrations contain "create schema if not exists".
\gexec
select format('revoke all on database %I from public', current_database())
\gexec
select format('grant connect on database %I to %I', current_database(), :'app')
\gexec
revoke create on schema public from public;

create schema if not exists quorum authorization quorum_owner;
create schema if not exists taskhub authorization quorum_owner;
grant usage on schema quorum, taskhub to :"app";
grant select, insert, update, delete on all tables in schema quorum, taskhub to :"app";
grant usage, select on all sequences in schema quorum, taskhub to :"app";

-- For objects of later migrations.
alter default privileges for role quorum_owner in schema quorum, taskhub grant select, insert, update, delete on tables to :"app";
alter default privileges for role quorum_owner in schema quorum, taskhub grant usage, select on sequences to :"app";
