-- Consumers: callers with a key of their own, and what each used.
--
--   key_hash   SHA-256 of the key. The key itself is shown once and stored nowhere.
--   per_...    provider calls allowed in a second, a minute, a UTC day; null for no limit.
--   providers  the ids of the providers that the consumer may ask; null for all.
--
-- Lifecycle: a consumer is inserted with its key and deleted when the key is revoked. Usage is added up in groups by every process; it outlives
-- the consumer. Callers without a key are counted under the empty name.

create table quorum.consumers (
  name        text collate "C" primary key,
  key_hash    bytea not null unique check (length(key_hash) = 32),
  per_second  integer check (per_second > 0),
  per_minute  integer check (per_minute > 0),
  per_day     integer check (per_day > 0),
  providers   text[] check (cardinality(providers) > 0),
  created_at  timestamptz not null
);

create table quorum.consumer_usage (
  consumer        text collate "C" not null,
  day             date not null,
  calls           bigint not null default 0,
  provider_calls  bigint not null default 0,
  refusals        bigint not null default 0,
  primary key (consumer, day)
) with (fillfactor = 50); -- updated in place, again and again
