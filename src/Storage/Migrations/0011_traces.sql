-- Traces: the spans of the requests that asked the providers, for GET traces/{traceId} and the waterfall of a past quote.
--
--   trace_id     W3C, of the request. Several requests may share one, since their sender chooses it.
--   instance_id  the orchestration that the request started or joined.
--   waterfall    JSON with the spans; null for a request that joined: they are those of the instance.
--
-- Lifecycle: written once, some time after the answer, by the process that answered; deleted when their retention ends.

create table quorum.traces (
  trace_id     text collate "C" not null,
  instance_id  text collate "C" not null,
  symbol       text collate "C" not null,
  recorded_at  timestamptz not null,
  waterfall    text,
  primary key (trace_id, instance_id)
);

create index traces_by_instance on quorum.traces (instance_id) where waterfall is not null;

-- For retention: rows arrive in this order.
create index traces_by_time on quorum.traces using brin (recorded_at) with (autosummarize = on);
