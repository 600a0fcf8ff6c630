//! The pitch in the log bar, while two are put to the test.

use app::pitch_tests::{Arm, How, PitchTest};
use domain::ProspectId;

use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::forms::{Choice, choices};

/// What the bar says of the running test; one of them at most, and nothing while none runs.
#[derive(Default)]
pub(crate) struct InBar {
    /// Of each person who can be pressed, the pitch that was drawn. Nobody knows it of somebody new.
    pub(crate) drawn: Vec<Option<String>>,
    /// Both pitches, where the seller chooses.
    pub(crate) choices: Vec<Choice>,
}

impl InBar {
    /// Of the test that runs and the pitch chosen last, for these people; what was typed comes first.
    pub(crate) fn of<'c>(
        ctx: &Ctx,
        test: Option<(&PitchTest, Arm)>,
        typed: &Fields,
        people: impl Iterator<Item = &'c str>,
    ) -> Self {
        let Some((test, last)) = test else {
            return Self::default();
        };
        match test.how {
            How::Drawn => Self {
                drawn: people
                    .map(|id| heard(ctx, test, id.parse().ok()?))
                    .collect(),
                ..Self::default()
            },
            How::Chosen => {
                let codes = test.pitches.each_ref().map(|p| p.code.as_str());
                let chosen = typed.opt("pitch").filter(|code| codes.contains(code));
                let pairs = test
                    .pitches
                    .iter()
                    .map(|p| (p.code.as_str(), p.label.as_str()));
                Self {
                    choices: choices(pairs, chosen.unwrap_or(codes[last as usize])),
                    ..Self::default()
                }
            }
        }
    }
}

/// The pitch that was drawn for a prospect.
pub(crate) fn heard(ctx: &Ctx, test: &PitchTest, root: ProspectId) -> Option<String> {
    let pitch = test.drawn_for(ctx.app.workspace(), root)?;
    Some(pitch.label.clone())
}
