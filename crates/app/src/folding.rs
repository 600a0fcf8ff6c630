//! Several asks that came in as one row go out as one row again, so that the earlier ones, which
//! have no time, keep their place before the last.

use domain::{Attempt, AttemptId, Outcome, When};

/// Takes attempts in order and gives them back, each with how many asks it stands for.
#[derive(Default)]
pub(crate) struct Folding {
    /// Asks without a time whose last one may follow.
    held: Vec<Attempt>,
}

impl Folding {
    /// Takes the next attempt, and gives what can be written now.
    pub(crate) fn push(&mut self, a: Attempt) -> Vec<(Attempt, u32)> {
        let row = AttemptId::of_row(a.id, 0);
        let goes_on = self
            .held
            .last()
            .is_some_and(|held| AttemptId::of_row(held.id, 0) == row);
        let mut out = if goes_on { Vec::new() } else { self.finish() };
        if a.id != row && a.when == When::Undated {
            self.held.push(a);
            return out;
        }
        let mut asks = 1;
        while self.held.pop_if(|held| is_before(held, &a, asks)).is_some() {
            asks += 1;
        }
        out.extend(self.finish());
        out.push((a, asks));
        out
    }

    /// What is still held back.
    pub(crate) fn finish(&mut self) -> Vec<(Attempt, u32)> {
        self.held.drain(..).map(|a| (a, 1)).collect()
    }
}

/// Whether a row of `last` says everything about its `k`-th ask before.
fn is_before(a: &Attempt, last: &Attempt, k: u32) -> bool {
    let ordinal = last.ordinal.and_then(|n| n.checked_sub(k));
    u16::try_from(k).is_ok_and(|k| a.id == AttemptId::of_row(last.id, k))
        && a.outcome == Outcome::No
        && a.loss_kind.is_none()
        && a.reasons.is_empty()
        && a.words.is_none()
        && a.value.is_none()
        && a.ordinal == ordinal.filter(|n| *n > 0)
        && (a.order, &a.zone, &a.rep) == (last.order, &last.zone, &last.rep)
        && (a.prospect, a.deal) == (last.prospect, last.deal)
        && (a.stage, a.channel) == (last.stage, last.channel)
        && (&a.segment, &a.pitch) == (&last.segment, &last.pitch)
}
