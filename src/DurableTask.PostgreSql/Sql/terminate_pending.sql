-- Ends an instance whose first turn has not run yet and that no worker holds.
update taskhub.instances as i
   set status = 'Terminated', completed_at = now(), updated_at = now(), wake_at = null, output = $2
 where i.instance_id = $1 and i.status = 'Pending' and i.owner is null and i.completed_at is null and i.parent_task_id is null
returning i.instance_id
