-- The hint of TH001 lists the turns that lost their instance, by their position in the group (from 1). It was the detail, which clients withhold
-- unless their connection string asks for it.

create or replace function taskhub.hold_instances(worker text, ids text[], incarnations bigint[], fences bigint[], generations int[])
returns void
language plpgsql
as $$
declare
    lost text;
begin
    with held as (
        select i.instance_id, i.incarnation, i.fence, i.generation
          from taskhub.instances as i
         where i.instance_id = any (ids) and i.owner = worker and i.completed_at is null
         order by i.instance_id
           for update
    )
    select string_agg(t.position::text, ',')
      into lost
      from unnest(ids, incarnations, fences, generations) with ordinality as t (instance_id, incarnation, fence, generation, position)
     where not exists (
           select from held as h
            where h.instance_id = t.instance_id and h.incarnation = t.incarnation and h.fence = t.fence and h.generation = t.generation);
    if lost is not null then
        raise exception 'worker % no longer holds an instance of this group', worker using errcode = 'TH001', hint = lost;
    end if;
end
$$;
