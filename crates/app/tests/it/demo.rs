//! The sample year: believable, never in the future, and nobody in it can be reached.

use std::collections::{BTreeMap, HashMap, HashSet};

use app::{App, Kind, Seller, demo, prospects, session, today};
use domain::{
    Attempt, Channel, DealState, LabelKind, Outcome, PersonId, Prospect, SaidBy, Stage, When, Zone,
};
use jiff::civil::Weekday;
use jiff::{Timestamp, ToSpan};
use store::tables::{attempt, counts, deal, event, follow_up, label, note, person, prospect, term};
use testkit::db::{Backend, Fresh, for_each_database};

/// A Thursday in November, before noon.
fn thursday() -> Timestamp {
    "2026-11-19T11:38:00Z".parse().unwrap()
}

/// A Sunday evening in summer.
fn sunday() -> Timestamp {
    "2026-08-09T19:00:00Z".parse().unwrap()
}

/// The first minutes of a year.
fn new_year() -> Timestamp {
    "2027-01-01T00:04:00Z".parse().unwrap()
}

/// A Monday, a minute after work began, the day after the clocks were changed.
fn monday() -> Timestamp {
    "2026-03-30T07:31:00Z".parse().unwrap()
}

/// A filled ledger and what lies in it.
struct Sample {
    app: App,
    me: Seller,
    now: Timestamp,
    attempts: Vec<Attempt>,
    prospects: Vec<Prospect>,
    names: HashMap<PersonId, String>,
    _database: Fresh,
}

fn sample(clock: fn() -> Timestamp) -> Sample {
    let database = Backend::Sqlite.fresh();
    let app = App::open(&database.url.parse().unwrap(), clock).unwrap();
    let me = demo::fill(&app).unwrap();
    let names = app.read_blocking(|act| Ok(person::all(act.tx)?)).unwrap();
    Sample {
        attempts: attempts(&app),
        prospects: all_prospects(&app),
        names: names.into_iter().map(|p| (p.id, p.name)).collect(),
        now: clock(),
        app,
        me,
        _database: database,
    }
}

fn attempts(app: &App) -> Vec<Attempt> {
    app.read_blocking(|act| {
        let mut all = Vec::new();
        attempt::each(act.tx, |a| {
            all.push(a);
            Ok(())
        })?;
        Ok(all)
    })
    .unwrap()
}

fn all_prospects(app: &App) -> Vec<Prospect> {
    app.read_blocking(|act| {
        let (mut key, mut id, mut out) = (String::new(), Vec::new(), Vec::new());
        loop {
            let page = prospect::after(act.tx, &key, &id, 1_000)?;
            let Some((last, p)) = page.last() else {
                return Ok(out);
            };
            (key, id) = (last.clone(), p.id.as_bytes().to_vec());
            out.extend(page.into_iter().map(|(_, p)| p));
        }
    })
    .unwrap()
}

impl Sample {
    fn counting(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|a| !a.voided)
    }

    fn today(&self) -> today::Today {
        let me = self.me.clone();
        self.app
            .read_blocking(move |act| today::page(act, &me))
            .unwrap()
    }

    /// Yes in 100 known outcomes, by whatever is told of an attempt.
    fn rates<K: Ord>(&self, by: impl Fn(&Attempt) -> K) -> BTreeMap<K, f64> {
        let mut all: BTreeMap<K, (f64, f64)> = BTreeMap::new();
        for a in self.counting().filter(|a| a.outcome.is_trial()) {
            let (yes, n) = all.entry(by(a)).or_default();
            *n += 1.0;
            *yes += f64::from(u8::from(a.outcome == Outcome::Yes));
        }
        all.into_iter()
            .map(|(key, (yes, n))| (key, 100.0 * yes / n))
            .collect()
    }
}

fn spread<K: std::fmt::Debug + Ord>(rates: &BTreeMap<K, f64>) -> f64 {
    let high = rates.values().copied().fold(0.0, f64::max);
    let low = rates.values().copied().fold(100.0, f64::min);
    high / low.max(0.01)
}

fn figures_are_as_promised(s: &Sample) {
    assert_eq!(s.names.len(), 6);
    assert_eq!(s.me.name(), "Mara Lindqvist");
    let local = s.app.read_blocking(session::local).unwrap().unwrap();
    assert_eq!(local.id(), s.me.id());
    let n = s.counting().count();
    assert!((30_000..=36_000).contains(&n), "{n} attempts");
    let n = s.prospects.len();
    assert!((8_000..=9_200).contains(&n), "{n} prospects");

    let zone = s.me.zone();
    let first = zone.day_of(s.now).checked_sub(89.days()).unwrap();
    let from = zone.start_of(first).as_microsecond();
    let window = || {
        s.counting()
            .filter(|a| a.owner == s.me.id() && a.order >= from)
    };
    let n = window().count();
    assert!((1_500..=1_530).contains(&n), "{n} attempts in 90 days");
    let yes = window().filter(|a| a.outcome == Outcome::Yes).count();
    assert!((86..=96).contains(&yes), "{yes} yes in 90 days");
    let run = s.today().run.since_yes;
    assert_eq!(run, 31, "attempts since the last yes");

    for &outcome in Outcome::ALL {
        let n = s.counting().filter(|a| a.outcome == outcome).count();
        assert!(
            n > 10 || outcome == Outcome::Unknown && n > 3,
            "{outcome}: {n}"
        );
    }
}

fn time_is_kept(s: &Sample) {
    let zones: HashMap<PersonId, Zone> = s
        .app
        .read_blocking(|act| Ok(person::all(act.tx)?))
        .unwrap()
        .into_iter()
        .map(|p| (p.id, p.zone))
        .collect();
    let now = s.now.as_microsecond();
    let fortnight = now - 13 * 86_400_000_000;
    for a in &s.attempts {
        assert!(a.order <= now && a.recorded_at <= now, "{a:?}");
        let When::Instant(at) = a.when else {
            panic!("{a:?}");
        };
        assert_eq!(a.zone, zones[&a.owner]);
        let there = at.to_zoned(a.zone.rules());
        let minute = i32::from(there.hour()) * 60 + i32::from(there.minute());
        // A key pressed twice is taken back within the minute after.
        assert!((510..=1_051).contains(&minute), "{there}");
        let free = matches!(there.weekday(), Weekday::Saturday | Weekday::Sunday);
        assert!(!free, "{there}");
        if a.outcome == Outcome::Unknown {
            assert!(a.channel.waits_for_reply() && a.order > fortnight, "{a:?}");
        }
    }
    let ids: Vec<_> = s.prospects.iter().map(|p| p.id).collect();
    s.app
        .read_blocking(move |act| {
            for id in ids {
                for e in event::of_prospect(act.tx, id)? {
                    assert!(e.at <= now, "{e:?}");
                }
                for n in note::of_prospect(act.tx, id)? {
                    assert!(n.at <= now, "{n:?}");
                }
            }
            Ok(())
        })
        .unwrap();
    assert!(s.prospects.iter().all(|p| p.created_at <= now));
}

/// Telephone ranges that are set aside for fiction, without spaces.
const RESERVED: [&str; 16] = [
    "020794", "01632960", "01134960", "01144960", "01154960", "01164960", "01174960", "01184960",
    "01214960", "01314960", "01414960", "01514960", "01614960", "07700900", "02920180", "08081570",
];

fn nobody_can_be_reached(s: &Sample) {
    let mut seen = HashSet::new();
    for p in s.prospects.iter().filter(|p| !p.forgotten) {
        assert!(!p.name.is_empty() && !p.company.is_empty(), "{p:?}");
        assert!(!(p.email.is_empty() && p.phone.is_empty()), "{p:?}");
        if !p.email.is_empty() {
            let (_, host) = p.email.split_once('@').unwrap();
            let reserved = host.ends_with(".example")
                || ["example.com", "example.org", "example.net"].contains(&host);
            assert!(reserved, "{}", p.email);
            assert!(p.email.is_ascii() && !p.email.contains(' '), "{}", p.email);
            assert!(seen.insert(p.email.clone()), "{} twice", p.email);
        }
        if !p.phone.is_empty() {
            let digits: String = p.phone.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(digits.len(), 11, "{}", p.phone);
            let reserved = RESERVED.iter().any(|r| digits.starts_with(r));
            assert!(reserved, "{}", p.phone);
            assert!(seen.insert(p.phone.clone()), "{} twice", p.phone);
        }
    }
}

fn today_has_something_to_do(s: &Sample) {
    let page = s.today();
    assert!(page.due.len() >= 3, "{} due", page.due.len());
    assert!(page.due.iter().any(|d| d.late));
    assert!(page.due.iter().any(|d| !d.late));
    assert!((10..=14).contains(&page.list_left), "{}", page.list_left);
    assert_eq!(page.likely.len(), 3);
    let next = page.next.unwrap();
    assert!(!next.attempts.is_empty() && !next.prospect.phone.is_empty());
}

fn all_of_it(s: &Sample) {
    figures_are_as_promised(s);
    time_is_kept(s);
    nobody_can_be_reached(s);
    today_has_something_to_do(s);
}

#[test]
fn a_year_on_working_days() {
    all_of_it(&sample(thursday));
    all_of_it(&sample(monday));
}

#[test]
fn a_year_on_days_off() {
    all_of_it(&sample(sunday));
    all_of_it(&sample(new_year));
}

#[test]
fn there_is_something_true_to_find() {
    let s = sample(thursday);
    assert!(spread(&s.rates(|a| a.owner)) > 1.4, "by person");
    assert!(spread(&s.rates(|a| a.segment.clone())) > 1.8, "by segment");
    assert!(spread(&s.rates(|a| a.stage)) > 3.0, "by stage");
    assert!(
        spread(&s.rates(|a| a.channel == Channel::Email)) > 1.3,
        "by channel"
    );
    let months = s.rates(|a| a.when.iso()[..7].to_owned());
    assert!(spread(&months) > 1.3, "by month");

    // Later asks of the same prospect are worth less.
    let mut asks: HashMap<_, u32> = HashMap::new();
    let mut tries: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for a in s.counting().filter(|a| a.stage == Stage::Opener) {
        let n = asks.entry(a.prospect).or_default();
        *n += 1;
        let (yes, all) = tries.entry((*n).min(6)).or_default();
        *all += 1.0;
        *yes += f64::from(u8::from(a.outcome == Outcome::Yes));
    }
    let rate = |n: u32| tries[&n].0 / tries[&n].1;
    assert!(rate(1) > rate(3) && rate(3) > rate(6), "{tries:?}");

    // Price is guessed about three times as often as it is said.
    let share = |voice: SaidBy| {
        let led = || {
            s.counting()
                .filter_map(|a| a.reasons.leading())
                .filter(|l| l.1 == voice)
        };
        led().filter(|l| l.0 == "N4").count() as f64 / led().count() as f64
    };
    let times = share(SaidBy::SellerGuess) / share(SaidBy::Prospect);
    assert!((2.2..=4.5).contains(&times), "{times} times");
    let both = s.counting().filter(|a| {
        let r = &a.reasons;
        r.prospect.is_some() && r.guess.is_some() && r.prospect != r.guess
    });
    assert!(both.count() > 300);
    let words: HashSet<_> = s.counting().filter_map(|a| a.words.as_deref()).collect();
    assert!(words.len() > 60, "{} sentences", words.len());
    let losses: HashSet<_> = s.counting().filter_map(|a| a.loss_kind).collect();
    assert_eq!(losses.len(), 5);

    // The newer pitch starts somewhere in the year and does better.
    let pitches = s.rates(|a| a.pitch.clone());
    assert_eq!(pitches.len(), 3, "two and none");
    let labels = s
        .app
        .read_blocking(|act| Ok(label::all(act.tx, LabelKind::Pitch)?))
        .unwrap();
    let began = |code: &str| {
        s.counting()
            .find(|a| a.pitch.as_deref() == Some(code))
            .unwrap()
            .order
    };
    let (old, new) = (labels[0].code.as_str(), labels[1].code.as_str());
    assert!(began(new) - began(old) > 120 * 86_400_000_000);
}

#[test]
fn the_year_has_a_history() {
    let s = sample(thursday);
    assert!(s.attempts.iter().filter(|a| a.voided).count() >= 3);
    assert!(
        s.attempts
            .iter()
            .filter(|a| a.version > 0 && !a.voided)
            .count()
            >= 30
    );
    assert!(
        s.prospects
            .iter()
            .filter(|p| p.do_not_contact.is_some())
            .count()
            >= 20
    );
    assert_eq!(
        s.prospects
            .iter()
            .filter(|p| p.merged_into.is_some())
            .count(),
        1
    );
    assert_eq!(s.prospects.iter().filter(|p| p.forgotten).count(), 1);
    let ids: Vec<_> = s.prospects.iter().map(|p| p.id).collect();
    let (me, mine) = (s.me.id(), s.me.clone());
    s.app
        .read_blocking(move |act| {
            let mut states: HashMap<DealState, usize> = HashMap::new();
            let (mut reopened, mut notes, mut open) = (0, 0, 0);
            for id in ids {
                for d in deal::of_prospect(act.tx, id)? {
                    *states.entry(d.state).or_default() += 1;
                    assert!(d.value.is_some());
                }
                notes += note::of_prospect(act.tx, id)?.len();
                open += follow_up::open_of_prospect(act.tx, id)?.len();
                let lines = event::of_prospect(act.tx, id)?;
                reopened += lines.iter().filter(|e| e.kind == "deal_reopened").count();
                for a in attempt::of_prospect(act.tx, me, id, 50)? {
                    if a.version > 0 {
                        let history = app::ledger::history(act, &mine, a.id)?;
                        assert!(history.lines.len() > 1);
                    }
                }
            }
            for state in [DealState::Open, DealState::Won, DealState::Lost] {
                assert!(states[&state] >= 10, "{states:?}");
            }
            assert!(
                reopened >= 2 && notes >= 50 && open >= 100,
                "{reopened} {notes} {open}"
            );
            Ok(())
        })
        .unwrap();
    // Somebody of the first pages is found by name.
    let me = s.me.clone();
    let found = s
        .app
        .read_blocking(move |act| prospects::find(act, &me, "ilse corv", 5))
        .unwrap();
    assert_eq!(found.len(), 1);
}

#[test]
fn what_is_derived_is_right_on_every_database() {
    for_each_database(|url| {
        let app = App::open(&url.parse().unwrap(), thursday).unwrap();
        demo::fill(&app).unwrap();
        let both = |app: &App| {
            app.read_blocking(|act| Ok((counts::all(act.tx)?, term::all(act.tx)?)))
                .unwrap()
        };
        let kept = both(&app);
        app.write_blocking(|act| {
            let zone = app::settings::workspace_zone(act)?;
            Ok(store::derived::rebuild(act.tx, &zone)?)
        })
        .unwrap();
        assert!(kept == both(&app), "the rebuilt counts or words differ");
    });
}

#[test]
fn the_same_instant_gives_the_same_year() {
    // Ids are drawn anew; everything that shows is the same.
    let told = |s: &Sample| {
        let people: HashMap<_, _> = s.prospects.iter().map(|p| (p.id, p)).collect();
        let mut lines: Vec<String> = s
            .attempts
            .iter()
            .map(|a| {
                let p = people[&a.prospect];
                let who = format!("{} {} {} {}", p.name, p.company, p.email, p.phone);
                format!(
                    "{} {} {who} {} {} {} {:?} {:?} {:?} {:?} {:?}",
                    a.when.iso(),
                    s.names[&a.owner],
                    a.outcome,
                    a.stage,
                    a.channel,
                    a.reasons,
                    a.words,
                    a.segment,
                    a.pitch,
                    a.value
                )
            })
            .collect();
        lines.sort();
        lines
    };
    assert!(told(&sample(thursday)) == told(&sample(thursday)));
}

#[test]
fn a_ledger_in_use_is_left_as_it_is() {
    let database = Backend::Sqlite.fresh();
    let app = App::open(&database.url.parse().unwrap(), thursday).unwrap();
    app.write_blocking(|act| session::first_run(act, "Somebody", Zone::utc()))
        .unwrap();
    let error = demo::fill(&app).unwrap_err();
    assert_eq!(error.kind, Kind::Refused);
    assert!(error.message.contains("uses this ledger already"));
    assert!(error.hint.is_some());
    assert!(attempts(&app).is_empty() && all_prospects(&app).is_empty());
    let people = app.read_blocking(|act| Ok(person::all(act.tx)?)).unwrap();
    assert_eq!(people.len(), 1);
}
