-- The rows of a group are found by their ids only. With the conditions on owner and completed_at in the same place the planner took the index
-- of the unfinished instances, whose entries are all instances of the worker and, until the next vacuum, all that have ended: each turn
-- cost more than the one before.

create or replace function taskhub.hold_instances(worker text, ids text[], incarnations bigint[], fences bigint[], generations int[])
returns void
language plpgsql
as $$
declare
    lost text;
begin
    with locked as materialized (
        select i.instance_id, i.incarnation, i.fence, i.generation, i.owner, i.completed_at
          from taskhub.instances as i
         where i.instance_id = any (ids)
         order by i.instance_id
           for update
    )
    select string_agg(t.position::text, ',')
      into lost
      from unnest(ids, incarnations, fences, generations) with ordinality as t (instance_id, incarnation, fence, generation, position)
     where not exists (
           select from locked as l
            where l.instance_id = t.instance_id and l.incarnation = t.incarnation and l.fence = t.fence and l.generation = t.generation
              and l.owner = worker and l.completed_at is null);
    if lost is not null then
        raise exception 'worker % no longer holds an instance of this group', worker using errcode = 'TH001', hint = lost;
    end if;
end
$$;
