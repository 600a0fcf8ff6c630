//! Evidence: luck or slump, rates, another try, barriers, and how good the order of who is next is.
//!
//! What is shown is worked out by `app::evidence::page`; here it is put into words and drawn. Every
//! statement stands beside its sample, and "not enough yet" is an answer.

mod barriers;
#[cfg(test)]
mod fixtures;
mod luck;
#[cfg(test)]
mod luck_tests;
mod order;
mod rates;
mod runs;
pub(crate) mod said;
mod tries;

use app::evidence::{self, By};
use askama::Template;
use jiff::civil::Date;

use self::barriers::BarriersView;
use self::luck::LuckView;
use self::order::OrderView;
use self::rates::RatesView;
use self::tries::TriesView;
use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::Choice;
use crate::me::Me;
use crate::reply::{self, Reply, Shell};
use crate::words;

#[derive(Template)]
#[template(path = "evidence.html")]
struct Page<'a> {
    shell: Shell<'a>,
    head: Head,
    /// What everything is read from; nothing before the first attempt whose outcome is known.
    read: Option<Read>,
    /// Why there is nothing, else.
    nothing: String,
    /// Whether a segment was asked for that nothing is known of.
    no_such: bool,
}

/// From when to when, and how many.
#[derive(Debug, PartialEq)]
struct Head {
    span: Option<String>,
    attempts: String,
    yes: String,
    waiting: Option<String>,
}

/// The sections.
struct Read {
    luck: Option<LuckView>,
    rates: RatesView,
    tries: TriesView,
    barriers: BarriersView,
    order: OrderView,
    /// Segments that tries and barriers can be narrowed to.
    segments: Vec<Choice>,
    /// What rates are told apart by, kept when a segment is chosen.
    by: &'static str,
    /// The segment that is chosen.
    segment: Option<String>,
}

/// GET `/evidence`, with `by` and `segment`.
pub(crate) async fn show(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let by = by(fields.get("by"))?;
    let segment = fields.opt("segment").map(str::to_owned);
    let asked = segment.is_some();
    let seller = me.0.clone();
    let (page, today) = ctx
        .app
        .read(move |act| {
            let today = seller.zone().day_of(act.now);
            Ok((evidence::page(act, &seller, by, segment.as_deref())?, today))
        })
        .await?;
    reply::page(&Page {
        shell: Shell::new(&ctx, &me, "evidence", "Evidence"),
        head: head(&page, today),
        nothing: nothing(&page),
        no_such: asked && page.segment.is_none() && page.attempts > 0,
        read: (page.attempts > 0).then(|| read(&page, today)),
    })
}

/// What rates are told apart by; segments unless something else is asked for.
fn by(asked: &str) -> Result<By, Fault> {
    match asked {
        "" => Ok(By::Segment),
        // A ledger is one seller's.
        text => text
            .parse::<By>()
            .ok()
            .filter(|by| *by != By::Rep)
            .ok_or_else(|| {
                Fault::invalid("Rates are told apart by segment, stage, channel or pitch.")
                    .with_hint("Go back and choose one of them.")
            }),
    }
}

fn read(page: &evidence::Page, today: Date) -> Read {
    let chosen = page.segment.as_ref().map(|(code, _)| code.as_str());
    let one = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen: chosen.unwrap_or_default() == value,
    };
    let all = (!page.segments.is_empty()).then(|| one("", "All segments"));
    Read {
        luck: page
            .luck
            .as_ref()
            .map(|luck| LuckView::of(page, luck, today)),
        rates: RatesView::of(page),
        tries: TriesView::of(page),
        barriers: BarriersView::of(page),
        order: OrderView::of(&page.forecasts),
        segments: all
            .into_iter()
            .chain(page.segments.iter().map(|(code, label)| one(code, label)))
            .collect(),
        by: page.by.code(),
        segment: page.segment.as_ref().map(|(_, label)| label.clone()),
    }
}

fn head(page: &evidence::Page, today: Date) -> Head {
    let to = |day: Date| {
        if day == today {
            "today".to_owned()
        } else {
            words::day(day, today)
        }
    };
    Head {
        span: match (page.first, page.last) {
            (Some(first), Some(last)) if first == last => Some(words::day(first, today)),
            (Some(first), Some(last)) => {
                Some(format!("{} to {}", words::day(first, today), to(last)))
            }
            _ => None,
        },
        attempts: said::n(page.attempts),
        yes: said::n(page.yes),
        waiting: (page.waiting > 0).then(|| said::n(page.waiting)),
    }
}

/// What an empty page says.
fn nothing(page: &evidence::Page) -> String {
    match page.waiting {
        0 => "What comes of your attempts is judged here, each figure with how many it is from. The first are said from 5 attempts on.".into(),
        1 => "1 attempt waits for its outcome. It counts as soon as that is known.".into(),
        many => format!(
            "{} attempts wait for their outcome. They count as soon as that is known.",
            said::n(many)
        ),
    }
}

/// The address of the page with its rates told apart by `by`, at a section.
fn address(by: By, segment: Option<&str>, section: &str) -> String {
    let mut pairs = vec![("by", by.code())];
    pairs.extend(segment.map(|segment| ("segment", segment)));
    format!("/evidence?{}#{section}", words::query(&pairs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_head_says_from_when_and_how_many() {
        let mut page = fixtures::page();
        let today = date(2026, 11, 19);
        assert_eq!(
            head(&page, today),
            Head {
                span: Some("22 August to today".into()),
                attempts: "1,516".into(),
                yes: "91".into(),
                waiting: None,
            }
        );
        page.waiting = 3;
        page.last = page.first;
        let one_day = head(&page, today);
        assert_eq!(one_day.span.as_deref(), Some("22 August"));
        assert_eq!(one_day.waiting.as_deref(), Some("3"));
        (page.first, page.last) = (None, None);
        assert_eq!(head(&page, today).span, None);
    }

    #[test]
    fn nothing_says_what_would_fill_it() {
        let mut page = fixtures::page();
        assert!(nothing(&page).contains("from 5 attempts on"));
        page.waiting = 1;
        assert!(nothing(&page).starts_with("1 attempt waits"));
        page.waiting = 2;
        assert!(nothing(&page).starts_with("2 attempts wait"));
    }

    #[test]
    fn only_what_groups_ones_own_attempts_is_taken() {
        assert_eq!(by("").ok(), Some(By::Segment));
        assert_eq!(by("stage").ok(), Some(By::Stage));
        assert!(by("rep").is_err() && by("mood").is_err());
    }
}
