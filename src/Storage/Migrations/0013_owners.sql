-- Owners: the consumer that made a batch; null for the one owner, when it was made without a consumer's key. Only its owner and the master key see it.

alter table quorum.batches add column owner text collate "C";

create index batches_by_owner on quorum.batches (owner, created_at desc, id desc) where owner is not null;
