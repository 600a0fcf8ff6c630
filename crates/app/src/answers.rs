//! Requests that may be repeated: the answer is kept in the transaction of the act, so that a crash
//! neither loses it nor does the act twice.

use store::tables::api;

use crate::act::HOUR;
use crate::{Act, AppError, Kind, Result, Seller};

/// An answer, as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: String,
    /// It was given before; nothing was done now.
    pub replayed: bool,
}

/// Does something once for each key of a person's: the same request under the same key gets the
/// answer kept, another request is refused. Only what was done is kept; what was refused may be
/// tried again under its key. Keys are kept as keyed hashes, and for a day.
///
/// # Errors
/// What the act answers; when the key stood for another request, or the same one is being done at
/// this moment.
pub fn once(
    act: &mut Act<'_, '_>,
    me: &Seller,
    key: &str,
    request: &[&[u8]],
    f: impl FnOnce(&mut Act<'_, '_>) -> Result<(u16, String)>,
) -> Result<Answer> {
    let keyed = &act.workspace.keyed;
    let key = keyed.hash("answer key", &[key.as_bytes()]);
    let request = keyed.hash("answered request", request);
    let after = act.micros() - act.workspace.thresholds.answer_hours * HOUR;
    if let Some(kept) = api::kept(act.tx, me.id(), &key, after)? {
        if kept.request != request {
            return Err(AppError {
                field: Some("Idempotency-Key"),
                ..AppError::new(Kind::Invalid, "This key stood for another request before.")
                    .with_hint("Draw a new key for each new request.")
            });
        }
        return Ok(Answer {
            status: u16::try_from(kept.status).unwrap_or(200),
            body: kept.body,
            replayed: true,
        });
    }
    let (status, body) = f(act)?;
    let kept = api::Answer {
        request,
        status: status.into(),
        body,
    };
    let now = act.micros();
    api::keep(act.tx, me.id(), &key, &kept, now, after)?;
    Ok(Answer {
        status,
        body: kept.body,
        replayed: false,
    })
}

/// Drops the answers that need not be repeated any more.
///
/// # Errors
/// When the database cannot be written.
pub fn sweep(act: &mut Act<'_, '_>) -> Result<()> {
    let until = act.micros() - act.workspace.thresholds.answer_hours * HOUR;
    Ok(api::drop_answers(act.tx, until)?)
}
