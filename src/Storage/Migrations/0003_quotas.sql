-- Quotas: how many calls all processes together have made, and may still make, at each provider.
--
-- Glossary
--   permit      one call, or one symbol where the provider counts those.
--   window      a second, a minute or a day that slides: in no span of that length may a provider see more permits than the limit. Limits are
--               configuration, and come with each exchange.
--   booking     permits granted to a process, until a time by which their calls have certainly ended. It is counted in full until then.
--   settlement  the process says that permits of a booking were used, and how long ago at the latest, or that they will not be.
--   slot        a hundredth of a window. What is used or booked until a time is counted in the slot with that time, and for the length of the
--               window after the slot's end: a permit comes back up to a hundredth late, never early.
--   closed      the provider itself said that a limit is used up: nothing is granted until then.
--
-- Why no span is ever exceeded: let the last grant with calls in a span be made at t. All others with calls in it are booked, or settled, at a
-- time not before the span's beginning, which is less than a window before t: they were all still counted at t, and the grant fitted beside them.
-- A process that dies settles nothing, and its bookings run out by themselves.
--
-- Times are microseconds since 1970 on this server's clock. If it is set forward while calls are made, they count that much shorter.

create table quorum.quota_accounts (
  provider      text collate "C" primary key,
  closed_until  bigint not null default 0
) with (fillfactor = 50);

create table quorum.quota_slots (
  provider  text collate "C" not null,
  length    bigint not null check (length >= 100), -- of the window
  slot      bigint not null,
  permits   bigint not null check (permits >= 0),
  primary key (provider, length, slot)
) with (fillfactor = 50); -- room for the next version of each row on its page

-- One exchange of one process about one provider: settles, then grants what fits. The account's row is locked first, so that exchanges about a
-- provider follow one another.
--   lengths, limits, reserves   of each window; reserve: permits of the limit that only interactive calls may use
--   bookings, settled, used, ages  of each settlement: which booking, how many permits, how many of them used, how long ago the last at the latest
--   interactive, background     permits wanted, out of the whole limits and beyond the reserves
--   hold                        how long what is granted is booked
--   close_for                   for how long the provider said that nobody is to ask; 0 when it did not
--   fake_now                    for tests: the time
-- The next_ values estimate when there is another permit, as if all that is booked were given back now. counted and refills_in have one element
-- for each window.
create function quorum.exchange_quota(
  account text, lengths bigint[], limits bigint[], reserves bigint[],
  bookings bigint[], settled bigint[], used bigint[], ages bigint[],
  interactive bigint, background bigint, hold bigint, close_for bigint, fake_now bigint,
  out granted_interactive bigint, out granted_background bigint, out booking bigint,
  out next_interactive bigint, out next_background bigint, out closed_for bigint, out counted bigint[], out refills_in bigint[])
language plpgsql as $$
declare
  size bigint;
  now_at bigint;
  closed bigint;
  free_interactive bigint := interactive;
  free_background bigint := background;
  uses bigint[] := '{}';
  waits record;
begin
  select closed_until into closed from quorum.quota_accounts as a where a.provider = account for update;
  if not found then
    insert into quorum.quota_accounts (provider) values (account) on conflict do nothing;
    select closed_until into closed from quorum.quota_accounts as a where a.provider = account for update;
  end if;

  now_at := coalesce(fake_now, (extract(epoch from clock_timestamp()) * 1000000)::bigint);
  if close_for > 0 and now_at + close_for > closed then
    closed := now_at + close_for;
    update quorum.quota_accounts as a set closed_until = closed where a.provider = account;
  end if;
  closed_for := greatest(0, closed - now_at);

  for w in 1 .. cardinality(lengths) loop
    size := lengths[w] / 100;
    for s in 1 .. cardinality(bookings) loop
      update quorum.quota_slots as q set permits = greatest(0, q.permits - settled[s])
       where q.provider = account and q.length = lengths[w] and q.slot = (bookings[s] + size - 1) / size;
      if used[s] > 0 then
        insert into quorum.quota_slots as q (provider, length, slot, permits)
        values (account, lengths[w], (now_at - ages[s] + size - 1) / size, used[s])
            on conflict (provider, length, slot) do update set permits = q.permits + excluded.permits;
      end if;
    end loop;

    delete from quorum.quota_slots as q
     where q.provider = account and q.length = lengths[w] and q.slot <= (now_at - lengths[w]) / size;
    uses[w] := coalesce((select sum(q.permits) from quorum.quota_slots as q where q.provider = account and q.length = lengths[w]), 0);
    free_interactive := least(free_interactive, limits[w] - uses[w]);
  end loop;

  granted_interactive := case when closed_for > 0 then 0 else greatest(0, free_interactive) end;
  for w in 1 .. cardinality(lengths) loop
    free_background := least(free_background, limits[w] - reserves[w] - uses[w] - granted_interactive);
  end loop;
  granted_background := case when closed_for > 0 then 0 else greatest(0, free_background) end;

  booking := now_at + hold;
  counted := '{}';
  refills_in := '{}';
  next_interactive := 0;
  next_background := 0;
  for w in 1 .. cardinality(lengths) loop
    size := lengths[w] / 100;
    if granted_interactive + granted_background > 0 then
      insert into quorum.quota_slots as q (provider, length, slot, permits)
      values (account, lengths[w], (booking + size - 1) / size, granted_interactive + granted_background)
          on conflict (provider, length, slot) do update set permits = q.permits + excluded.permits;
      uses[w] := uses[w] + granted_interactive + granted_background;
    end if;

    -- left_over: what is used once a slot and all before it have come back; until: when that is.
    select coalesce(min(e.until) filter (where e.left_over < uses[w]), 0) as refill,
           case when uses[w] < limits[w] then 0
                else coalesce(min(e.until) filter (where e.left_over < limits[w]), lengths[w]) end as interactive,
           case when uses[w] < limits[w] - reserves[w] then 0
                else coalesce(min(e.until) filter (where e.left_over < limits[w] - reserves[w]), lengths[w]) end as background
      into waits
      from (select least(q.slot * size, now_at) + lengths[w] - now_at as until,
                   uses[w] - sum(q.permits) over (order by q.slot) as left_over
              from quorum.quota_slots as q
             where q.provider = account and q.length = lengths[w]) as e;
    counted[w] := uses[w];
    refills_in[w] := waits.refill;
    next_interactive := greatest(next_interactive, waits.interactive);
    next_background := greatest(next_background, waits.background);
  end loop;
end
$$;
