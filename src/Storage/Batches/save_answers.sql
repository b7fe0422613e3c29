-- Keeps what providers said to items: $1 batches, $2 places, $3 providers, $4 outcomes. The first answer stays.
insert into quorum.batch_answers (batch_id, ordinal, provider, outcome)
select batch_id, ordinal, provider, outcome
  from unnest($1, $2, $3, $4) as given (batch_id, ordinal, provider, outcome)
    on conflict do nothing
