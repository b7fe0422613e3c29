insert into taskhub.history (instance_id, generation, sequence, events)
select * from unnest($1::text[], $2::int[], $3::int[], $4::text[])
