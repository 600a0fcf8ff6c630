-- A team nobody is in any more may be closed; what it counted stays.
ALTER TABLE team ADD COLUMN closed_at BIGINT;

-- By which way an act came: empty for pages and programs, `command_line` for the keyboard.
ALTER TABLE audit ADD COLUMN via TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX audit_at ON audit (at, id);

-- Names and addresses that files call a person by, one a line: an administrator's to give, apart from
-- what a person calls themselves. What stands there today is what everybody was found by until now.
ALTER TABLE person ADD COLUMN rep_names TEXT COLLATE "C" NOT NULL DEFAULT '';
-- Who has the rows of somebody without an account now.
ALTER TABLE person ADD COLUMN claimed_by BYTEA;
-- Until when they last shared their rows.
ALTER TABLE person ADD COLUMN shared_until BIGINT;
UPDATE person SET rep_names = CASE WHEN email = '' THEN name ELSE name || '
' || email END;
UPDATE person SET shared_until = (SELECT MAX(a.at) FROM audit a WHERE a.act = 'row_sharing' AND a.detail = 'off' AND a.subject = person.id);
UPDATE person SET claimed_by = (SELECT p.id FROM audit a JOIN person p ON replace(a.detail, '-', '') = 'claimed by ' || encode(p.id, 'hex') WHERE a.act = 'person' AND a.subject = person.id ORDER BY a.at DESC, a.id DESC LIMIT 1);
UPDATE person SET rep_names = rep_names || '
' || (SELECT string_agg(c.name, '
') FROM person c WHERE c.claimed_by = person.id) WHERE EXISTS (SELECT 1 FROM person c WHERE c.claimed_by = person.id);
UPDATE person SET rep_names = '' WHERE claimed_by IS NOT NULL;

-- Who brought an attempt in with a file; NULL when it was logged.
ALTER TABLE attempt ADD COLUMN brought_by BYTEA;
UPDATE attempt SET brought_by = (SELECT r.person FROM import_run r WHERE r.at >= attempt.recorded_at ORDER BY r.at, r.id LIMIT 1) WHERE source <> '';

-- A seller's own imports are apart from everybody else's. Sixteen zeros: an administrator brought it in
-- for all, or it came before this was told apart.
ALTER TABLE import_row ADD COLUMN seller BYTEA NOT NULL DEFAULT '\x00000000000000000000000000000000';
ALTER TABLE import_row ALTER COLUMN seller DROP DEFAULT;
ALTER TABLE import_row DROP CONSTRAINT import_row_pkey;
ALTER TABLE import_row ADD PRIMARY KEY (identity, seller);

-- Whose attempts are in a cell, and who brought them in: they know them. Sixteen zeros: nobody did.
ALTER TABLE team_part ADD COLUMN brought_by BYTEA NOT NULL DEFAULT '\x00000000000000000000000000000000';
ALTER TABLE team_part ALTER COLUMN brought_by DROP DEFAULT;
ALTER TABLE team_part DROP CONSTRAINT team_part_pkey;
ALTER TABLE team_part ADD PRIMARY KEY (team, month, stage, outcome, reason, person, brought_by);
-- Of months counted before: who ever brought in one of somebody's attempts is taken to know theirs.
INSERT INTO team_part (team, month, stage, outcome, reason, person, brought_by) SELECT t.team, t.month, t.stage, t.outcome, t.reason, t.person, k.brought_by FROM team_part t JOIN person p ON p.id = t.person JOIN (SELECT DISTINCT owner, brought_by FROM attempt WHERE brought_by <> owner) k ON k.owner = COALESCE(p.claimed_by, p.id);
DELETE FROM team_part WHERE brought_by = '\x00000000000000000000000000000000' AND EXISTS (SELECT 1 FROM team_part o WHERE o.team = team_part.team AND o.month = team_part.month AND o.stage = team_part.stage AND o.outcome = team_part.outcome AND o.reason = team_part.reason AND o.person = team_part.person AND o.brought_by <> team_part.brought_by);

-- Words stand beside a cell while their attempt is as it was when the month was counted.
ALTER TABLE team_word ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
DELETE FROM team_word WHERE EXISTS (SELECT 1 FROM event e JOIN team_month m ON m.team = team_word.team AND m.month = team_word.month WHERE e.subject = team_word.attempt AND e.at > m.at);
UPDATE team_word SET version = (SELECT a.version FROM attempt a WHERE a.id = team_word.attempt);
