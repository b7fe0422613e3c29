-- Owners of watchlist entries: the consumer that added one; empty for the one owner, as all entries so far. Several owners may watch a symbol,
-- which is refreshed once for all of them, at the smallest max_age.

alter table quorum.watchlist add column owner text collate "C" not null default '';
alter table quorum.watchlist drop constraint watchlist_pkey;
alter table quorum.watchlist add primary key (symbol, owner);
