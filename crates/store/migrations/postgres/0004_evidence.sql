-- Derived: what a seller's attempts say, as far as a place in their order, and whether that is behind
-- their attempts. Every change of a person's attempts writes this row, so that two changes of one
-- person's evidence come one after the other; one at or before its place takes the state away.
CREATE TABLE evidence (
  person BYTEA NOT NULL PRIMARY KEY REFERENCES person (id),
  turn   BIGINT NOT NULL,
  behind BIGINT NOT NULL,
  ord    BIGINT,
  seq    BIGINT,
  id     BYTEA,
  folded BIGINT,
  state  BYTEA
);

-- Derived: states on the way to it, from which the rest is folded again.
CREATE TABLE evidence_state (
  person BYTEA NOT NULL REFERENCES person (id),
  ord    BIGINT NOT NULL,
  seq    BIGINT NOT NULL,
  id     BYTEA NOT NULL,
  folded BIGINT NOT NULL,
  state  BYTEA NOT NULL,
  PRIMARY KEY (person, ord, seq, id)
);
CREATE INDEX evidence_behind ON evidence (person) WHERE behind = 1;
INSERT INTO evidence (person, turn, behind) SELECT id, 0, 1 FROM person;

-- What many sellers' attempts before a month say together, for attempts from `at` on. Never changed.
-- `value` is NULL where too few contributed.
CREATE TABLE pooled (
  month  BIGINT NOT NULL PRIMARY KEY,
  at     BIGINT NOT NULL,
  people BIGINT NOT NULL,
  value  BYTEA
);

-- Alarms of the slump watch, as they were when they were raised. The person's alone.
CREATE TABLE alarm (
  person       BYTEA NOT NULL REFERENCES person (id),
  segment      TEXT COLLATE "C" NOT NULL,
  attempt      BYTEA NOT NULL REFERENCES attempt (id),
  ord          BIGINT NOT NULL,
  seq          BIGINT NOT NULL,
  since        BIGINT,
  asks         BIGINT NOT NULL,
  yes          BIGINT NOT NULL,
  evidence     BIGINT NOT NULL,
  threshold    BIGINT NOT NULL,
  recorded_at  BIGINT NOT NULL,
  withdrawn_at BIGINT,
  PRIMARY KEY (person, segment, attempt)
);
CREATE INDEX alarm_order ON alarm (person, ord, seq, attempt);
