//! What an archive of an earlier schema lacks and is worked out from what it holds, as the migrations
//! did it where the ledger stood.

use super::import::in_key;
use crate::sql::statements;
use crate::{Result, Tx};

statements! {
    REP_NAMES = "UPDATE person SET rep_names = CASE WHEN email = '' THEN name ELSE name || '\n' || email END";
    SHARED_UNTIL = "UPDATE person SET shared_until = (SELECT MAX(a.at) FROM audit a WHERE a.act = 'row_sharing' AND a.detail = 'off' AND a.subject = person.id)";
    BROUGHT_BY = "UPDATE attempt SET brought_by = (SELECT r.person FROM import_run r WHERE r.at >= attempt.recorded_at ORDER BY r.at, r.id LIMIT 1) WHERE source <> ''";
    OTHER_WORDS = "DELETE FROM team_word WHERE EXISTS (SELECT 1 FROM event e JOIN team_month m ON m.team = team_word.team AND m.month = team_word.month WHERE e.subject = team_word.attempt AND e.at > m.at)";
    KNOWN_PARTS = "INSERT INTO team_part (team, month, stage, outcome, reason, person, brought_by) SELECT t.team, t.month, t.stage, t.outcome, t.reason, t.person, k.brought_by FROM team_part t JOIN person p ON p.id = t.person JOIN (SELECT DISTINCT owner, brought_by FROM attempt WHERE brought_by <> owner) k ON k.owner = COALESCE(p.claimed_by, p.id)";
    NOBODYS_PARTS = "DELETE FROM team_part WHERE brought_by = $1 AND EXISTS (SELECT 1 FROM team_part o WHERE o.team = team_part.team AND o.month = team_part.month AND o.stage = team_part.stage AND o.outcome = team_part.outcome AND o.reason = team_part.reason AND o.person = team_part.person AND o.brought_by <> team_part.brought_by)";
    WORDS = "UPDATE team_word SET version = (SELECT a.version FROM attempt a WHERE a.id = team_word.attempt)";
}

/// To schema 3: names in files, who brought what in, and words as they were counted. Who claimed a
/// placeholder's rows stands in the audit log, and is the caller's to carry over, before
/// [`months_to_third`].
pub fn to_third(tx: &mut Tx<'_>) -> Result<()> {
    for sql in [REP_NAMES, SHARED_UNTIL, BROUGHT_BY, OTHER_WORDS, WORDS] {
        tx.exec(sql, &[])?;
    }
    Ok(())
}

/// Months to schema 3: who ever brought in one of somebody's attempts is taken to know theirs.
pub fn months_to_third(tx: &mut Tx<'_>) -> Result<()> {
    tx.exec(KNOWN_PARTS, &[])?;
    tx.exec(NOBODYS_PARTS, &[in_key(None)]).map(drop)
}
