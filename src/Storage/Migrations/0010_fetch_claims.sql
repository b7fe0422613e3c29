-- Which orchestration's call to a provider is made already, where that is not known in memory: a caller for whom the task hub was too slow asks the
-- providers itself, and the orchestration's activities may run later in another process.
--
--   outcome  the result of the call, as JSON; null while the call is under way.

create table quorum.fetch_claims (
    instance_id text collate "C" not null,
    provider    text collate "C" not null,
    claimed_at  timestamptz      not null default now(),
    outcome     jsonb,
    primary key (instance_id, provider)
);
