-- Reads an instance again that worker $1 owns but does not have in memory. Raises the fence as a claim does.
update taskhub.instances as i
   set fence = i.fence + 1, wake_at = null
 where i.owner = $1 and i.instance_id = $2 and i.completed_at is null
returning i.instance_id, i.incarnation, i.fence, i.generation, i.execution_id, i.input, i.tags, i.status, i.custom_status
