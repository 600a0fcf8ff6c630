-- The ledger. Times are microseconds UTC; `''` and NULL are told apart only where it says so.

CREATE TABLE setting (
  key   TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE person (
  id         BLOB NOT NULL PRIMARY KEY,
  name       TEXT NOT NULL,
  zone       TEXT NOT NULL,
  keys       BIGINT NOT NULL,
  created_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE session (
  token_hash BLOB NOT NULL PRIMARY KEY,
  person     BLOB NOT NULL REFERENCES person (id),
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE label (
  kind     TEXT NOT NULL,
  code     TEXT NOT NULL,
  label    TEXT NOT NULL,
  position BIGINT NOT NULL,
  hidden   BIGINT NOT NULL,
  PRIMARY KEY (kind, code)
) WITHOUT ROWID;

CREATE TABLE prospect (
  id             BLOB NOT NULL PRIMARY KEY,
  name           TEXT NOT NULL,
  company        TEXT NOT NULL,
  email          TEXT NOT NULL,
  phone          TEXT NOT NULL,
  zone           TEXT,
  language       TEXT NOT NULL,
  segment        TEXT,
  sort_key       TEXT NOT NULL,
  do_not_contact BIGINT,
  merged_into    BLOB REFERENCES prospect (id) DEFERRABLE INITIALLY DEFERRED,
  root           BLOB NOT NULL,
  forgotten      BIGINT NOT NULL,
  created_at     BIGINT NOT NULL
);
CREATE INDEX prospect_sort ON prospect (sort_key, id);
CREATE INDEX prospect_root ON prospect (root);

-- Keyed hashes by which the same person is recognised: external id, e-mail, phone, name and company.
CREATE TABLE match_key (
  hash     BLOB NOT NULL,
  prospect BLOB NOT NULL REFERENCES prospect (id),
  PRIMARY KEY (hash, prospect)
) WITHOUT ROWID;
CREATE INDEX match_key_prospect ON match_key (prospect);

-- What is left of a forgotten prospect who asked not to be contacted.
CREATE TABLE suppressed (
  hash BLOB NOT NULL PRIMARY KEY
) WITHOUT ROWID;

-- Random ids of what was forgotten or deleted, so that an old backup does not bring it back.
CREATE TABLE forgotten (
  id   BLOB NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  at   BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE deal (
  id         BLOB NOT NULL PRIMARY KEY,
  owner      BLOB NOT NULL REFERENCES person (id),
  prospect   BLOB REFERENCES prospect (id),
  title      TEXT NOT NULL,
  title_key  TEXT NOT NULL,
  state      TEXT NOT NULL,
  stage      TEXT NOT NULL,
  value      BIGINT,
  currency   TEXT,
  source     TEXT NOT NULL,
  source_id  TEXT,
  created_at BIGINT NOT NULL,
  closed_at  BIGINT
);
CREATE INDEX deal_prospect ON deal (prospect);
CREATE INDEX deal_title ON deal (title_key);
CREATE INDEX deal_source ON deal (source_id) WHERE source_id IS NOT NULL;

CREATE TABLE attempt (
  id              BLOB NOT NULL PRIMARY KEY,
  owner           BLOB NOT NULL REFERENCES person (id),
  rep             TEXT,
  prospect        BLOB NOT NULL REFERENCES prospect (id),
  deal            BLOB REFERENCES deal (id),
  at              BIGINT,
  precision       BIGINT NOT NULL,
  zone            TEXT NOT NULL,
  ord             BIGINT NOT NULL,
  seq             BIGINT NOT NULL,
  ordinal         BIGINT,
  outcome         TEXT NOT NULL,
  stage           TEXT NOT NULL,
  channel         TEXT NOT NULL,
  loss_kind       TEXT,
  reason          TEXT NOT NULL,
  reason_prospect TEXT,
  reason_guess    TEXT,
  reason_other    TEXT,
  words           TEXT,
  segment         TEXT,
  pitch           TEXT,
  value           BIGINT,
  currency        TEXT,
  source          TEXT NOT NULL,
  source_id       TEXT,
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
  id       BLOB NOT NULL PRIMARY KEY,
  owner    BLOB NOT NULL REFERENCES person (id),
  prospect BLOB NOT NULL REFERENCES prospect (id),
  attempt  BLOB REFERENCES attempt (id),
  due      BIGINT NOT NULL,
  day_only BIGINT NOT NULL,
  zone     TEXT NOT NULL,
  kind     TEXT NOT NULL,
  note     TEXT NOT NULL,
  state    TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX follow_up_due ON follow_up (owner, due, id) WHERE state = 'open';
CREATE INDEX follow_up_prospect ON follow_up (prospect);

CREATE TABLE note (
  id       BLOB NOT NULL PRIMARY KEY,
  author   BLOB NOT NULL REFERENCES person (id),
  prospect BLOB NOT NULL REFERENCES prospect (id),
  attempt  BLOB REFERENCES attempt (id),
  at       BIGINT NOT NULL,
  text     TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX note_prospect ON note (prospect);

-- The person's own call list, in their own order.
CREATE TABLE call_list (
  person   BLOB NOT NULL REFERENCES person (id),
  prospect BLOB NOT NULL REFERENCES prospect (id),
  position BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  PRIMARY KEY (person, prospect)
) WITHOUT ROWID;
CREATE INDEX call_list_order ON call_list (person, position);

-- History: what changed after something was first written down. Appended only.
CREATE TABLE event (
  id       BLOB NOT NULL PRIMARY KEY,
  at       BIGINT NOT NULL,
  actor    BLOB,
  kind     TEXT NOT NULL,
  subject  BLOB NOT NULL,
  prospect BLOB,
  before   TEXT,
  after    TEXT
) WITHOUT ROWID;
CREATE INDEX event_subject ON event (subject, id);
CREATE INDEX event_prospect ON event (prospect) WHERE prospect IS NOT NULL;

CREATE TABLE import_run (
  id         BLOB NOT NULL PRIMARY KEY,
  at         BIGINT NOT NULL,
  person     BLOB NOT NULL REFERENCES person (id),
  format     TEXT NOT NULL,
  rows       BIGINT NOT NULL,
  prospects  BIGINT NOT NULL,
  attempts   BIGINT NOT NULL,
  yes        BIGINT NOT NULL,
  deals_open BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  corrected  BIGINT NOT NULL,
  errors     BIGINT NOT NULL
) WITHOUT ROWID;

-- Which row of which source became what. Identity and content are keyed hashes.
CREATE TABLE import_row (
  identity  BLOB NOT NULL PRIMARY KEY,
  content   BLOB NOT NULL,
  prospect  BLOB,
  deal      BLOB,
  attempt   BLOB,
  asks      BIGINT NOT NULL,
  forgotten BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX import_row_prospect ON import_row (prospect) WHERE prospect IS NOT NULL;

-- Derived, and rebuilt from the ledger when dropped.
CREATE TABLE month_count (
  person     BLOB NOT NULL REFERENCES person (id),
  month      BIGINT NOT NULL,
  segment    TEXT NOT NULL,
  stage      TEXT NOT NULL,
  channel    TEXT NOT NULL,
  yes        BIGINT NOT NULL,
  no         BIGINT NOT NULL,
  not_now    BIGINT NOT NULL,
  send_info  BIGINT NOT NULL,
  no_reply   BIGINT NOT NULL,
  unknown    BIGINT NOT NULL,
  no_said    BIGINT NOT NULL,
  no_guessed BIGINT NOT NULL,
  PRIMARY KEY (person, month, segment, stage, channel)
) WITHOUT ROWID;

-- Derived: words by prefix. `attempt` is empty for a word of the prospect.
CREATE TABLE term (
  word     TEXT NOT NULL,
  prospect BLOB NOT NULL,
  attempt  BLOB NOT NULL,
  PRIMARY KEY (word, prospect, attempt)
) WITHOUT ROWID;
CREATE INDEX term_prospect ON term (prospect);
