-- Takes over up to $2 unfinished instances for worker $1: those that no worker holds and that have something to do, and those of
-- other workers whose lease has expired or that have left, if $3. Its own it holds, although its lease has expired, until another claims them.
-- A claim raises the fence, so that an earlier owner can no longer write.
-- The sum keeps the planner from the index of all instances by age, also the ended ones, which it took while there were few.
with claimable as (
  select i.instance_id
    from taskhub.instances as i
   where i.completed_at is null
     and (i.owner is null
            and (i.wake_at <= now() or (i.status <> 'Pending' or i.start_at is null) and exists (select from taskhub.inbox as m where m.instance_id = i.instance_id))
          or $3 and i.owner <> $1
            and not exists (select from taskhub.workers as w where w.worker_id = i.owner and w.lease_until > now()))
   order by i.created_at + interval '0'
   limit $2
     for update of i skip locked
)
update taskhub.instances as i
   set owner = $1, fence = i.fence + 1, wake_at = null
  from claimable
 where i.instance_id = claimable.instance_id
returning i.instance_id, i.incarnation, i.fence, i.generation, i.execution_id, i.input, i.tags, i.status, i.custom_status, i.parent_execution_id
