-- The ledger. Times are microseconds UTC; `''` and NULL are told apart only where it says so.

CREATE TABLE setting (
  key   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  value TEXT COLLATE "C" NOT NULL
);

CREATE TABLE person (
  id         BYTEA NOT NULL PRIMARY KEY,
  name       TEXT COLLATE "C" NOT NULL,
  zone       TEXT COLLATE "C" NOT NULL,
  keys       BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE session (
  token_hash BYTEA NOT NULL PRIMARY KEY,
  person     BYTEA NOT NULL REFERENCES person (id),
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL
);

CREATE TABLE label (
  kind     TEXT COLLATE "C" NOT NULL,
  code     TEXT COLLATE "C" NOT NULL,
  label    TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  hidden   BIGINT NOT NULL,
  PRIMARY KEY (kind, code)
);

CREATE TABLE prospect (
  id             BYTEA NOT NULL PRIMARY KEY,
  name           TEXT COLLATE "C" NOT NULL,
  company        TEXT COLLATE "C" NOT NULL,
  email          TEXT COLLATE "C" NOT NULL,
  phone          TEXT COLLATE "C" NOT NULL,
  zone           TEXT COLLATE "C",
  language       TEXT COLLATE "C" NOT NULL,
  segment        TEXT COLLATE "C",
  sort_key       TEXT COLLATE "C" NOT NULL,
  do_not_contact BIGINT,
  merged_into    BYTEA REFERENCES prospect (id) DEFERRABLE INITIALLY DEFERRED,
  root           BYTEA NOT NULL,
  forgotten      BIGINT NOT NULL,
  created_at     BIGINT NOT NULL
);
CREATE INDEX prospect_sort ON prospect (sort_key, id);
CREATE INDEX prospect_root ON prospect (root);

-- Keyed hashes by which the same person is recognised: external id, e-mail, phone, name and company.
CREATE TABLE match_key (
  hash     BYTEA NOT NULL,
  prospect BYTEA NOT NULL REFERENCES prospect (id),
  PRIMARY KEY (hash, prospect)
);
CREATE INDEX match_key_prospect ON match_key (prospect);

-- What is left of a forgotten prospect who asked not to be contacted.
CREATE TABLE suppressed (
  hash BYTEA NOT NULL PRIMARY KEY
);

-- Random ids of what was forgotten or deleted, so that an old backup does not bring it back.
CREATE TABLE forgotten (
  id   BYTEA NOT NULL PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL,
  at   BIGINT NOT NULL
);

CREATE TABLE deal (
  id         BYTEA NOT NULL PRIMARY KEY,
  owner      BYTEA NOT NULL REFERENCES person (id),
  prospect   BYTEA REFERENCES prospect (id),
  title      TEXT COLLATE "C" NOT NULL,
  title_key  TEXT COLLATE "C" NOT NULL,
  state      TEXT COLLATE "C" NOT NULL,
  stage      TEXT COLLATE "C" NOT NULL,
  value      BIGINT,
  currency   TEXT COLLATE "C",
  source     TEXT COLLATE "C" NOT NULL,
  source_id  TEXT COLLATE "C",
  created_at BIGINT NOT NULL,
  closed_at  BIGINT
);
CREATE INDEX deal_prospect ON deal (prospect);
CREATE INDEX deal_title ON deal (title_key);
CREATE INDEX deal_source ON deal (source_id) WHERE source_id IS NOT NULL;

CREATE TABLE attempt (
  id              BYTEA NOT NULL PRIMARY KEY,
  owner           BYTEA NOT NULL REFERENCES person (id),
  rep             TEXT COLLATE "C",
  prospect        BYTEA NOT NULL REFERENCES prospect (id),
  deal            BYTEA REFERENCES deal (id),
  at              BIGINT,
  precision       BIGINT NOT NULL,
  zone            TEXT COLLATE "C" NOT NULL,
  ord             BIGINT NOT NULL,
  seq             BIGINT NOT NULL,
  ordinal         BIGINT,
  outcome         TEXT COLLATE "C" NOT NULL,
  stage           TEXT COLLATE "C" NOT NULL,
  channel         TEXT COLLATE "C" NOT NULL,
  loss_kind       TEXT COLLATE "C",
  reason          TEXT COLLATE "C" NOT NULL,
  reason_prospect TEXT COLLATE "C",
  reason_guess    TEXT COLLATE "C",
  reason_other    TEXT COLLATE "C",
  words           TEXT COLLATE "C",
  segment         TEXT COLLATE "C",
  pitch           TEXT COLLATE "C",
  value           BIGINT,
  currency        TEXT COLLATE "C",
  source          TEXT COLLATE "C" NOT NULL,
  source_id       TEXT COLLATE "C",
  voided          BIGINT NOT NULL,
  version         BIGINT NOT NULL,
  recorded_at     BIGINT NOT NULL
);
CREATE INDEX attempt_order ON attempt (owner, ord, seq, id) WHERE voided = 0;
CREATE INDEX attempt_outcome ON attempt (owner, outcome, ord, seq, id) WHERE voided = 0;
CREATE INDEX attempt_reason ON attempt (owner, reason, ord, seq, id) WHERE voided = 0 AND reason <> '';
CREATE INDEX attempt_prospect ON attempt (prospect, ord, seq, id);
CREATE INDEX attempt_deal ON attempt (deal) WHERE deal IS NOT NULL;
CREATE INDEX attempt_waiting ON attempt (ord) WHERE outcome = 'unknown' AND voided = 0;

CREATE TABLE follow_up (
  id       BYTEA NOT NULL PRIMARY KEY,
  owner    BYTEA NOT NULL REFERENCES person (id),
  prospect BYTEA NOT NULL REFERENCES prospect (id),
  attempt  BYTEA REFERENCES attempt (id),
  due      BIGINT NOT NULL,
  day_only BIGINT NOT NULL,
  zone     TEXT COLLATE "C" NOT NULL,
  kind     TEXT COLLATE "C" NOT NULL,
  note     TEXT COLLATE "C" NOT NULL,
  state    TEXT COLLATE "C" NOT NULL
);
CREATE INDEX follow_up_due ON follow_up (owner, due, id) WHERE state = 'open';
CREATE INDEX follow_up_prospect ON follow_up (prospect);

CREATE TABLE note (
  id       BYTEA NOT NULL PRIMARY KEY,
  author   BYTEA NOT NULL REFERENCES person (id),
  prospect BYTEA NOT NULL REFERENCES prospect (id),
  attempt  BYTEA REFERENCES attempt (id),
  at       BIGINT NOT NULL,
  text     TEXT COLLATE "C" NOT NULL
);
CREATE INDEX note_prospect ON note (prospect);

-- The person's own call list, in their own order.
CREATE TABLE call_list (
  person   BYTEA NOT NULL REFERENCES person (id),
  prospect BYTEA NOT NULL REFERENCES prospect (id),
  position BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  PRIMARY KEY (person, prospect)
);
CREATE INDEX call_list_order ON call_list (person, position);

-- History: what changed after something was first written down. Appended only.
CREATE TABLE event (
  id       BYTEA NOT NULL PRIMARY KEY,
  at       BIGINT NOT NULL,
  actor    BYTEA,
  kind     TEXT COLLATE "C" NOT NULL,
  subject  BYTEA NOT NULL,
  prospect BYTEA,
  before   TEXT COLLATE "C",
  after    TEXT COLLATE "C"
);
CREATE INDEX event_subject ON event (subject, id);
CREATE INDEX event_prospect ON event (prospect) WHERE prospect IS NOT NULL;

CREATE TABLE import_run (
  id         BYTEA NOT NULL PRIMARY KEY,
  at         BIGINT NOT NULL,
  person     BYTEA NOT NULL REFERENCES person (id),
  format     TEXT COLLATE "C" NOT NULL,
  rows       BIGINT NOT NULL,
  prospects  BIGINT NOT NULL,
  attempts   BIGINT NOT NULL,
  yes        BIGINT NOT NULL,
  deals_open BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  corrected  BIGINT NOT NULL,
  errors     BIGINT NOT NULL
);

-- Which row of which source became what. Identity and content are keyed hashes.
CREATE TABLE import_row (
  identity  BYTEA NOT NULL PRIMARY KEY,
  content   BYTEA NOT NULL,
  prospect  BYTEA,
  deal      BYTEA,
  attempt   BYTEA,
  asks      BIGINT NOT NULL,
  forgotten BIGINT NOT NULL
);
CREATE INDEX import_row_prospect ON import_row (prospect) WHERE prospect IS NOT NULL;

-- Derived, and rebuilt from the ledger when dropped.
CREATE TABLE month_count (
  person     BYTEA NOT NULL REFERENCES person (id),
  month      BIGINT NOT NULL,
  segment    TEXT COLLATE "C" NOT NULL,
  stage      TEXT COLLATE "C" NOT NULL,
  channel    TEXT COLLATE "C" NOT NULL,
  yes        BIGINT NOT NULL,
  no         BIGINT NOT NULL,
  not_now    BIGINT NOT NULL,
  send_info  BIGINT NOT NULL,
  no_reply   BIGINT NOT NULL,
  unknown    BIGINT NOT NULL,
  no_said    BIGINT NOT NULL,
  no_guessed BIGINT NOT NULL,
  PRIMARY KEY (person, month, segment, stage, channel)
);

-- Derived: words by prefix. `attempt` is empty for a word of the prospect.
CREATE TABLE term (
  word     TEXT COLLATE "C" NOT NULL,
  prospect BYTEA NOT NULL,
  attempt  BYTEA NOT NULL,
  PRIMARY KEY (word, prospect, attempt)
);
CREATE INDEX term_prospect ON term (prospect);
