//! Whose the rows of the ledger are, changed as a whole: somebody claims what was brought in for
//! them before they had an account.

use domain::PersonId;

use super::alarm;
use crate::sql::statements;
use crate::{Result, Tx};

statements! {
    ATTEMPTS = "UPDATE attempt SET owner = $2 WHERE owner = $1";
    DEALS = "UPDATE deal SET owner = $2 WHERE owner = $1";
    FOLLOW_UPS = "UPDATE follow_up SET owner = $2 WHERE owner = $1";
    PITCH_LATE = "UPDATE pitch_late SET owner = $2 WHERE owner = $1";
    DROP_CALL_LIST = "DELETE FROM call_list WHERE person = $1";
}

/// Makes every attempt, deal and follow-up of one person another's; says how many attempts and deals.
/// What is derived from attempts is the caller's to rebuild.
pub fn change(tx: &mut Tx<'_>, from: PersonId, to: PersonId) -> Result<(u64, u64)> {
    let mut all = |sql| tx.exec(sql, &[(&from).into(), (&to).into()]);
    let (attempts, deals) = (all(ATTEMPTS)?, all(DEALS)?);
    all(FOLLOW_UPS)?;
    all(PITCH_LATE)?;
    alarm::gone(tx, from)?;
    tx.exec(DROP_CALL_LIST, &[(&from).into()])?;
    Ok((attempts, deals))
}
