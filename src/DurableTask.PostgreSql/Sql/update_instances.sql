-- The columns that a turn changes. hold_instances has locked and checked the rows in the same transaction. "= any" says what the join says
-- already: without it a plan that was made while there were few rows reads all of them by every turn.
update taskhub.instances as i
   set generation = u.generation, execution_id = u.execution_id, status = u.status, updated_at = u.updated_at, completed_at = u.completed_at,
       wake_at = u.wake_at, owner = case when u.completed_at is null and u.keep then i.owner end,
       input = coalesce(u.input, i.input), output = u.output, custom_status = u.custom_status, failure = u.failure
  from unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[], $8::boolean[],
              $9::text[], $10::text[], $11::text[], $12::text[])
       as u (instance_id, generation, execution_id, status, updated_at, completed_at, wake_at, keep, input, output, custom_status, failure)
 where i.instance_id = u.instance_id and i.instance_id = any($1)
