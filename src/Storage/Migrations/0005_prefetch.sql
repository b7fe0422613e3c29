-- What is kept warm: the watchlist, the symbols that callers ask for, and how far the refreshing of each has come.
--
-- Glossary
--   watched     on the watchlist: somebody wants a quote of it to be at hand at all times.
--   max_age     how old the latest quote of a symbol may become before it should have been refreshed.
--   popularity  how often a symbol was asked for lately: a count that halves with each half-life that passes.
--   refresh     asking the providers for a symbol before a caller does.
--
-- Lifecycle: a symbol is watched until somebody takes it off. A popularity is raised by each process every few seconds, decays by the clock alone
-- and is deleted when next to nothing is left of it. A refresh is claimed by writing not_before, the moment until which nobody else may plan it:
-- while it is on its way, and after a failure for the longer, the more failures there were. Its row is deleted when it has long been unused.
--
-- Symbols need not be in quorum.instruments, as in quorum.quotes.

create table quorum.watchlist (
  symbol      text collate "C" primary key,
  max_age     interval not null check (max_age > interval '0'),
  added_at    timestamptz not null,
  changed_at  timestamptz not null
);

create table quorum.popularity (
  symbol      text collate "C" primary key,
  score       double precision not null check (score >= 0), -- as it was at counted_at
  counted_at  timestamptz not null
);

create table quorum.refreshes (
  symbol      text collate "C" primary key,
  not_before  timestamptz not null,
  failures    integer not null default 0 -- one after another, without a quote between them
) with (fillfactor = 50); -- updated in place, again and again, and no index holds what changes
