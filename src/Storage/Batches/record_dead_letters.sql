-- Records messages that could not be processed: $1 queues, $2 ids, $3 reasons, $4 bodies, $5 messages, $6 when; sorted by (queue, id), each once.
insert into quorum.dead_letters as known (queue, message_id, reason, body, message, deliveries, first_seen_at, last_seen_at)
select queue, message_id, reason, body, message, 1, seen_at, seen_at
  from unnest($1, $2, $3, $4, $5, $6) as given (queue, message_id, reason, body, message, seen_at)
    on conflict (queue, message_id) do update
   set reason = excluded.reason, deliveries = known.deliveries + 1, last_seen_at = excluded.last_seen_at
