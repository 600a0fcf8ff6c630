-- Two pitches put to the test, one running test a person. The person's alone.
CREATE TABLE pitch_test (
  id       BLOB NOT NULL PRIMARY KEY,
  owner    BLOB NOT NULL REFERENCES person (id),
  a        TEXT NOT NULL,
  b        TEXT NOT NULL,
  drawn    BIGINT NOT NULL,
  began_at BIGINT NOT NULL,
  ended_at BIGINT,
  result   TEXT
) WITHOUT ROWID;
CREATE INDEX pitch_test_owner ON pitch_test (owner, began_at, id);
CREATE UNIQUE INDEX pitch_test_running ON pitch_test (owner) WHERE ended_at IS NULL;

-- Attempts whose pitch was changed when their outcome was known, with the pitch that stood until then;
-- empty for none. A test leaves them out.
CREATE TABLE pitch_late (
  owner   BLOB NOT NULL REFERENCES person (id),
  attempt BLOB NOT NULL REFERENCES attempt (id),
  pitch   TEXT NOT NULL,
  PRIMARY KEY (owner, attempt)
) WITHOUT ROWID;

-- Holds all that a test reads of an attempt, so that no row is looked up.
CREATE INDEX attempt_pitch ON attempt (owner, pitch, ord, seq, id, outcome, prospect, source, voided) WHERE pitch IS NOT NULL AND voided = 0;
