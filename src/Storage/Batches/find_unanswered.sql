-- Which of the items are still to be asked for: $1 batches, $2 places, $3 providers. "= any" as in settle_items.
select given.batch_id, given.ordinal, given.provider, item.symbol
  from unnest($1, $2, $3) as given (batch_id, ordinal, provider)
  join quorum.batch_items as item on item.batch_id = given.batch_id and item.ordinal = given.ordinal
 where item.batch_id = any ($1) and item.ordinal = any ($2) and item.status = 'pending'
   and not exists (
     select
       from quorum.batch_answers as answer
      where answer.batch_id = given.batch_id and answer.ordinal = given.ordinal and answer.provider = given.provider
        and answer.batch_id = any ($1) and answer.ordinal = any ($2)
   )
