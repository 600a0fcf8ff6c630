//! Who changed what about the installation: appended, exportable, ids and codes only. What a person
//! logs for themselves never stands here.

use std::io::Write;

use domain::{AuditId, PersonId};
use jiff::Timestamp;
use store::tables::audit;
pub use store::tables::audit::{COMMAND_LINE, Line};

use crate::{Act, Administrator, App, AppError, Kind, Result};

/// What is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audited {
    /// Somebody came in; the detail says how.
    SignIn,
    /// Somebody did not get in.
    SignInFailed,
    /// A way in was added, changed or taken away.
    WayIn,
    /// A person was added, renamed or claimed.
    Person,
    /// An invitation was made.
    Invitation,
    /// A link to a new way in was made.
    Reset,
    /// Somebody's roles changed.
    Roles,
    /// Somebody was deactivated or let in again.
    Standing,
    /// A team was made or renamed, or somebody's team changed.
    Team,
    /// A setting of the workspace changed.
    Settings,
    /// Rows were brought in.
    Import,
    /// Rows were taken out.
    Export,
    /// Prospects were merged or taken apart.
    Merge,
    /// A prospect was forgotten.
    Forget,
    /// Somebody may not be contacted, or may again.
    DoNotContact,
    /// Somebody began or ended sharing their rows with their lead.
    RowSharing,
    /// A token of the API was made or ended.
    ApiToken,
}

impl Audited {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignInFailed => "sign_in_failed",
            Self::WayIn => "way_in",
            Self::Person => "person",
            Self::Invitation => "invitation",
            Self::Reset => "reset",
            Self::Roles => "roles",
            Self::Standing => "standing",
            Self::Team => "team",
            Self::Settings => "settings",
            Self::Import => "import",
            Self::Export => "export",
            Self::Merge => "merge",
            Self::Forget => "forget",
            Self::DoNotContact => "do_not_contact",
            Self::RowSharing => "row_sharing",
            Self::ApiToken => "api_token",
        }
    }
}

impl Act<'_, '_> {
    /// Appends a line to the audit log.
    pub(crate) fn audit(
        &mut self,
        actor: Option<PersonId>,
        what: Audited,
        subject: Option<&[u8; 16]>,
        detail: impl Into<String>,
    ) -> Result<()> {
        let line = Line {
            id: self.ids.audit(),
            at: self.micros(),
            actor,
            act: what.code().to_owned(),
            subject: subject.copied(),
            detail: detail.into(),
            via: match self.at_keyboard {
                true => audit::COMMAND_LINE.to_owned(),
                false => String::new(),
            },
        };
        Ok(audit::append(self.tx, &line)?)
    }
}

/// A page of the log, newest first, from before a line on.
///
/// # Errors
/// When the database cannot be read.
pub fn page(
    act: &mut Act<'_, '_>,
    _who: &Administrator,
    before: Option<AuditId>,
) -> Result<Vec<Line>> {
    let most = act.workspace.thresholds.page_rows as i64;
    Ok(audit::before(act.tx, before, most)?)
}

/// Writes the whole log as CSV, oldest first: time, who, what, about whom or what, codes, and by
/// which way it came. Ids, never names. That it was taken out is its last line.
///
/// # Errors
/// When the output or the database cannot.
pub fn write_csv<W: Write + Send + 'static>(
    app: &App,
    who: &Administrator,
    mut out: W,
) -> Result<W> {
    let id = who.id();
    app.write_blocking(move |act| act.audit(Some(id), Audited::Export, None, "audit"))?;
    app.read_blocking(move |act| {
        let mut failed = writeln!(out, "at,actor,act,subject,detail,via").err();
        audit::each(act.tx, |line| {
            if failed.is_none() {
                failed = writeln!(out, "{}", csv(&line)).err();
            }
            Ok(())
        })?;
        match failed {
            None => Ok(out),
            Some(e) => Err(AppError::new(
                Kind::Busy,
                format!("The log cannot be written: {e}."),
            )),
        }
    })
}

fn csv(line: &Line) -> String {
    let at = Timestamp::from_microsecond(line.at).unwrap_or_default();
    let actor = line.actor.map_or_else(String::new, |id| id.to_string());
    let subject = line
        .subject
        .map_or_else(String::new, |id| PersonId::from_bytes(id).to_string());
    let detail = line.detail.replace('"', "\"\"");
    format!(
        "{at},{actor},{},{subject},\"{detail}\",{}",
        line.act, line.via
    )
}
