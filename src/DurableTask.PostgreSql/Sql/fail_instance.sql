-- Ends an instance that cannot continue (its history cannot be read, or a turn cannot be written) and reports the failure to its parent.
-- Notifies the other processes of both, on channel $6.
with failed as (
  update taskhub.instances as i
     set status = 'Failed', completed_at = now(), updated_at = now(), failure = $5, owner = null, wake_at = null
   where i.instance_id = $1 and i.owner = $2 and i.incarnation = $3 and i.fence = $4 and i.completed_at is null
  returning i.instance_id, i.parent_instance_id, i.parent_execution_id, i.parent_task_id
), reported as (
  insert into taskhub.inbox (instance_id, event)
  select f.parent_instance_id,
         json_strip_nulls(json_build_object('type', 'SubOrchestrationFailed', 'at', now() at time zone 'utc', 'id', f.parent_task_id,
                                            'executionId', f.parent_execution_id, 'failure', $5::json))::text
    from failed as f
   where f.parent_task_id is not null
     and exists (select from taskhub.instances as p where p.instance_id = f.parent_instance_id and p.completed_at is null)
  returning instance_id
)
select f.instance_id, r.instance_id, pg_notify($6, 'c ' || f.instance_id), case when r.instance_id is not null then pg_notify($6, 'm ' || r.instance_id) end
  from failed as f left join reported as r on true
