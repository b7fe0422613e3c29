-- Fencing that does not depend on rows that a later step deletes.
--
-- incarnation  identifies one life of an instance id: an id that is used again after a purge or a restart gets another one.
-- fence        counts the claims of an incarnation. A turn is accepted only from the owner that holds the current fence.
-- generation   counts how often an incarnation continued as new. It only grows.
--
-- Every turn locks its row and checks owner, incarnation, fence and generation (hold_instances). A process that was suspended or
-- disconnected for longer than its lease fails that check, whatever happened to the instance in the meantime.

alter table taskhub.instances
    add column incarnation         bigint not null default 0, -- 0: created before this migration
    add column fence               bigint not null default 0,
    add column execution_id        text,                      -- of the current generation; null: derived from id and generation
    add column parent_execution_id text,
    add column parent_task_id      int;                       -- the call of the parent that awaits this instance's result

-- Version 0.1 recorded an instance that continued as new in its first turn with generation 0, so that its history was not found again.
update taskhub.instances as i
   set generation = h.generation
  from (select instance_id, max(generation) as generation from taskhub.history group by instance_id having max(generation) > 0) as h
 where i.instance_id = h.instance_id and i.completed_at is null and h.generation > i.generation;

-- Locks the rows of a group of turns, in the order of their ids, and raises TH001 unless each of them is still held by the worker
-- that ran the turn. The detail lists the turns that lost their instance, by their position in the group (from 1).
create function taskhub.hold_instances(worker text, ids text[], incarnations bigint[], fences bigint[], generations int[])
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
        raise exception 'worker % no longer holds an instance of this group', worker using errcode = 'TH001', detail = lost;
    end if;
end
$$;
