-- Deletes up to $4 finished instances, oldest first, with all that belongs to them. A range without an end is one with an infinite end,
-- so that the index on created_at serves either; the next call begins at the time that this one answers and steps over nothing twice.
with due as (
  select instance_id, created_at
    from taskhub.instances
   where completed_at is not null
     and created_at >= coalesce($1::timestamptz, '-infinity')
     and created_at <= coalesce($2::timestamptz, 'infinity')
     and ($3::text[] is null or status = any($3))
   order by created_at
   limit $4
     for update skip locked
), gone_inbox as (
  delete from taskhub.inbox as m using due where m.instance_id = due.instance_id
), gone_history as (
  delete from taskhub.history as h using due where h.instance_id = due.instance_id
), gone as (
  delete from taskhub.instances as i using due where i.instance_id = due.instance_id returning i.created_at
)
select count(*)::int, max(created_at) from gone
