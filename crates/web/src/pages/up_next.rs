//! Who is next and who is due, in words and with a way to reach them.

use app::Who;
use app::today::{Due, Next, Order};
use domain::{Attempt, FollowUpId, FollowUpKind, Prospect, ProspectId};
use jiff::civil::Date;

use crate::me::Me;
use crate::pages::evidence::said;
use crate::pages::find::says;
use crate::words;

/// A way to reach somebody.
pub(crate) struct Reach {
    pub(crate) href: String,
    pub(crate) long: String,
    pub(crate) short: &'static str,
}

/// The other order, a press away.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Other {
    pub(crate) value: &'static str,
    pub(crate) words: &'static str,
}

pub(crate) struct NextUp {
    pub(crate) id: ProspectId,
    pub(crate) place: &'static str,
    /// What puts them first, unless that is their place on the list.
    pub(crate) because: Option<String>,
    pub(crate) ordered: Option<String>,
    pub(crate) other: Option<Other>,
    pub(crate) title: String,
    pub(crate) line: String,
    pub(crate) words: Option<String>,
    pub(crate) reach: Option<Reach>,
    pub(crate) reach_verb: &'static str,
}

pub(crate) struct DueRow {
    pub(crate) id: FollowUpId,
    pub(crate) who: ProspectId,
    pub(crate) when: String,
    pub(crate) late: bool,
    pub(crate) name: String,
    pub(crate) company: String,
    pub(crate) mark: Option<&'static str>,
    pub(crate) line: String,
    pub(crate) words: Option<String>,
    pub(crate) reach: Option<Reach>,
}

/// `Third try.`
fn ordinal(n: i64) -> String {
    const NAMES: [&str; 10] = [
        "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth",
        "Tenth",
    ];
    match usize::try_from(n - 1).ok().and_then(|i| NAMES.get(i)) {
        Some(name) => format!("{name} try."),
        None => format!("Try {n}."),
    }
}

/// `On 12 November: send info.`
fn told(a: &Attempt, me: &Me, today: Date) -> String {
    let outcome = a.outcome.label();
    match a.when.day(me.zone()) {
        Some(day) if day == today => format!("Today: {}.", outcome.to_lowercase()),
        Some(day) => format!("On {}: {}.", words::day(day, today), outcome.to_lowercase()),
        None => format!("{outcome} before."),
    }
}

/// The order of the call list, in words.
struct Ordered {
    place: &'static str,
    because: Option<String>,
    ordered: Option<String>,
    other: Option<Other>,
}

impl Ordered {
    fn of(order: Order) -> Self {
        let own = Self {
            place: "Next, from your own list order",
            because: None,
            ordered: None,
            other: None,
        };
        match order {
            Order::Own => own,
            Order::OwnChosen => Self {
                other: Some(Other {
                    value: "likely",
                    words: "Order by likelihood",
                }),
                ..own
            },
            Order::Likely {
                chance,
                learnt_from,
            } => Self {
                place: "Next, likeliest to say yes",
                because: Some(format!(
                    "Asks like this one bring a yes {}.",
                    about_times(chance)
                )),
                ordered: Some(format!(
                    "Ordered from {} by stage, channel, segment, number of tries, last answer and \
                     how long ago.",
                    said::count(learnt_from, "attempt")
                )),
                other: Some(Other {
                    value: "own",
                    words: "Use my own order",
                }),
            },
        }
    }
}

/// `about 9 times in 100`, `about once in 100`, `less than once in 100`.
fn about_times(chance: f64) -> String {
    let times = said::times(chance);
    if times.starts_with("less") || times.starts_with("more") {
        return times;
    }
    format!("about {times}")
}

impl NextUp {
    pub(crate) fn of(next: &Next, me: &Me, today: Date) -> Self {
        let last = next.attempts.first();
        let mut line = ordinal(next.tries + 1);
        if let Some(a) = last {
            line = format!("{line} {}", told(a, me, today));
        }
        let reach = reach(&next.prospect);
        let order = Ordered::of(next.order);
        Self {
            id: next.prospect.root,
            place: order.place,
            because: order.because,
            ordered: order.ordered,
            other: order.other,
            title: says(&Who::from(&next.prospect)),
            line,
            words: last.and_then(|a| a.words.clone()),
            reach_verb: reach
                .as_ref()
                .map_or("", |r| if r.short == "Call" { "call" } else { "write" }),
            reach,
        }
    }
}

impl DueRow {
    pub(crate) fn of(due: &Due, me: &Me, today: Date) -> Self {
        let who = Who::from(&due.prospect);
        let f = &due.follow_up;
        let attempt = due.attempt.as_ref();
        let mut line = match (f.kind, attempt.and_then(|a| a.when.day(me.zone()))) {
            (FollowUpKind::NotNow, Some(day)) => format!("Not now on {}.", words::day(day, today)),
            (FollowUpKind::SendInfo, Some(day)) => {
                format!(
                    "Asked for information on {}. Has it been read?",
                    words::day(day, today)
                )
            }
            (FollowUpKind::NotNow, None) => "Not now, before.".into(),
            (FollowUpKind::SendInfo, None) => "Asked for information.".into(),
            (FollowUpKind::Own, _) => String::new(),
        };
        if !f.note.is_empty() {
            line = format!("{line} {}", f.note).trim().to_owned();
        }
        if line.is_empty() {
            line = "To come back to.".into();
        }
        Self {
            id: f.id,
            who: who.id,
            when: words::due(f.due, me.zone(), today),
            late: due.late,
            mark: match f.kind {
                FollowUpKind::NotNow => Some("not_now"),
                FollowUpKind::SendInfo => Some("send_info"),
                FollowUpKind::Own => None,
            },
            words: attempt.and_then(|a| a.words.clone()),
            line,
            reach: reach(&due.prospect),
            name: who.name,
            company: who.company,
        }
    }
}

/// By telephone where there is a number, else by e-mail.
fn reach(p: &Prospect) -> Option<Reach> {
    if !p.phone.is_empty() {
        return Some(Reach {
            href: words::tel(&p.phone),
            long: format!("Call {}", p.phone),
            short: "Call",
        });
    }
    (!p.email.is_empty()).then(|| Reach {
        href: words::mailto(&p.email),
        long: format!("Write to {}", p.email),
        short: "Write",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_counted_in_words() {
        assert_eq!(ordinal(1), "First try.");
        assert_eq!(ordinal(11), "Try 11.");
    }

    #[test]
    fn an_order_says_what_it_is_and_from_how_many() {
        let likely = |chance| {
            Ordered::of(Order::Likely {
                chance,
                learnt_from: 1_516,
            })
        };
        let order = likely(0.0912);
        assert_eq!(order.place, "Next, likeliest to say yes");
        assert_eq!(
            order.because.as_deref(),
            Some("Asks like this one bring a yes about 9 times in 100.")
        );
        assert!(
            order
                .ordered
                .is_some_and(|words| words.starts_with("Ordered from 1,516 attempts by stage,"))
        );
        assert_eq!(order.other.map(|other| other.value), Some("own"));
        let because = |chance| likely(chance).because.unwrap_or_default();
        assert!(because(0.01).ends_with("a yes about once in 100."));
        assert!(because(0.001).ends_with("a yes less than once in 100."));
        assert!(because(0.999).ends_with("a yes more than 99 times in 100."));

        let chosen = Ordered::of(Order::OwnChosen);
        assert_eq!(chosen.place, "Next, from your own list order");
        assert_eq!(chosen.other.map(|other| other.value), Some("likely"));
        let own = Ordered::of(Order::Own);
        assert!(own.other.is_none() && own.because.is_none() && own.ordered.is_none());
    }
}
