-- A message to an instance that does not exist or has ended is dropped, as on every Durable Task backend.
insert into taskhub.inbox (instance_id, event)
select u.instance_id, u.event
  from unnest($1::text[], $2::text[]) with ordinality as u (instance_id, event, ordinal)
 where exists (select from taskhub.instances as i where i.instance_id = u.instance_id and i.completed_at is null)
 order by u.ordinal
returning message_id, instance_id, event
