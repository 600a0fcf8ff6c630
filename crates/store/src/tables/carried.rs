//! What an archive of an earlier schema lacks and is worked out from what it holds, as the migrations
//! did it where the ledger stood.

use crate::sql::statements;
use crate::{Result, Tx};

statements! {
    REP_NAMES = "UPDATE person SET rep_names = CASE WHEN email = '' THEN name ELSE name || '\n' || email END";
    SHARED_UNTIL = "UPDATE person SET shared_until = (SELECT MAX(a.at) FROM audit a WHERE a.act = 'row_sharing' AND a.detail = 'off' AND a.subject = person.id)";
    BROUGHT_BY = "UPDATE attempt SET brought_by = (SELECT r.person FROM import_run r WHERE r.at >= attempt.recorded_at ORDER BY r.at, r.id LIMIT 1) WHERE source <> ''";
    PARTS = "UPDATE team_part SET brought_by = (SELECT a.brought_by FROM attempt a WHERE a.owner = team_part.person AND a.voided = 0 LIMIT 1) WHERE (SELECT 2 * (COUNT(*) - COUNT(a.brought_by)) + COUNT(DISTINCT a.brought_by) FROM attempt a WHERE a.owner = team_part.person AND a.voided = 0) = 1";
    OTHER_WORDS = "DELETE FROM team_word WHERE EXISTS (SELECT 1 FROM event e JOIN team_month m ON m.team = team_word.team AND m.month = team_word.month WHERE e.subject = team_word.attempt AND e.at > m.at)";
    WORDS = "UPDATE team_word SET version = (SELECT a.version FROM attempt a WHERE a.id = team_word.attempt)";
}

/// To schema 3: names in files, whose rows somebody knows, and words as they were counted. Who claimed
/// a placeholder's rows stands in the audit log, and is the caller's to carry over.
pub fn to_third(tx: &mut Tx<'_>) -> Result<()> {
    for sql in [
        REP_NAMES,
        SHARED_UNTIL,
        BROUGHT_BY,
        PARTS,
        OTHER_WORDS,
        WORDS,
    ] {
        tx.exec(sql, &[])?;
    }
    Ok(())
}
