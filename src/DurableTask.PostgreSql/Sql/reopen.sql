-- Opens ended instances for a rewind: each is in no worker's memory and unfinished again, with an empty inbox. What the inbox still holds came
-- too late before. $2 is the generation of the parent that rewinds it (null: it has none, or a client rewinds it), $3 the statuses it may have.
with reopened as (
  update taskhub.instances as i
     set status = 'Running', completed_at = null, updated_at = now(), owner = null, wake_at = null, output = null, failure = null,
         parent_execution_id = coalesce(u.parent_execution_id, i.parent_execution_id)
    from unnest($1::text[], $2::text[]) as u (instance_id, parent_execution_id)
   where i.instance_id = u.instance_id and i.instance_id = any($1) and i.completed_at is not null and i.status = any($3)
  returning i.instance_id
), emptied as (
  delete from taskhub.inbox as m using reopened where m.instance_id = reopened.instance_id
)
select instance_id from reopened
