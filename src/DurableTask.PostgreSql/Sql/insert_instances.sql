insert into taskhub.instances
       (instance_id, incarnation, generation, execution_id, name, version, status, created_at, updated_at, completed_at, start_at, wake_at, owner,
        parent_instance_id, parent_execution_id, parent_task_id, trace_parent, tags, input, output, custom_status, failure)
select u.instance_id, u.incarnation, u.generation, u.execution_id, u.name, u.version, u.status, u.created_at, u.updated_at, u.completed_at, u.start_at,
       case when u.owner is null then coalesce(u.start_at, u.created_at) end, u.owner,
       u.parent_instance_id, u.parent_execution_id, u.parent_task_id, u.trace_parent, u.tags, u.input, u.output, u.custom_status, u.failure
  from unnest($1::text[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[],
              $11::timestamptz[], $12::text[], $13::text[], $14::text[], $15::int[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[])
       as u (instance_id, incarnation, generation, execution_id, name, version, status, created_at, updated_at, completed_at, start_at, owner,
             parent_instance_id, parent_execution_id, parent_task_id, trace_parent, tags, input, output, custom_status, failure)
