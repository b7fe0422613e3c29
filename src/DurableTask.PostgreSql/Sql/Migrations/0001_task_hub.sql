-- The task hub: orchestrations whose state is the list of what happened to them.
--
-- instance   one orchestration, under an id of its own. It lives in the memory of one worker at a time, its owner.
-- history    what happened to an instance, in order. Running the orchestrator's code over it gives the instance's state.
-- generation counts how often an instance has continued as new, each time with an empty history.
-- worker     one process. It holds a lease, which it renews; when the lease runs out, others take over what it owned.
-- inbox      what others sent to an instance and its history does not hold yet.
--
-- Life of an instance: inserted with the history of its first turn and an owner -> each further turn appends one row of events
-- -> the last turn also writes status and output. A turn is one transaction together with those of other instances that are due
-- at the same moment; nothing that it asked for (activities, messages, answers) happens before it has committed.
--
-- Who may write: the owner. That is not checked by a lock but by the primary key of history: two processes that both believe to own
-- an instance write the same sequence number, one of them fails, forgets the instance and lets the other go on.

create table taskhub.hub (
    name text not null -- as host.json calls it; one database holds one hub
);

create table taskhub.workers (
    worker_id   text primary key,
    started_at  timestamptz not null,
    lease_until timestamptz not null
);

create table taskhub.instances (
    instance_id        text primary key,
    generation         int not null,
    name               text not null,
    version            text,
    status             text not null check (status in ('Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated')),
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    completed_at       timestamptz,
    start_at           timestamptz, -- not before; null: at once
    wake_at            timestamptz, -- with no owner: when its earliest timer is due; null: only a message wakes it
    owner              text,        -- workers.worker_id; null: in nobody's memory
    parent_instance_id text,
    trace_parent       text,        -- W3C, of who started it
    tags               text,        -- JSON object
    input              text,        -- JSON, of the current generation
    output             text,        -- JSON
    custom_status      text,        -- JSON
    failure            text         -- JSON: errorType, errorMessage, stackTrace, innerFailure
);

create index instances_unfinished on taskhub.instances (owner) where completed_at is null;
create index instances_created on taskhub.instances (created_at);

create table taskhub.history (
    instance_id text not null,
    generation  int not null,
    sequence    int not null, -- of the first event in the row; a row is what one commit added
    events      text not null, -- JSON array
    primary key (instance_id, generation, sequence)
);

-- A row holds one turn, some kilobytes of JSON that are read seldom and as a whole: compressed, and kept in the page.
alter table taskhub.history alter column events set storage main;
alter table taskhub.instances alter column input set storage main;
alter table taskhub.instances alter column output set storage main;

do $$
begin
    alter table taskhub.history alter column events set compression lz4;
    alter table taskhub.instances alter column input set compression lz4;
    alter table taskhub.instances alter column output set compression lz4;
exception when feature_not_supported then
    null; -- a PostgreSQL that was built without lz4 compresses with pglz
end
$$;

create table taskhub.inbox (
    message_id  bigint generated always as identity primary key,
    instance_id text not null,
    event       text not null -- JSON object, in the form of a history event
);

create index inbox_instance on taskhub.inbox (instance_id);

-- History for readers: one row an event.
create view taskhub.history_events as
select h.instance_id,
       h.generation,
       h.sequence + e.ordinal - 1 as sequence,
       e.event ->> 'type' as type,
       (e.event ->> 'at')::timestamptz as at,
       e.event
  from taskhub.history as h
 cross join lateral jsonb_array_elements(h.events::jsonb) with ordinality as e (event, ordinal);
