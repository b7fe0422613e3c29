-- The hub's timers. One process at a time runs them (it holds an advisory lock); an occurrence is taken by moving next_due on.

create table taskhub.timers (
    name       text primary key, -- the function's
    schedule   text not null,    -- NCRONTAB, settings resolved; another one starts anew
    last_fired timestamptz,
    next_due   timestamptz not null,
    updated_at timestamptz not null
);
