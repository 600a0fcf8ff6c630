-- People: accounts, ways in, teams, what was done and by whom.

ALTER TABLE person ADD COLUMN email TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN email_key TEXT COLLATE "C";
ALTER TABLE person ADD COLUMN roles BIGINT NOT NULL DEFAULT 1;
ALTER TABLE person ADD COLUMN standing TEXT COLLATE "C" NOT NULL DEFAULT 'active';
ALTER TABLE person ADD COLUMN language TEXT COLLATE "C" NOT NULL DEFAULT 'en';
ALTER TABLE person ADD COLUMN shares_rows BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX person_email ON person (email_key) WHERE email_key IS NOT NULL;

-- Until now one person had a whole installation: a seller (1) who also looks after it (16).
UPDATE person SET roles = 17 WHERE encode(id, 'hex') = (SELECT replace(value, '-', '') FROM setting WHERE key = 'local_person');

-- How the browser calls itself, and how it came in.
ALTER TABLE session ADD COLUMN agent TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN way TEXT COLLATE "C" NOT NULL DEFAULT 'local';
CREATE INDEX session_person ON session (person);

CREATE TABLE team (
  id         BYTEA NOT NULL PRIMARY KEY,
  name       TEXT COLLATE "C" NOT NULL,
  name_key   TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX team_name ON team (name_key);

-- One team at a time; `until` is NULL for the present one.
CREATE TABLE membership (
  person BYTEA NOT NULL REFERENCES person (id),
  since  BIGINT NOT NULL,
  until  BIGINT,
  team   BYTEA NOT NULL REFERENCES team (id),
  PRIMARY KEY (person, since)
);
CREATE INDEX membership_team ON membership (team);

-- Ways in. A password is kept as its argon2id string; a passkey as its public half.
CREATE TABLE password (
  person     BYTEA NOT NULL PRIMARY KEY REFERENCES person (id),
  hash       TEXT COLLATE "C" NOT NULL,
  changed_at BIGINT NOT NULL
);

CREATE TABLE passkey (
  id         BYTEA NOT NULL PRIMARY KEY,
  person     BYTEA NOT NULL REFERENCES person (id),
  name       TEXT COLLATE "C" NOT NULL,
  credential TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  used_at    BIGINT
);
CREATE INDEX passkey_person ON passkey (person);

-- Who somebody is at another provider.
CREATE TABLE subject (
  issuer  TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  person  BYTEA NOT NULL REFERENCES person (id),
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX subject_person ON subject (person);

-- A sign-in that is under way; any process may finish what another began.
CREATE TABLE ceremony (
  token_hash BYTEA NOT NULL PRIMARY KEY,
  kind       TEXT COLLATE "C" NOT NULL,
  person     BYTEA,
  state      TEXT COLLATE "C" NOT NULL,
  expires_at BIGINT NOT NULL
);

-- Single-use links handed over by hand: an invitation, or a new way in.
CREATE TABLE link (
  token_hash BYTEA NOT NULL PRIMARY KEY,
  kind       TEXT COLLATE "C" NOT NULL,
  person     BYTEA NOT NULL REFERENCES person (id),
  made_by    BYTEA,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX link_person ON link (person);

-- How often something was tried in a window; keys are keyed hashes of accounts and addresses.
CREATE TABLE tries (
  key      BYTEA NOT NULL PRIMARY KEY,
  began_at BIGINT NOT NULL,
  count    BIGINT NOT NULL
);

CREATE TABLE api_token (
  id         BYTEA NOT NULL PRIMARY KEY,
  token_hash BYTEA NOT NULL,
  person     BYTEA NOT NULL REFERENCES person (id),
  name       TEXT COLLATE "C" NOT NULL,
  scopes     TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT
);
CREATE UNIQUE INDEX api_token_hash ON api_token (token_hash);
CREATE INDEX api_token_person ON api_token (person);

-- What was answered to a request that may be repeated.
CREATE TABLE answer (
  person  BYTEA NOT NULL REFERENCES person (id),
  key     BYTEA NOT NULL,
  request BYTEA NOT NULL,
  status  BIGINT NOT NULL,
  body    TEXT COLLATE "C" NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (person, key)
);

-- Who changed what about the installation. Appended only; ids, never names.
CREATE TABLE audit (
  id      BYTEA NOT NULL PRIMARY KEY,
  at      BIGINT NOT NULL,
  actor   BYTEA,
  act     TEXT COLLATE "C" NOT NULL,
  subject BYTEA,
  detail  TEXT COLLATE "C" NOT NULL
);

-- A closed month of a team, counted once. Cells are a partition of its attempts.
CREATE TABLE team_month (
  team     BYTEA NOT NULL REFERENCES team (id),
  month    BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  members  BIGINT NOT NULL,
  attempts BIGINT,
  PRIMARY KEY (team, month)
);

CREATE TABLE team_cell (
  team     BYTEA NOT NULL REFERENCES team (id),
  month    BIGINT NOT NULL,
  stage    TEXT COLLATE "C" NOT NULL,
  outcome  TEXT COLLATE "C" NOT NULL,
  reason   TEXT COLLATE "C" NOT NULL,
  attempts BIGINT NOT NULL,
  PRIMARY KEY (team, month, stage, outcome, reason)
);

-- Whose attempts are in a cell, so that somebody who was one of them is not shown too little.
CREATE TABLE team_part (
  team    BYTEA NOT NULL REFERENCES team (id),
  month   BIGINT NOT NULL,
  stage   TEXT COLLATE "C" NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  reason  TEXT COLLATE "C" NOT NULL,
  person  BYTEA NOT NULL REFERENCES person (id),
  PRIMARY KEY (team, month, stage, outcome, reason, person)
);

-- Which attempts' words stand beside a cell.
CREATE TABLE team_word (
  team    BYTEA NOT NULL REFERENCES team (id),
  month   BIGINT NOT NULL,
  stage   TEXT COLLATE "C" NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  reason  TEXT COLLATE "C" NOT NULL,
  attempt BYTEA NOT NULL REFERENCES attempt (id),
  PRIMARY KEY (team, month, stage, outcome, reason, attempt)
);

-- Words are taken away by their whole key; by prospect alone only when somebody is forgotten, which
-- may read the whole table. Keeping this index took a quarter of an import's time.
DROP INDEX term_prospect;
