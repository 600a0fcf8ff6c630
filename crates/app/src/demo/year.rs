//! The sample year as a plan: the team, who is asked when, and what comes of it.

use domain::{Channel, DealState, LossKind, Outcome, Stage, Zone};
use jiff::Timestamp;

use super::calendar::Calendar;
use super::dice::Dice;
use super::work::Work;

const SEED: u64 = 0x05ee_d0f7_eb04_d001;

/// One of the team.
pub(super) struct Member {
    pub(super) name: &'static str,
    zone: &'static str,
    /// Yes in 100 asks.
    pub(super) rate: f64,
    /// Asks on an ordinary day.
    daily: f64,
    /// How much of each segment is theirs.
    pub(super) segments: [f64; 5],
}

/// The team; the first one is the person the sample belongs to.
pub(super) const TEAM: [Member; 6] = [
    member(
        "Mara Lindqvist",
        "Europe/Lisbon",
        6.8,
        25.0,
        [27.0, 21.0, 24.0, 18.0, 10.0],
    ),
    member(
        "Tobin Ashgrove",
        "Europe/Lisbon",
        4.3,
        27.0,
        [40.0, 10.0, 30.0, 10.0, 10.0],
    ),
    member(
        "Noor Castellane",
        "Europe/Lisbon",
        6.2,
        18.5,
        [15.0, 45.0, 10.0, 20.0, 10.0],
    ),
    member(
        "Edda Winterfold",
        "Europe/Berlin",
        5.9,
        20.5,
        [20.0, 20.0, 20.0, 20.0, 20.0],
    ),
    member(
        "Jonas Pellander",
        "Europe/Stockholm",
        5.0,
        25.0,
        [10.0, 15.0, 45.0, 25.0, 5.0],
    ),
    member(
        "Ravi Oakhurst",
        "Europe/London",
        5.6,
        18.0,
        [15.0, 20.0, 10.0, 15.0, 40.0],
    ),
];

impl Member {
    /// Where they work.
    pub(super) fn zone(&self) -> Zone {
        Zone::new(self.zone).unwrap_or_else(|_| Zone::utc())
    }
}

const fn member(
    name: &'static str,
    zone: &'static str,
    rate: f64,
    daily: f64,
    segments: [f64; 5],
) -> Member {
    Member {
        name,
        zone,
        rate,
        daily,
        segments,
    }
}

/// Asks of the local person in the last 90 days.
const LOCAL_ASKS: f64 = 1_516.0;

/// Prospects of each person that nobody has asked yet.
const UNASKED: usize = 30;

/// One planned attempt.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) at: i64,
    pub(super) person: usize,
    pub(super) lead: usize,
    pub(super) outcome: Outcome,
    pub(super) stage: Stage,
    pub(super) channel: Channel,
    pub(super) loss: Option<LossKind>,
    pub(super) said: Option<&'static str>,
    pub(super) guess: Option<&'static str>,
    pub(super) heard: Option<&'static str>,
    pub(super) words: Option<&'static str>,
    /// 0 is the older pitch, 1 the newer one.
    pub(super) pitch: Option<usize>,
    pub(super) deal: Option<usize>,
    /// Days until they want to be asked again.
    pub(super) again: Option<i64>,
}

/// One planned prospect.
#[derive(Debug, Clone)]
pub(super) struct Lead {
    pub(super) person: usize,
    pub(super) segment: usize,
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) asks: u32,
    pub(super) outcome: Outcome,
    /// The one this is written down a second time for.
    pub(super) twin_of: Option<usize>,
}

/// One planned deal.
#[derive(Debug, Clone)]
pub(super) struct Opportunity {
    pub(super) person: usize,
    pub(super) lead: usize,
    pub(super) opened: i64,
    pub(super) closed: Option<(i64, DealState)>,
    /// In whole units of its currency.
    pub(super) worth: i64,
}

/// The whole plan.
#[derive(Debug, Default)]
pub(super) struct Year {
    /// In order of time.
    pub(super) asks: Vec<Ask>,
    pub(super) leads: Vec<Lead>,
    pub(super) deals: Vec<Opportunity>,
}

/// Plans the year up to `now`.
pub(super) fn plan(now: Timestamp) -> Year {
    let mut year = Year::default();
    for (i, member) in TEAM.iter().enumerate() {
        let calendar = Calendar::new(member.zone(), now);
        let mut dice = Dice::new(SEED, i as u64);
        let window = (i == 0).then_some(LOCAL_ASKS);
        let slots = calendar.slots(&mut dice, i, member.daily, window);
        Work::new(i, member, dice, &mut year).through(&slots);
        // A list that came in lately and is still to be worked through.
        let came = calendar.instant(calendar.working_day_before(), 2_000);
        for k in 0..UNASKED {
            year.leads.push(Lead {
                person: i,
                segment: k % 5,
                first: came.as_microsecond(),
                last: came.as_microsecond(),
                asks: 0,
                outcome: Outcome::Unknown,
                twin_of: None,
            });
        }
    }
    year.asks.sort_by_key(|a| (a.at, a.person));
    split(&mut year, now);
    year
}

/// Lets one prospect of the local person be written down twice: their first two asks go to a twin.
fn split(year: &mut Year, now: Timestamp) {
    let month_ago = now.as_microsecond() - 30 * 86_400_000_000;
    let often = |l: &Lead| l.person == 0 && l.asks >= 4 && l.last < month_ago;
    let in_deal = |lead: usize| year.deals.iter().any(|d| d.lead == lead);
    let Some(lead) = (0..year.leads.len())
        .rev()
        .find(|&i| often(&year.leads[i]) && !in_deal(i))
    else {
        return;
    };
    let twin = year.leads.len();
    let mut twin_lead = Lead {
        twin_of: Some(lead),
        asks: 0,
        ..year.leads[lead].clone()
    };
    for ask in year.asks.iter_mut().filter(|a| a.lead == lead).take(2) {
        ask.lead = twin;
        twin_lead.last = ask.at;
        twin_lead.asks += 1;
        twin_lead.outcome = ask.outcome;
    }
    if let Some(next) = year.asks.iter().find(|a| a.lead == lead) {
        year.leads[lead].first = next.at;
    }
    year.leads[lead].asks -= twin_lead.asks;
    year.leads.push(twin_lead);
}
