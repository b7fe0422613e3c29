insert into taskhub.instances
       (instance_id, generation, name, version, status, created_at, updated_at, completed_at, start_at, wake_at, owner, parent_instance_id,
        trace_parent, tags, input, output, custom_status, failure)
select u.instance_id, 0, u.name, u.version, u.status, u.created_at, u.created_at, u.completed_at, u.start_at, u.start_at, u.owner, u.parent_instance_id,
       u.trace_parent, u.tags, u.input, u.output, u.custom_status, u.failure
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[], $8::text[], $9::text[],
              $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])
       as u (instance_id, name, version, status, created_at, completed_at, start_at, owner, parent_instance_id,
             trace_parent, tags, input, output, custom_status, failure)
