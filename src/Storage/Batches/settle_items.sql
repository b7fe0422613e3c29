-- Settles items, or puts them off: $1 batches, $2 places, $3 new statuses ('done', 'failed', or still 'pending'), $4 reasons, $5 details, $6 quotes,
-- $7 not before, $8 tries to add, $9 now. The batches' rows are locked already.
-- "= any" says what the joins say already: without it a plan that was made while there were few rows reads whole tables.
-- Only pending items change: to settle one twice, or after its batch was cancelled, is harmless. The answers have served in any case.
with given as (
  select *
    from unnest($1, $2, $3, $4, $5, $6, $7, $8)
      as given (batch_id, ordinal, status, reason, detail, quote_id, not_before, tries)
), settled as (
  update quorum.batch_items as item
     set status = given.status, reason = given.reason, detail = given.detail, quote_id = given.quote_id, not_before = given.not_before,
         tries = item.tries + given.tries, finished_at = case when given.status = 'pending' then null else $9 end
    from given
   where item.batch_id = given.batch_id and item.ordinal = given.ordinal
     and item.batch_id = any ($1) and item.ordinal = any ($2) and item.status = 'pending'
  returning item.batch_id, item.status
), served as (
  delete from quorum.batch_answers as answer
   using given
   where answer.batch_id = given.batch_id and answer.ordinal = given.ordinal and answer.batch_id = any ($1) and answer.ordinal = any ($2)
), counted as (
  select batch_id, count(*) filter (where status = 'done') as done, count(*) filter (where status = 'failed') as failed
    from settled
   group by batch_id
)
update quorum.batches as batch
   set done = batch.done + counted.done,
       failed = batch.failed + counted.failed,
       state = case when is_last then 'completed' else state end,
       finished_at = case when is_last then $9 else finished_at end
  from counted
 cross join lateral (
   select total = one.done + one.failed + one.cancelled + counted.done + counted.failed as is_last
     from quorum.batches as one
    where one.id = counted.batch_id
 ) as ends
 where batch.id = counted.batch_id and batch.id = any ($1)
