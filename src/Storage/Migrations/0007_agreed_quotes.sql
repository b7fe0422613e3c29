-- Quotes that were published before every provider had answered, because enough of them agreed.
--
-- Glossary
--   agreed    the completeness of such a quote. Its id is that of its instance with '.agreed-' and the number of those that agreed; the quote of all providers
--             follows under the instance's own id.
--   agreeing  that number: the quote answers callers who asked for so many or fewer. Null for every other quote.

alter table quorum.quotes
  add column agreeing smallint,
  drop constraint quotes_completeness_check,
  -- Not valid: older rows met a stricter rule, so that none needs to be read.
  add constraint quotes_completeness_check check (completeness in ('complete', 'agreed', 'partial', 'stale')) not valid,
  add constraint quotes_agreeing_check check ((completeness = 'agreed') = (agreeing is not null)) not valid;
