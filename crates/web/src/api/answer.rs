//! What handlers of the API give: JSON, read in one snapshot or written with the act.

use std::marker::PhantomData;

use app::{Act, AppError, Kind, Seller, answers};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::openapi::{Description, Gives};
use crate::api::takes::Once;
use crate::api::{Caller, Problem, Read, Write};
use crate::ctx::Ctx;

/// A body of this shape with this status.
#[derive(Debug)]
pub(crate) struct Answer<T, const STATUS: u16 = 200> {
    body: String,
    replayed: bool,
    shape: PhantomData<fn() -> T>,
}

/// What a handler ends in.
pub(crate) type Done<T, const STATUS: u16 = 200> = Result<Answer<T, STATUS>, Problem>;

impl<T: JsonSchema, const STATUS: u16> Gives for Answer<T, STATUS> {
    fn describe(d: &mut Description<'_>) {
        d.answer::<T>(STATUS);
    }
}

impl<T, const STATUS: u16> IntoResponse for Answer<T, STATUS> {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(STATUS).unwrap_or(StatusCode::OK);
        let json = HeaderValue::from_static("application/json");
        let mut response = (status, [(header::CONTENT_TYPE, json)], self.body).into_response();
        if self.replayed {
            let name = HeaderName::from_static("idempotency-replayed");
            let replayed = HeaderValue::from_static("true");
            response.headers_mut().insert(name, replayed);
        }
        response
    }
}

fn written(value: &impl Serialize) -> Result<String, AppError> {
    serde_json::to_string(value).map_err(|e| AppError::new(Kind::Internal, e.to_string()))
}

/// Reads on one snapshot.
pub(crate) async fn read<T: Serialize>(
    ctx: &Ctx,
    me: &Caller<Read>,
    f: impl FnOnce(&mut Act<'_, '_>, &Seller) -> Result<T, AppError> + Send + 'static,
) -> Done<T> {
    let me = me.seller().clone();
    let body = ctx.app.read(move |act| written(&f(act, &me)?)).await?;
    Ok(Answer {
        body,
        replayed: false,
        shape: PhantomData,
    })
}

/// Does something, once for each key, and keeps the answer in the same transaction.
pub(crate) async fn write<T: Serialize, const STATUS: u16>(
    ctx: &Ctx,
    me: &Caller<Write>,
    once: Option<Once>,
    f: impl FnOnce(&mut Act<'_, '_>, &Seller) -> Result<T, AppError> + Send + 'static,
) -> Done<T, STATUS> {
    perform(ctx, me, once, false, f).await
}

/// As [`write`], for acts that let nobody else write meanwhile: that has to be said before the
/// answers kept are looked at.
pub(crate) async fn write_alone<T: Serialize, const STATUS: u16>(
    ctx: &Ctx,
    me: &Caller<Write>,
    once: Option<Once>,
    f: impl FnOnce(&mut Act<'_, '_>, &Seller) -> Result<T, AppError> + Send + 'static,
) -> Done<T, STATUS> {
    perform(ctx, me, once, true, f).await
}

async fn perform<T: Serialize, const STATUS: u16>(
    ctx: &Ctx,
    me: &Caller<Write>,
    once: Option<Once>,
    alone: bool,
    f: impl FnOnce(&mut Act<'_, '_>, &Seller) -> Result<T, AppError> + Send + 'static,
) -> Done<T, STATUS> {
    let me = me.seller().clone();
    let (body, replayed) = ctx
        .app
        .write(move |act| {
            if alone {
                act.tx.exclusive()?;
            }
            let Some(once) = once else {
                return Ok((written(&f(act, &me)?)?, false));
            };
            let request = once.request.each_ref().map(Vec::as_slice);
            let answer = answers::once(act, &me, &once.key, &request, |act| {
                Ok((STATUS, written(&f(act, &me)?)?))
            })?;
            Ok((answer.body, answer.replayed))
        })
        .await?;
    Ok(Answer {
        body,
        replayed,
        shape: PhantomData,
    })
}
