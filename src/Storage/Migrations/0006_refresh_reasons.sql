-- Why the refresh of a symbol failed last, for GET watchlist, and the order of GET batches.

alter table quorum.refreshes add column reason text collate "C"; -- a stable name, such as unknown-symbol; null while refreshes succeed

create index batches_by_time on quorum.batches (created_at desc, id desc);
