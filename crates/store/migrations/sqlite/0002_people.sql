-- People: accounts, ways in, teams, what was done and by whom.

ALTER TABLE person ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN email_key TEXT;
ALTER TABLE person ADD COLUMN roles BIGINT NOT NULL DEFAULT 1;
ALTER TABLE person ADD COLUMN standing TEXT NOT NULL DEFAULT 'active';
ALTER TABLE person ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE person ADD COLUMN shares_rows BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX person_email ON person (email_key) WHERE email_key IS NOT NULL;

-- Until now one person had a whole installation: a seller (1) who also looks after it (16).
UPDATE person SET roles = 17 WHERE lower(hex(id)) = (SELECT replace(value, '-', '') FROM setting WHERE key = 'local_person');

-- How the browser calls itself, and how it came in.
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN way TEXT NOT NULL DEFAULT 'local';
CREATE INDEX session_person ON session (person);

CREATE TABLE team (
  id         BLOB NOT NULL PRIMARY KEY,
  name       TEXT NOT NULL,
  name_key   TEXT NOT NULL,
  created_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX team_name ON team (name_key);

-- One team at a time; `until` is NULL for the present one.
CREATE TABLE membership (
  person BLOB NOT NULL REFERENCES person (id),
  since  BIGINT NOT NULL,
  until  BIGINT,
  team   BLOB NOT NULL REFERENCES team (id),
  PRIMARY KEY (person, since)
) WITHOUT ROWID;
CREATE INDEX membership_team ON membership (team);

-- Ways in. A password is kept as its argon2id string; a passkey as its public half.
CREATE TABLE password (
  person     BLOB NOT NULL PRIMARY KEY REFERENCES person (id),
  hash       TEXT NOT NULL,
  changed_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE passkey (
  id         BLOB NOT NULL PRIMARY KEY,
  person     BLOB NOT NULL REFERENCES person (id),
  name       TEXT NOT NULL,
  credential TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at    BIGINT
) WITHOUT ROWID;
CREATE INDEX passkey_person ON passkey (person);

-- Who somebody is at another provider.
CREATE TABLE subject (
  issuer  TEXT NOT NULL,
  subject TEXT NOT NULL,
  person  BLOB NOT NULL REFERENCES person (id),
  PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;
CREATE INDEX subject_person ON subject (person);

-- A sign-in that is under way; any process may finish what another began.
CREATE TABLE ceremony (
  token_hash BLOB NOT NULL PRIMARY KEY,
  kind       TEXT NOT NULL,
  person     BLOB,
  state      TEXT NOT NULL,
  expires_at BIGINT NOT NULL
) WITHOUT ROWID;

-- Single-use links handed over by hand: an invitation, or a new way in.
CREATE TABLE link (
  token_hash BLOB NOT NULL PRIMARY KEY,
  kind       TEXT NOT NULL,
  person     BLOB NOT NULL REFERENCES person (id),
  made_by    BLOB,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX link_person ON link (person);

-- How often something was tried in a window; keys are keyed hashes of accounts and addresses.
CREATE TABLE tries (
  key      BLOB NOT NULL PRIMARY KEY,
  began_at BIGINT NOT NULL,
  count    BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE api_token (
  id         BLOB NOT NULL PRIMARY KEY,
  token_hash BLOB NOT NULL,
  person     BLOB NOT NULL REFERENCES person (id),
  name       TEXT NOT NULL,
  scopes     TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT
) WITHOUT ROWID;
CREATE UNIQUE INDEX api_token_hash ON api_token (token_hash);
CREATE INDEX api_token_person ON api_token (person);

-- What was answered to a request that may be repeated.
CREATE TABLE answer (
  person  BLOB NOT NULL REFERENCES person (id),
  key     BLOB NOT NULL,
  request BLOB NOT NULL,
  status  BIGINT NOT NULL,
  body    TEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (person, key)
) WITHOUT ROWID;

-- Who changed what about the installation. Appended only; ids, never names.
CREATE TABLE audit (
  id      BLOB NOT NULL PRIMARY KEY,
  at      BIGINT NOT NULL,
  actor   BLOB,
  act     TEXT NOT NULL,
  subject BLOB,
  detail  TEXT NOT NULL
) WITHOUT ROWID;

-- A closed month of a team, counted once. Cells are a partition of its attempts.
CREATE TABLE team_month (
  team     BLOB NOT NULL REFERENCES team (id),
  month    BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  members  BIGINT NOT NULL,
  attempts BIGINT,
  PRIMARY KEY (team, month)
) WITHOUT ROWID;

CREATE TABLE team_cell (
  team     BLOB NOT NULL REFERENCES team (id),
  month    BIGINT NOT NULL,
  stage    TEXT NOT NULL,
  outcome  TEXT NOT NULL,
  reason   TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  PRIMARY KEY (team, month, stage, outcome, reason)
) WITHOUT ROWID;

-- Whose attempts are in a cell, so that somebody who was one of them is not shown too little.
CREATE TABLE team_part (
  team    BLOB NOT NULL REFERENCES team (id),
  month   BIGINT NOT NULL,
  stage   TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason  TEXT NOT NULL,
  person  BLOB NOT NULL REFERENCES person (id),
  PRIMARY KEY (team, month, stage, outcome, reason, person)
) WITHOUT ROWID;

-- Which attempts' words stand beside a cell.
CREATE TABLE team_word (
  team    BLOB NOT NULL REFERENCES team (id),
  month   BIGINT NOT NULL,
  stage   TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason  TEXT NOT NULL,
  attempt BLOB NOT NULL REFERENCES attempt (id),
  PRIMARY KEY (team, month, stage, outcome, reason, attempt)
) WITHOUT ROWID;

-- Words are taken away by their whole key; by prospect alone only when somebody is forgotten, which
-- may read the whole table. Keeping this index took a quarter of an import's time.
DROP INDEX term_prospect;
