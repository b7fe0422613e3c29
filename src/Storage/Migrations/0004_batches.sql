-- Batches: many symbols asked for together, and the messages that could not be understood.
--
-- Glossary
--   batch        up to 1,000 symbols under an id that its sender may choose. The id is also that of the orchestration that works on it.
--   item         one symbol of a batch, under its place in it (from 1). Symbols that mean the same instrument are one item.
--   given        the symbol as the sender wrote it, shortened; symbol is its canonical form, null where it is no symbol.
--   window       some pending items of a batch that are asked for together. It exists in the orchestration only.
--   answer       what one provider said to one item of the window under way (a fetch outcome). Kept only until the item is settled: a process that is
--                killed has asked for nothing that it would ask again, but for the calls that were on their way.
--   settle       to turn an item's answers into its result.
--   dead letter  a message that no delivery could make anything of. The message itself is in the queue's poison queue.
--
-- Lifecycle: a batch is accepted, then running, then completed or cancelled; its counts change with its items, in the same transaction. An item is
-- pending, then done (it has a quote), failed (with its reason) or cancelled. Finished batches are deleted with all that is theirs when their
-- retention ends.
--
-- Lock order: the batch's row, then its items.

create table quorum.batches (
  id           text collate "C" primary key,
  content      text not null, -- a hash of the symbols: the same id with other symbols is another batch, and refused
  state        text collate "C" not null default 'accepted' check (state in ('accepted', 'running', 'completed', 'cancelled')),
  total        integer not null check (total > 0),
  done         integer not null default 0,
  failed       integer not null default 0,
  cancelled    integer not null default 0,
  created_at   timestamptz not null,
  started_at   timestamptz,
  finished_at  timestamptz,
  check (done + failed + cancelled <= total),
  check ((finished_at is null) = (state in ('accepted', 'running')))
) with (fillfactor = 80);

-- For retention.
create index batches_by_end on quorum.batches (finished_at) where finished_at is not null;

create table quorum.batch_items (
  batch_id     text collate "C" not null references quorum.batches on delete cascade,
  ordinal      integer not null check (ordinal > 0),
  given        text not null,
  symbol       text collate "C",
  status       text collate "C" not null default 'pending' check (status in ('pending', 'done', 'failed', 'cancelled')),
  reason       text collate "C", -- of a failed item: a stable name, such as unknown-symbol
  detail       text,             -- of a failed item: a sentence
  quote_id     text collate "C", -- of a done item: quorum.quotes, which may end earlier
  tries        smallint not null default 0, -- windows that brought no result
  not_before   timestamptz,      -- of a pending item: when it is to be asked for again
  finished_at  timestamptz,
  primary key (batch_id, ordinal),
  check ((status = 'failed') = (reason is not null)),
  check ((status = 'pending') = (finished_at is null))
) with (fillfactor = 80);

create index batch_items_pending on quorum.batch_items (batch_id, ordinal) where status = 'pending';

create table quorum.batch_answers (
  batch_id  text collate "C" not null references quorum.batches on delete cascade,
  ordinal   integer not null,
  provider  text collate "C" not null,
  outcome   text not null, -- JSON
  primary key (batch_id, ordinal, provider)
);

create table quorum.dead_letters (
  queue          text collate "C" not null,
  message_id     text collate "C" not null,
  reason         text not null, -- of the last delivery
  body           text not null, -- shortened, without control characters, and with whatever may be a key masked
  deliveries     integer not null,
  first_seen_at  timestamptz not null,
  last_seen_at   timestamptz not null,
  primary key (queue, message_id)
);

create index dead_letters_by_time on quorum.dead_letters (first_seen_at);
