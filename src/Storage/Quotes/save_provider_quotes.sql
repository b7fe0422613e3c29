-- Keeps the last known quotes of a group: $1 symbols, $2 providers, $3 usable, $4 as_of, $5 received_at, $6 quotes; sorted by (symbol, provider), each
-- key once. Rows are locked in that order.
-- A usable quote is never replaced by one that is not; among equals the venue's time decides where both have one, then ours. Saving the same quote
-- twice is harmless.
insert into quorum.provider_quotes as stored (symbol, provider, usable, as_of, received_at, quote)
select symbol, provider, usable, as_of, received_at, quote
  from unnest($1, $2, $3, $4, $5, $6) as given (symbol, provider, usable, as_of, received_at, quote)
    on conflict (symbol, provider) do update
   set usable = excluded.usable, as_of = excluded.as_of, received_at = excluded.received_at, quote = excluded.quote
 where excluded.usable > stored.usable
    or (excluded.usable = stored.usable
        and case when excluded.as_of <> stored.as_of then excluded.as_of > stored.as_of
                 else excluded.received_at >= stored.received_at end)
