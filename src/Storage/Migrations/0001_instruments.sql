-- Reference data: what can be asked for, and under which name each provider lists it.
--
-- Glossary
--   instrument       what is traded: one line at one venue. The London line of Vodafone and its American depositary receipt are two.
--   symbol           our canonical label of an instrument: a ticker for US listings (AAPL), ticker and venue for all others (VOD:XLON).
--   venue            where it trades, an ISO 10383 code (MIC).
--   provider symbol  the same instrument in one provider's spelling (BRK-B.US), with the unit of its prices (GBX: pence).
--   origin           'file': from the CSV that comes with the app, replaced when that changes. 'manual': added by an operator, never touched.
--
-- Lifecycle: an instrument appears with the CSV or by hand; its provider symbols go with it. Every change of either table raises
-- reference_version, which running processes look at to load the catalogue anew.
--
-- Whoever applies migrations owns the schema. The app itself afterwards needs USAGE on it and SELECT, INSERT, UPDATE, DELETE on its tables.

create table quorum.instruments (
  symbol    text collate "C" primary key,
  name      text not null check (name <> ''),
  venue     text collate "C" not null check (venue ~ '^[A-Z0-9]{4}$'),
  isin      text collate "C" check (isin ~ '^[A-Z]{2}[A-Z0-9]{9}[0-9]$'), -- null: not certain; a wrong one is worse
  currency  text collate "C" not null check (currency ~ '^[A-Z]{3}$'),
  origin    text collate "C" not null default 'manual' check (origin in ('file', 'manual'))
);

create table quorum.provider_symbols (
  symbol           text collate "C" not null references quorum.instruments on update cascade on delete cascade,
  provider         text collate "C" not null,
  provider_symbol  text collate "C" not null check (provider_symbol <> ''),
  unit             text collate "C" not null, -- of the provider's prices where its answer does not say; case counts: GBp is pence
  primary key (symbol, provider),
  -- One spelling at one provider is one instrument. Checked at commit, so that two may swap.
  unique (provider, provider_symbol) deferrable initially deferred
);

-- The CSVs that have been loaded.
create table quorum.reference_files (
  name       text collate "C" primary key,
  checksum   text collate "C" not null,
  loaded_at  timestamptz not null default now()
);

-- One row: raised by every change of the reference data.
create table quorum.reference_version (
  only_row  boolean primary key default true check (only_row),
  version   bigint not null
);

insert into quorum.reference_version (version) values (1);

create function quorum.raise_reference_version() returns trigger language plpgsql as $$
begin
  update quorum.reference_version set version = version + 1;
  return null;
end
$$;

create trigger raise_reference_version after insert or update or delete or truncate on quorum.instruments
  for each statement execute function quorum.raise_reference_version();

create trigger raise_reference_version after insert or update or delete or truncate on quorum.provider_symbols
  for each statement execute function quorum.raise_reference_version();
