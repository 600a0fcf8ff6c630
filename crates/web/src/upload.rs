//! A form with a file, taken without holding it in memory.

use std::io::{Seek, Write};

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use tempfile::NamedTempFile;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::too_large;
use crate::uploads;

/// A form that may hold one file. The file lies in the system's temporary folder, readable by
/// this program's user only, and goes with this value.
pub(crate) struct Upload {
    /// The file, unless none was chosen.
    pub(crate) file: Option<UploadedFile>,
}

/// A file as it came.
pub(crate) struct UploadedFile {
    /// What the browser called it.
    pub(crate) name: String,
    /// Where it lies, at its beginning.
    pub(crate) file: NamedTempFile,
    /// How long it is.
    pub(crate) bytes: usize,
}

impl FromRequest<Ctx> for Upload {
    type Rejection = Fault;

    async fn from_request(request: Request, ctx: &Ctx) -> Result<Self, Fault> {
        let most = ctx.app.thresholds().upload_bytes;
        let mut parts = Multipart::from_request(request, ctx).await.map_err(|_| {
            Fault::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "This address takes a form with a file.",
            )
        })?;
        let mut file = None;
        while let Some(mut part) = parts.next_field().await.map_err(|e| broken(&e))? {
            let Some(file_name) = part.file_name().map(str::to_owned) else {
                continue;
            };
            let mut kept = uploads::new_file().map_err(|e| no_room(&e))?;
            let mut bytes = 0;
            while let Some(chunk) = part.chunk().await.map_err(|e| broken(&e))? {
                bytes += chunk.len();
                if bytes > most {
                    return Err(too_large());
                }
                // Some kilobytes into the page cache: quicker than handing it to another thread.
                kept.write_all(&chunk).map_err(|e| no_room(&e))?;
            }
            if bytes > 0 && file.is_none() {
                kept.rewind().map_err(|e| no_room(&e))?;
                file = Some(UploadedFile {
                    name: file_name,
                    file: kept,
                    bytes,
                });
            }
        }
        Ok(Self { file })
    }
}

fn broken(error: &axum::extract::multipart::MultipartError) -> Fault {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Fault::new(
            StatusCode::BAD_REQUEST,
            "The file did not arrive whole, so nothing was read.",
        )
        .with_hint("Send it once more."),
    }
}

fn no_room(error: &std::io::Error) -> Fault {
    tracing::error!(%error, "an uploaded file could not be kept");
    Fault::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "There was no room to keep the file for reading.",
    )
    .with_hint("Make room in the temporary folder of the computer that runs Rebound.")
}
