//! Two pitches put to the test: begun, judged as asks come in, ended with what it found.
//!
//! Who hears which pitch is either chosen by the seller or drawn: one coin a prospect, which is a keyed
//! hash and so fixed before anybody is asked, the same each time, and nobody's to choose. A test is its
//! owner's alone.

mod judge;

use domain::{Attempt, LabelKind, Outcome, PitchTestId, ProspectId, Version};
use jiff::Timestamp;
use store::tables::attempt::Place;
use store::tables::{event, pitch_test};

pub use evidence::pitch::{Arm, TELLS};
pub use judge::{Found, Side, Verdict};

use crate::{Act, AppError, Kind, Result, Seller, Workspace, labels};

/// How it is decided who hears which pitch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By a coin a prospect: what differs is then the pitch's doing.
    Drawn,
    /// By the seller: what differs went together with the pitch, no more.
    Chosen,
}

/// A pitch as its label calls it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pitch {
    /// What attempts store.
    pub code: String,
    /// What people read.
    pub label: String,
}

/// A test of two pitches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PitchTest {
    /// Its id.
    pub id: PitchTestId,
    /// The usual pitch and the new one.
    pub pitches: [Pitch; 2],
    /// Who decides who hears which.
    pub how: How,
    /// When it began. What is dated before does not count.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

impl PitchTest {
    /// One of its pitches.
    pub fn pitch(&self, arm: Arm) -> &Pitch {
        &self.pitches[arm as usize]
    }

    /// The pitch this prospect hears; none where the seller chooses, or when it is over.
    pub fn drawn_for(&self, workspace: &Workspace, root: ProspectId) -> Option<&Pitch> {
        (self.how == How::Drawn && self.ended.is_none())
            .then(|| self.pitch(coin(workspace, self.id, root)))
    }
}

/// A test with what it has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The test.
    pub test: PitchTest,
    /// What it finds by now, or had found when it ended.
    pub found: Found,
}

/// The coin of one prospect in one test.
fn coin(workspace: &Workspace, test: PitchTestId, root: ProspectId) -> Arm {
    // In one part, and short enough for a single block of the hash: a judgement throws many.
    let mut both = [0; 32];
    both[..16].copy_from_slice(test.as_bytes());
    both[16..].copy_from_slice(root.as_bytes());
    match workspace.keyed.hash("coin", &[&both])[0] & 1 {
        0 => Arm::A,
        _ => Arm::B,
    }
}

/// Begins a test of the usual pitch against a new one; each by code or label, a new label is added.
///
/// # Errors
/// When a pitch has no name, both are the same, or a test is running already.
pub fn begin(
    act: &mut Act<'_, '_>,
    me: &Seller,
    usual: &str,
    new: &str,
    how: How,
) -> Result<PitchTest> {
    if let Some(there) = running(act, me)? {
        return Err(runs_already(&there));
    }
    let a = named(act, "usual", usual, "Name the pitch you use now.")?;
    let b = named(act, "new", new, "Name the pitch to try beside it.")?;
    if a.code == b.code {
        let message = format!("Both are “{}”. Name two that differ.", a.label);
        return Err(AppError::invalid("new", message));
    }
    let row = pitch_test::PitchTest {
        id: act.ids.pitch_test(),
        owner: me.id(),
        a: a.code.clone(),
        b: b.code.clone(),
        drawn: how == How::Drawn,
        began_at: act.micros(),
        ended_at: None,
        result: None,
    };
    if !pitch_test::begin(act.tx, &row)? {
        // Another window was quicker.
        return Err(AppError::new(Kind::Conflict, "A test is running already.")
            .with_hint("Load the page again to see it."));
    }
    Ok(PitchTest {
        id: row.id,
        pitches: [a, b],
        how,
        began: act.now,
        ended: None,
    })
}

fn runs_already(there: &PitchTest) -> AppError {
    let [a, b] = &there.pitches;
    AppError::new(
        Kind::Invalid,
        format!("“{}” against “{}” is running already.", b.label, a.label),
    )
    .with_hint("End that test first; it keeps what it found.")
}

fn named(act: &mut Act<'_, '_>, field: &'static str, text: &str, missing: &str) -> Result<Pitch> {
    if text.trim().is_empty() {
        return Err(AppError::invalid(field, missing));
    }
    let label = labels::find_or_add(act, LabelKind::Pitch, text).map_err(|e| AppError {
        field: e.field.map(|_| field),
        ..e
    })?;
    Ok(Pitch {
        code: label.code,
        label: label.label,
    })
}

/// Ends a running test; what it has found stays as it is then.
///
/// # Errors
/// When it is not one's own, or has ended.
pub fn end(act: &mut Act<'_, '_>, me: &Seller, id: PitchTestId) -> Result<Judged> {
    let row =
        pitch_test::get(act.tx, id, me.id())?.ok_or_else(|| AppError::not_found("pitch test"))?;
    let over = || {
        AppError::new(
            Kind::Conflict,
            "This test has ended already. What it found stays as it was.",
        )
    };
    if row.ended_at.is_some() {
        return Err(over());
    }
    let found = judge::judge(act, &row)?;
    let json =
        serde_json::to_string(&found).map_err(|e| AppError::new(Kind::Internal, e.to_string()))?;
    if !pitch_test::end(act.tx, id, me.id(), act.micros(), &json)? {
        return Err(over());
    }
    let mut test = as_named(act, vec![row])?.remove(0);
    test.ended = Some(act.now);
    Ok(Judged { test, found })
}

/// The test that runs now.
///
/// # Errors
/// When the database cannot be read.
pub fn running(act: &mut Act<'_, '_>, me: &Seller) -> Result<Option<PitchTest>> {
    let row = pitch_test::running(act.tx, me.id())?;
    match row {
        Some(row) => Ok(as_named(act, vec![row])?.pop()),
        None => Ok(None),
    }
}

/// The running test with what it finds now, and those that ended with what they had found, the newest
/// first.
///
/// # Errors
/// When the database cannot be read.
pub fn all(act: &mut Act<'_, '_>, me: &Seller) -> Result<(Option<Judged>, Vec<Judged>)> {
    let now = pitch_test::running(act.tx, me.id())?;
    let running = match now {
        Some(row) => {
            let found = judge::judge(act, &row)?;
            let test = as_named(act, vec![row])?.remove(0);
            Some(Judged { test, found })
        }
        None => None,
    };
    let rows = pitch_test::ended(act.tx, me.id())?;
    let mut kept = Vec::with_capacity(rows.len());
    for row in &rows {
        let json = row.result.as_deref().unwrap_or_default();
        kept.push(serde_json::from_str::<Found>(json).map_err(|_| {
            AppError::new(
                Kind::Internal,
                "What a pitch test had found is damaged; restore a backup.",
            )
        })?);
    }
    let tests = as_named(act, rows)?;
    let ended = tests.into_iter().zip(kept);
    Ok((
        running,
        ended.map(|(test, found)| Judged { test, found }).collect(),
    ))
}

/// Tests with the names their pitches have now.
fn as_named(act: &mut Act<'_, '_>, rows: Vec<pitch_test::PitchTest>) -> Result<Vec<PitchTest>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let names = labels::names(act, LabelKind::Pitch)?;
    let pitch = |code: String| Pitch {
        label: names.get(&code).unwrap_or(&code).clone(),
        code,
    };
    let instant = |micros| Timestamp::from_microsecond(micros).unwrap_or_default();
    Ok(rows
        .into_iter()
        .map(|row| PitchTest {
            id: row.id,
            pitches: [pitch(row.a), pitch(row.b)],
            how: if row.drawn { How::Drawn } else { How::Chosen },
            began: instant(row.began_at),
            ended: row.ended_at.map(instant),
        })
        .collect())
}

/// The pitch of the newest ask of a running test; the usual one before the first.
///
/// # Errors
/// When the database cannot be read.
pub fn last_chosen(act: &mut Act<'_, '_>, me: &Seller, test: &PitchTest) -> Result<Arm> {
    let from = test.began.as_microsecond();
    let [a, b]: [Option<Place>; 2] = [
        pitch_test::newest(act.tx, me.id(), &test.pitches[0].code, from)?,
        pitch_test::newest(act.tx, me.id(), &test.pitches[1].code, from)?,
    ];
    Ok(if b > a { Arm::B } else { Arm::A })
}

/// The pitch that was drawn for a prospect, of an ask that stands at this place of the ledger.
pub(crate) fn drawn(
    act: &mut Act<'_, '_>,
    me: &Seller,
    root: ProspectId,
    order: i64,
) -> Result<Option<String>> {
    let test = pitch_test::running(act.tx, me.id())?;
    let test = test.filter(|test| test.drawn && order >= test.began_at);
    Ok(test.map(|test| match coin(act.workspace, test.id, root) {
        Arm::A => test.a,
        Arm::B => test.b,
    }))
}

/// Notes that an attempt's pitch is about to change, if its outcome is or was known: tests leave such
/// an attempt out. Whoever knows how it came out can choose which pitch to give it.
pub(crate) fn about_to_change(act: &mut Act<'_, '_>, before: &Attempt) -> Result<()> {
    if was_known(act, before)? {
        let was = before.pitch.as_deref();
        pitch_test::note_late(act.tx, before.owner, before.id, was)?;
    }
    Ok(())
}

fn was_known(act: &mut Act<'_, '_>, a: &Attempt) -> Result<bool> {
    if a.outcome != Outcome::Unknown || a.version == 0 {
        return Ok(a.outcome != Outcome::Unknown);
    }
    let lines = event::of_subject(act.tx, a.id.as_bytes())?;
    Ok(lines
        .iter()
        .filter_map(|line| serde_json::from_str::<Version>(line.before.as_deref()?).ok())
        .any(|version| version.outcome != Outcome::Unknown))
}
