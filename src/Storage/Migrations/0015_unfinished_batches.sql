-- The batches that are looked through each minute for those whose orchestration has ended: few of those that are kept.

create index batches_unfinished on quorum.batches (id) where state in ('accepted', 'running');
