-- What there is to do for the batches $1: their rows, and the places of the first $3 items that are due at $2; where none is due, when the first of
-- the pending ones will be.
select batch.id, content, state, total, done, failed, cancelled, created_at, started_at, finished_at, owner, task_hub,
       due.ordinals,
       case when due.ordinals is null
            then (select min(not_before) from quorum.batch_items where batch_id = batch.id and status = 'pending') end as not_before
  from quorum.batches as batch
 cross join lateral (
   select array_agg(ordinal order by ordinal) as ordinals
     from (select ordinal
             from quorum.batch_items
            where batch_id = batch.id and status = 'pending' and (not_before is null or not_before <= $2)
            order by ordinal
            limit $3) as first
 ) as due
 where batch.id = any ($1)
