-- The task hub whose orchestration works on a batch, from its start on; null before, and for batches that an earlier build started. Apps with
-- task hubs of their own may share these tables, and none can look up the orchestrations of another.

alter table quorum.batches add column task_hub text collate "C";
