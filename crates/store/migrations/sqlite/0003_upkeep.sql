-- A team nobody is in any more may be closed; what it counted stays.
ALTER TABLE team ADD COLUMN closed_at BIGINT;

-- By which way an act came: empty for pages and programs, `command_line` for the keyboard.
ALTER TABLE audit ADD COLUMN via TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_at ON audit (at, id);

-- Names and addresses that files call a person by, one a line: an administrator's to give, apart from
-- what a person calls themselves. What stands there today is what everybody was found by until now.
ALTER TABLE person ADD COLUMN rep_names TEXT NOT NULL DEFAULT '';
-- Who has the rows of somebody without an account now.
ALTER TABLE person ADD COLUMN claimed_by BLOB;
-- Until when they last shared their rows.
ALTER TABLE person ADD COLUMN shared_until BIGINT;
UPDATE person SET rep_names = CASE WHEN email = '' THEN name ELSE name || '
' || email END;
UPDATE person SET shared_until = (SELECT MAX(a.at) FROM audit a WHERE a.act = 'row_sharing' AND a.detail = 'off' AND a.subject = person.id);
UPDATE person SET claimed_by = (SELECT p.id FROM audit a JOIN person p ON replace(a.detail, '-', '') = 'claimed by ' || lower(hex(p.id)) WHERE a.act = 'person' AND a.subject = person.id ORDER BY a.at DESC, a.id DESC LIMIT 1);
UPDATE person SET rep_names = rep_names || '
' || (SELECT group_concat(c.name, '
') FROM person c WHERE c.claimed_by = person.id) WHERE EXISTS (SELECT 1 FROM person c WHERE c.claimed_by = person.id);
UPDATE person SET rep_names = '' WHERE claimed_by IS NOT NULL;

-- Who brought an attempt in with a file; NULL when it was logged.
ALTER TABLE attempt ADD COLUMN brought_by BLOB;
UPDATE attempt SET brought_by = (SELECT r.person FROM import_run r WHERE r.at >= attempt.recorded_at ORDER BY r.at, r.id LIMIT 1) WHERE source <> '';

-- A seller's own imports are apart from everybody else's. Sixteen zeros: an administrator brought it in
-- for all, or it came before this was told apart.
CREATE TABLE import_row_new (
  identity  BLOB NOT NULL,
  content   BLOB NOT NULL,
  prospect  BLOB,
  deal      BLOB,
  attempt   BLOB,
  asks      BIGINT NOT NULL,
  forgotten BIGINT NOT NULL,
  seller    BLOB NOT NULL,
  PRIMARY KEY (identity, seller)
) WITHOUT ROWID;
INSERT INTO import_row_new SELECT identity, content, prospect, deal, attempt, asks, forgotten, zeroblob(16) FROM import_row ORDER BY identity;
DROP TABLE import_row;
ALTER TABLE import_row_new RENAME TO import_row;
CREATE INDEX import_row_prospect ON import_row (prospect) WHERE prospect IS NOT NULL;

-- Whose attempts are in a cell, and who brought them in: they know them. Sixteen zeros: nobody did.
CREATE TABLE team_part_new (
  team       BLOB NOT NULL REFERENCES team (id),
  month      BIGINT NOT NULL,
  stage      TEXT NOT NULL,
  outcome    TEXT NOT NULL,
  reason     TEXT NOT NULL,
  person     BLOB NOT NULL REFERENCES person (id),
  brought_by BLOB NOT NULL,
  PRIMARY KEY (team, month, stage, outcome, reason, person, brought_by)
) WITHOUT ROWID;
-- Of months counted before: who ever brought in one of somebody's attempts is taken to know theirs.
INSERT INTO team_part_new SELECT t.team, t.month, t.stage, t.outcome, t.reason, t.person, COALESCE(k.brought_by, zeroblob(16)) FROM team_part t JOIN person p ON p.id = t.person LEFT JOIN (SELECT DISTINCT owner, brought_by FROM attempt WHERE brought_by <> owner) k ON k.owner = COALESCE(p.claimed_by, p.id);
DROP TABLE team_part;
ALTER TABLE team_part_new RENAME TO team_part;

-- Words stand beside a cell while their attempt is as it was when the month was counted.
ALTER TABLE team_word ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
DELETE FROM team_word WHERE EXISTS (SELECT 1 FROM event e JOIN team_month m ON m.team = team_word.team AND m.month = team_word.month WHERE e.subject = team_word.attempt AND e.at > m.at);
UPDATE team_word SET version = (SELECT a.version FROM attempt a WHERE a.id = team_word.attempt);
