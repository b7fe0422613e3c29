-- Dead letters that can be put back on their queue.
--
--   message      the message as it stood in the queue. Null where nothing of it may be kept but the masked body: something in it may be a key.
--   requeued_at  when it was last put back; null when it never was. The message then has a new id: what fails again is another dead letter.

alter table quorum.dead_letters add column message text, add column requeued_at timestamptz;
