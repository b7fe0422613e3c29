-- What a turn changed besides history. A turn that comes with a history row needs no check of the owner: the row's key was it.
-- A bare release does ($12 is the worker).
update taskhub.instances as i
   set generation = u.generation, status = u.status, updated_at = u.updated_at, completed_at = u.completed_at, wake_at = u.wake_at,
       owner = case when u.completed_at is null and u.keep then i.owner end,
       input = coalesce(u.input, i.input), output = u.output, custom_status = u.custom_status, failure = u.failure
  from unnest($1::text[], $2::int[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::boolean[],
              $8::text[], $9::text[], $10::text[], $11::text[])
       as u (instance_id, generation, status, updated_at, completed_at, wake_at, keep, input, output, custom_status, failure)
 where i.instance_id = u.instance_id and (u.keep or i.owner = $12)
