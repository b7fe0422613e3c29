-- Ends refreshes: what has a new quote may be refreshed again at once, what has none after a pause that doubles with each failure.
-- $1 symbols, each once, $2 whether there is a new quote, $3 the longest pause of each, $4 the first pause, $5 now, $6 why there is none. Rows are locked in the order of symbols.
insert into quorum.refreshes as stored (symbol, not_before, failures, reason)
select symbol, case when refreshed then $5 else $5 + least($4, longest) end, case when refreshed then 0 else 1 end, why
  from unnest($1, $2, $3, $6) as given (symbol, refreshed, longest, why)
 order by symbol
    on conflict (symbol) do update
   set not_before = case when excluded.failures = 0 then excluded.not_before
                         else $5 + least($4 * power(2, least(stored.failures, 20)), (select longest from unnest($1, $3) as given (symbol, longest) where given.symbol = stored.symbol)) end,
       failures = case when excluded.failures = 0 then 0 else stored.failures + 1 end,
       reason = excluded.reason
