-- The symbols whose latest quote will be too old before the next look, and that nobody is refreshing.
-- $1 now, $2 lead: so much before it is too old, a symbol is due, $3 popular symbols at most, $4 their least score, $5 half-life in seconds,
-- $6 max_age of popular symbols, $7 rows at most.
-- An entry whose owner's key has been revoked does not count: another process may have stored it in the seconds after.
with popular as (
  select symbol, score * power(0.5, least(200, greatest(0, extract(epoch from $1 - counted_at)::double precision / $5))) as score
    from quorum.popularity
), wanted as (
  select symbol, min(max_age) as max_age, bool_or(watched) as watched, max(score) as score
    from (
      select symbol, max_age, true as watched, 0::double precision as score from quorum.watchlist
       where owner = '' or exists (select from quorum.consumers where name = owner)
      union all
      (select symbol, $6, false, score from popular where score >= $4 order by score desc, symbol limit $3)
    ) as each
   group by symbol
)
select wanted.symbol, wanted.max_age, wanted.watched, wanted.score, latest.published_at
  from wanted
  left join quorum.refreshes as refresh on refresh.symbol = wanted.symbol
  left join lateral (
    select published_at from quorum.quotes
     where symbol = wanted.symbol and all_providers and price is not null and completeness <> 'stale' and completeness <> 'agreed'
     order by published_at desc, id desc
     limit 1
  ) as latest on true
 where (refresh.not_before is null or refresh.not_before <= $1)
   and (latest.published_at is null or latest.published_at + wanted.max_age - $2 <= $1)
 order by wanted.watched desc, wanted.score desc, latest.published_at nulls first, wanted.symbol
 limit $7
