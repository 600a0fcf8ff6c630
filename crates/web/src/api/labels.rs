//! `/api/v1/labels`.

use app::{Act, AppError, labels};
use domain::LabelKind;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::{Caller, Done, Read, read};
use crate::ctx::Ctx;

/// One label over a code that never changes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Label")]
pub(crate) struct LabelShown {
    code: String,
    label: String,
    /// Not offered any more; it stays where it was used.
    hidden: bool,
}

/// What can be chosen from, in order.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Labels {
    reasons: Vec<LabelShown>,
    segments: Vec<LabelShown>,
    pitches: Vec<LabelShown>,
}

fn of(act: &mut Act<'_, '_>, kind: LabelKind) -> Result<Vec<LabelShown>, AppError> {
    let all = labels::all(act, kind)?.into_iter();
    Ok(all
        .map(|l| LabelShown {
            code: l.code,
            label: l.label,
            hidden: l.hidden,
        })
        .collect())
}

/// GET: every label.
pub(crate) async fn list(me: Caller<Read>, ctx: Ctx) -> Done<Labels> {
    read(&ctx, &me, |act, _| {
        Ok(Labels {
            reasons: of(act, LabelKind::Reason)?,
            segments: of(act, LabelKind::Segment)?,
            pitches: of(act, LabelKind::Pitch)?,
        })
    })
    .await
}
