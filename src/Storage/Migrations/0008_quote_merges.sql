-- The inputs of each merge beside its result, so that GET quotes/{symbol}/history/{id} can do it again.
--
--   merge  JSON: the rules, the moment, the instrument, the options, and the quotes that the merge changed. All other inputs stand in the document.
--          Null for quotes published before this migration.

alter table quorum.quotes add column merge text;

do $$
begin
  alter table quorum.quotes alter merge set compression lz4;
exception when feature_not_supported then
  null;
end
$$;
