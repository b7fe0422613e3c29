-- A message to an instance that does not exist or has ended is dropped, as on every Durable Task backend. The receiver is found by its id: a
-- join would let the planner take the index of the unfinished instances.
insert into taskhub.inbox (instance_id, event)
select u.instance_id, u.event
  from unnest($1::text[], $2::text[]) with ordinality as u (instance_id, event, ordinal)
 where (select i.completed_at is null from taskhub.instances as i where i.instance_id = u.instance_id)
 order by u.ordinal
returning message_id, instance_id, event
