//! Attempts to put on a desk.

use app::ledger::{self, NewAttempt, WhoRef};
use app::session;
use domain::{AttemptId, SaidBy, When};
use jiff::{Timestamp, ToSpan};

use crate::desk::Desk;

/// An attempt to be.
pub(crate) struct Row(NewAttempt);

impl Row {
    pub(crate) fn of(who: &str, outcome: &str) -> Self {
        Self(NewAttempt::new(
            WhoRef::Text(who.into()),
            outcome.parse().expect("an outcome"),
        ))
    }

    pub(crate) fn no(who: &str) -> Self {
        Self::of(who, "no")
    }

    pub(crate) fn said(mut self, reason: &str, words: &str) -> Self {
        self.0.reason = Some(reason.into());
        self.0.said_by = Some(SaidBy::Prospect);
        self.0.words = Some(words.into());
        self
    }

    pub(crate) fn guessed(mut self, reason: &str) -> Self {
        self.0.reason = Some(reason.into());
        self.0.said_by = Some(SaidBy::SellerGuess);
        self
    }

    pub(crate) fn in_segment(mut self, segment: &str) -> Self {
        self.0.segment = Some(segment.into());
        self
    }

    pub(crate) fn with_pitch(mut self, pitch: &str) -> Self {
        self.0.pitch = Some(pitch.into());
        self
    }

    pub(crate) fn undated(mut self) -> Self {
        self.0.at = Some(When::Undated);
        self
    }

    pub(crate) fn days_ago(mut self, days: i64) -> Self {
        let at = Timestamp::now().checked_sub((days * 24).hours());
        self.0.at = at.ok().map(When::Instant);
        self
    }
}

/// Logs an attempt as Mara.
pub(crate) async fn add(desk: &Desk, row: Row) -> AttemptId {
    let logged = desk.app.write(move |act| {
        let me = session::local_or_new(act, "Mara", &domain::Zone::utc())?;
        ledger::log(act, &me, row.0)
    });
    logged.await.expect("logged").attempt.id
}

/// Logs many attempts as Mara, at once.
pub(crate) async fn add_all(desk: &Desk, rows: Vec<Row>) {
    let logged = desk.app.write(move |act| {
        let me = session::local_or_new(act, "Mara", &domain::Zone::utc())?;
        for row in rows {
            ledger::log(act, &me, row.0)?;
        }
        Ok(())
    });
    logged.await.expect("logged");
}

/// The ids that can be ticked on a page.
pub(crate) fn ids_on(page: &str) -> Vec<String> {
    page.split("name=\"id\" value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next().map(str::to_owned))
        .collect()
}

/// The prospect whose page an attempt's page links to.
pub(crate) async fn prospect_of(desk: &Desk, id: AttemptId) -> String {
    let page = desk.get(&format!("/attempts/{id}")).await.text;
    let rest = page.split("/prospects/").nth(1).expect("a link");
    rest.split('"').next().unwrap_or_default().to_owned()
}
