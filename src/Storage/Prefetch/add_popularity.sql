-- Adds counted requests to the symbols' scores, decayed until now.
-- $1 symbols, each once, $2 counts, $3 now, $4 half-life in seconds. Rows are locked in the order of symbols.
insert into quorum.popularity as stored (symbol, score, counted_at)
select symbol, count, $3 from unnest($1, $2) as given (symbol, count) order by symbol
    on conflict (symbol) do update
   -- 200 half-lives leave nothing; more of them would underflow, which is an error in PostgreSQL.
   set score = stored.score * power(0.5, least(200, greatest(0, extract(epoch from excluded.counted_at - stored.counted_at)::double precision / $4))) + excluded.score,
       counted_at = greatest(stored.counted_at, excluded.counted_at)
