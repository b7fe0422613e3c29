-- Quotes: what each provider said last, and what we published.
--
-- Glossary
--   provider quote  one provider's normalized quote of one symbol. Only the last known one is kept: it stands in when the provider is silent.
--   usable          has a price and is not suspect. A usable quote is never replaced by one that is not.
--   as_of           when the venue says the quote held; received_at, when we had it.
--   quote           a consolidated quote, under the id of the orchestration instance that made it.
--   document        the consolidated quote as JSON, as it was published.
--
-- Lifecycle: a provider quote is inserted with the first answer about a symbol and updated in place from then on. A quote is inserted once
-- (its id settles a second run of the same activity), never updated, and deleted when its retention ends.
--
-- JSON is kept as text: PostgreSQL parses a json value on every write, which costs more than all the rest of it, and no statement looks inside.
-- Symbols need not be in quorum.instruments: unknown ones are asked for as US tickers.

create table quorum.provider_quotes (
  symbol       text collate "C" not null,
  provider     text collate "C" not null,
  usable       boolean not null,
  as_of        timestamptz, -- null: the provider gives only a date, or nothing
  received_at  timestamptz not null,
  quote        text not null,
  primary key (symbol, provider)
) with (fillfactor = 50); -- room for the next version of each row on its page: an update then touches no index (HOT)

create table quorum.quotes (
  id            text collate "C" primary key,
  symbol        text collate "C" not null,
  all_providers boolean not null, -- false: the caller chose some, and the quote answers nobody else
  published_at  timestamptz not null,
  price         numeric, -- null: no provider had one; such a quote is found by its id only
  as_of         timestamptz,
  completeness  text collate "C" not null check (completeness in ('complete', 'partial', 'stale')),
  document      text not null
);

-- Documents are 2 to 5 KB and repeat themselves: lz4 stores them in a third of the CPU of the default (pglz), and compressed costs a quarter of the
-- WAL of not compressed. A PostgreSQL built without lz4 keeps its default.
do $$
begin
  alter table quorum.quotes alter document set compression lz4;
exception when feature_not_supported then
  null;
end
$$;

-- The freshest quote that can stand for a symbol, and their history, newest first: one probe each.
create index quotes_by_symbol on quorum.quotes (symbol, published_at desc, id desc)
  where all_providers and price is not null and completeness <> 'stale';

-- For retention. Rows arrive in the order of published_at, so that a summary per range of pages is enough and costs next to nothing to keep.
create index quotes_by_time on quorum.quotes using brin (published_at) with (autosummarize = on);
