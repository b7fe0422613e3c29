-- Reads instances again that worker $1 owns but does not have in memory. Raises the fence as a claim does. The rows are locked in the order
-- of their ids, as in hold_instances.
with own as (
  select i.instance_id
    from taskhub.instances as i
   where i.owner = $1 and i.instance_id = any($2) and i.completed_at is null
   order by i.instance_id
     for update
)
update taskhub.instances as i
   set fence = i.fence + 1, wake_at = null
  from own
 where i.instance_id = own.instance_id
returning i.instance_id, i.incarnation, i.fence, i.generation, i.execution_id, i.input, i.tags, i.status, i.custom_status, i.parent_execution_id
