//! What a test finds: the asks that count, in the order of the ledger, fed to the e-process.

use std::collections::HashSet;

use domain::{AttemptId, Outcome};
use evidence::pitch::{Arm, TELLS, Test, p_b_gt_a};
use evidence::statistic::E_VALUE;
use evidence::{Beta, Counts};
use serde::{Deserialize, Serialize};
use store::tables::pitch_test::{self, Ask, PitchTest};

use super::coin;
use crate::act::DAY;
use crate::{Act, Result, Workspace};

/// One pitch of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// Asks that count.
    pub asks: u64,
    /// How many of them were a yes.
    pub yes: u64,
    /// How many of them are compared with asks of the other pitch.
    pub compared: u64,
    /// How many wait for an ask of the other pitch.
    pub waiting: u64,
}

impl Side {
    fn counts(self) -> Counts {
        Counts::new(self.yes, self.asks).unwrap_or_default()
    }

    /// The rate as the asks put it.
    pub fn rate(self) -> f64 {
        Beta::JEFFREYS.after(self.counts()).mean()
    }

    /// The range that the asks allow, 95 in 100.
    pub fn range(self) -> (f64, f64) {
        let range = Beta::JEFFREYS.after(self.counts()).interval();
        (range.low, range.high)
    }
}

/// What a test finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The usual pitch and the new one.
    pub sides: [Side; 2],
    /// How much better two pitches explain the asks than one, now.
    #[serde(with = "exact")]
    pub evidence: f64,
    /// The largest that has been; the answer stands once it was [`TELLS`].
    #[serde(with = "exact")]
    pub most: f64,
    /// Left out: the pitch was set or changed when the outcome was known.
    pub late: u64,
    /// Left out: another pitch than the one drawn.
    pub other: u64,
    /// Left out of a drawn test: it came in with a file, so that no coin was looked at.
    pub from_file: u64,
    /// Left out of a drawn test: of somebody who had said yes in it already.
    pub after_yes: u64,
    /// Not counted yet: the outcome is not known.
    pub unknown: u64,
    /// Wait behind one of those.
    #[serde(default)]
    pub held: u64,
}

/// What may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Too few asks are compared to say anything.
    TooFew,
    /// No difference can be told from chance.
    NoneSeen,
    /// They differ; the one that does better, unless that has changed places since.
    Differ(Option<Arm>),
}

impl Found {
    /// Fewest asks compared from which anything is said.
    pub const FEWEST: u64 = E_VALUE.smallest;

    /// Chance that the new pitch has the higher rate.
    pub fn chance_new(&self) -> f64 {
        p_b_gt_a(self.sides[0].counts(), self.sides[1].counts())
    }

    /// How many asks are compared, of both pitches.
    pub fn compared(&self) -> u64 {
        self.sides[0].compared + self.sides[1].compared
    }

    /// What may be said.
    pub fn verdict(&self) -> Verdict {
        let [a, b] = self.sides;
        if self.compared() < Self::FEWEST {
            return Verdict::TooFew;
        }
        if self.most < TELLS {
            return Verdict::NoneSeen;
        }
        Verdict::Differ(match a.rate().partial_cmp(&b.rate()) {
            Some(std::cmp::Ordering::Less) => Some(Arm::B),
            Some(std::cmp::Ordering::Greater) => Some(Arm::A),
            _ => None,
        })
    }
}

/// Numbers as text, so that what is kept is read again to the bit, however large.
mod exact {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(n: &f64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(n)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// What a test finds in the ledger as it stands.
pub(super) fn judge(act: &mut Act<'_, '_>, test: &PitchTest) -> Result<Found> {
    let (owner, from) = (test.owner, test.began_at);
    let asks = [
        pitch_test::asks(act.tx, owner, &test.a, from)?,
        pitch_test::asks(act.tx, owner, &test.b, from)?,
    ];
    let late = Late::of(pitch_test::late(act.tx, owner, from)?, test);
    let days = act.workspace.thresholds.no_reply_after_days;
    let held_from = act.micros() - days * DAY;
    Ok(fold(act.workspace, test, asks, &late, held_from))
}

/// Attempts whose pitch is not the one that stood when their outcome became known.
struct Late {
    changed: HashSet<AttemptId>,
    /// Those that had a pitch of the test and have none of it any more.
    gone: u64,
}

impl Late {
    fn of(rows: Vec<pitch_test::Late>, test: &PitchTest) -> Self {
        let tested = |code: &str| code == test.a || code == test.b;
        let mut out = Self {
            changed: HashSet::new(),
            gone: 0,
        };
        // A change that was taken back changed nothing.
        for row in rows.into_iter().filter(|row| row.was != row.is) {
            if tested(&row.is) {
                out.changed.insert(row.attempt);
            } else if tested(&row.was) {
                out.gone += 1;
            }
        }
        out
    }
}

/// Asks wait behind the first one since `held_from` whose outcome is not known: a yes comes at once and
/// silence after days, so that going on without it would pair one pitch's yeses with the other's noes.
fn fold(
    workspace: &Workspace,
    test: &PitchTest,
    asks: [Vec<Ask>; 2],
    late: &Late,
    held_from: i64,
) -> Found {
    let mut process = Test::default();
    let mut all = [Counts::default(); 2];
    let (mut too_late, mut other, mut from_file, mut unknown) = (late.gone, 0, 0, 0);
    // Several yeses of one prospect go by one coin, and would count as if they were several people's:
    // where some buy again and again, equal pitches were said to differ far more often than promised.
    let (mut won, mut after_yes) = (HashSet::new(), 0);
    let (mut holds, mut held) = (false, 0);
    for (arm, ask) in in_order(asks) {
        if ask.outcome == Outcome::Unknown {
            unknown += 1;
            holds |= ask.place.order >= held_from;
        } else if test.drawn && ask.from_file {
            from_file += 1;
        } else if test.drawn && coin(workspace, test.id, ask.prospect) != arm {
            other += 1;
        } else if late.changed.contains(&ask.place.id) {
            too_late += 1;
        } else if test.drawn && won.contains(&ask.prospect) {
            after_yes += 1;
        } else if holds {
            held += 1;
        } else {
            let yes = ask.outcome == Outcome::Yes;
            if yes {
                won.insert(ask.prospect);
            }
            process.push(arm, yes);
            all[arm as usize].push(yes);
        }
    }
    let side = |arm: Arm| {
        let counts = all[arm as usize];
        Side {
            asks: counts.tries(),
            yes: counts.yes(),
            compared: process.counts(arm).tries(),
            waiting: process.waiting(arm) as u64,
        }
    };
    Found {
        sides: [side(Arm::A), side(Arm::B)],
        evidence: process.e_value(),
        most: process.most(),
        late: too_late,
        other,
        from_file,
        after_yes,
        unknown,
        held,
    }
}

/// The asks of both pitches in the order of the ledger.
fn in_order([a, b]: [Vec<Ask>; 2]) -> impl Iterator<Item = (Arm, Ask)> {
    let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
    std::iter::from_fn(move || {
        let first = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) => x.place <= y.place,
            (there, _) => there.is_some(),
        };
        if first {
            a.next().map(|ask| (Arm::A, ask))
        } else {
            b.next().map(|ask| (Arm::B, ask))
        }
    })
}
