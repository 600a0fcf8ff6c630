//! One's own evidence, judged: from the state that is kept to what the page shows.

use std::collections::{BTreeMap, HashMap};

use domain::{LabelKind, Outcome};
use evidence::power::{self, Drop};
use evidence::{Beta, Counts, Evidence, Pair, Part, Rate, rates, runs};
use jiff::Timestamp;
use jiff::civil::Date;
use store::tables::{alarm, attempt};

use super::ask::By;
use super::page::{AlarmLine, Barrier, Barriers, Chance, Forecasts, Group, Luck, Page, Watch};
use super::report::{Range, ReasonLine, next_yes_of, range, reason_lines, run_of, steps};
use super::{keep, watched};
use crate::{Act, Result, Seller, labels};

/// Alarms that are shown.
const ALARMS: i64 = 20;
/// Points of the curves of chances.
const POINTS: u64 = 40;
/// Fewest asks in a month of which a chance is stated.
pub(super) const FEWEST_IN_MONTH: u64 = 20;

/// One's own evidence. Rates are told apart by `by`; tries and barriers are those of the segment with
/// this code, or of all.
///
/// # Errors
/// When the database cannot be read.
pub fn page(act: &mut Act<'_, '_>, me: &Seller, by: By, segment: Option<&str>) -> Result<Page> {
    let evidence = keep::of(act, me.id())?;
    let segments = labels::names(act, LabelKind::Segment)?;
    let reasons = labels::names(act, LabelKind::Reason)?;
    let pitches = labels::names(act, LabelKind::Pitch)?;
    let day = |at: i64| day_of(me, at);
    let chosen = segment.and_then(|code| Some((code, evidence.segment(code)?)));
    let part = chosen.map_or(evidence.all(), |(_, part)| part);
    let counts = evidence.all().stream.counts();
    let luck = if counts.tries() > 0 {
        let alarms = alarms(act, me, &segments)?;
        Some(luck_of(&evidence, alarms))
    } else {
        None
    };
    let record = evidence.ranker().record();
    Ok(Page {
        attempts: counts.tries(),
        yes: counts.yes(),
        answered: evidence.all().stream.answered().tries(),
        waiting: evidence.waiting(),
        undated: evidence.undated(),
        first: evidence.span().and_then(|(first, _)| day(first)),
        last: evidence.span().and_then(|(_, last)| day(last)),
        luck,
        by,
        rates: groups(&named_pairs(&evidence, by, &segments, &pitches)),
        segments: evidence
            .segments()
            .map(|(code, _)| (code.to_owned(), name(&segments, code)))
            .collect(),
        segment: chosen.map(|(code, _)| (code.to_owned(), name(&segments, code))),
        tries: steps(&part.by_attempt),
        barriers: barriers_of(part, &reasons),
        forecasts: Forecasts {
            n: record.n(),
            log_loss: record.log_loss(),
            log_loss_of_rate: record.log_loss_of_rate(),
            ece: record.ece(),
            tells: record.tells(),
        },
    })
}

fn name(names: &HashMap<String, String>, code: &str) -> String {
    names.get(code).cloned().unwrap_or_else(|| code.to_owned())
}

fn luck_of(evidence: &Evidence, alarms: Vec<AlarmLine>) -> Luck {
    let stream = &evidence.all().stream;
    let belief = Beta::JEFFREYS.after(stream.counts());
    let rate = range(belief.mean(), belief.interval());
    let run = run_of(stream, rate.mean);
    let in_month = evidence.in_month();
    let chance = |run: u64| {
        let rate = Rate::new(rate.mean).ok()?;
        Some(Chance {
            run,
            these: runs::p_next_k_all_no(rate, run),
            month: runs::p_longest_ge_k(rate, in_month, run),
        })
    };
    let tells = in_month >= FEWEST_IN_MONTH && stream.counts().yes() > 0;
    Luck {
        in_order: stream.in_order(),
        rate,
        run,
        next_yes: next_yes_of(belief),
        in_month,
        chances: if tells {
            lengths(run.current, in_month, rate.mean)
                .filter_map(chance)
                .collect()
        } else {
            Vec::new()
        },
        now: chance(run.current).filter(|_| tells),
        watch: watch_of(evidence, rate.mean),
        alarms,
    }
}

/// Lengths of runs to show: to where a month hardly ever holds one, and beyond the present one.
fn lengths(current: u64, in_month: u64, rate: f64) -> impl Iterator<Item = u64> {
    let typical = Rate::new(rate).map_or(0, |rate| runs::median_longest(rate, in_month));
    let most = (2 * typical)
        .max(current * 5 / 4)
        .max(10)
        .min(in_month.max(current));
    let step = most.div_ceil(POINTS).max(1);
    let mut lengths: Vec<u64> = (0..=most.div_ceil(step)).map(|i| i * step).collect();
    lengths.push(current);
    lengths.sort_unstable();
    lengths.dedup();
    lengths.into_iter()
}

fn watch_of(evidence: &Evidence, rate: f64) -> Watch {
    let stream = &evidence.all().stream;
    let promise = evidence.promise();
    let seen = stream.in_order();
    let delay = |left: f64| {
        let (rate, drop) = (Rate::new(rate).ok()?, Drop::to(left).ok()?);
        power::typical_delay_at(rate, drop, seen, promise)
    };
    Watch {
        evidence: stream.watch().evidence(),
        promise: evidence::watch::PROMISE,
        threshold: promise.trials(),
        streams: evidence.streams(),
        in_this_run: stream
            .alarm()
            .is_some_and(|alarm| alarm.at + stream.run() > seen),
        halved: delay(0.5),
        third: delay(2.0 / 3.0),
        noticeable: Rate::new(rate).ok().and_then(|rate| {
            let before = seen.saturating_sub(stream.run());
            noticeable(rate, before, stream.run(), promise)
        }),
    }
}

/// What would be left of the rate after the mildest drop that is typically noticed within a run.
fn noticeable(rate: Rate, before: u64, run: u64, promise: evidence::watch::Promise) -> Option<f64> {
    // In steps of a twentieth, from the mildest drop that is looked for.
    (4..=16)
        .rev()
        .map(|left| f64::from(left) / 20.0)
        .find(|&left| {
            let delay = Drop::to(left)
                .ok()
                .and_then(|drop| power::typical_delay_at(rate, drop, before, promise));
            delay.is_some_and(|delay| delay <= run as f64)
        })
}

/// The day of an instant where the seller works.
fn day_of(me: &Seller, at: i64) -> Option<Date> {
    let at = Timestamp::from_microsecond(at).ok()?;
    Some(me.zone().day_of(at))
}

/// One's own alarms, the newest first.
pub(super) fn alarms(
    act: &mut Act<'_, '_>,
    me: &Seller,
    segments: &HashMap<String, String>,
) -> Result<Vec<AlarmLine>> {
    let day = |at: i64| day_of(me, at);
    let all = alarm::of_person(act.tx, me.id(), ALARMS)?;
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let from = watched::recent_from(act.micros());
    let yes = attempt::last_of(act.tx, me.id(), Outcome::Yes)?;
    let line = |one: alarm::Alarm| AlarmLine {
        segment: (!one.segment.is_empty()).then(|| name(segments, &one.segment)),
        on: day(one.place.order),
        since: one.since.and_then(day),
        asks: one.asks.unsigned_abs(),
        yes: one.yes.unsigned_abs(),
        yes_since: yes.is_some_and(|yes| yes > one.place),
        evidence: one.evidence as f64 / 1_000.0,
        threshold: one.threshold as f64,
        withdrawn: one.withdrawn_at.is_some(),
        current: one.withdrawn_at.is_none() && one.place.order >= from,
    };
    Ok(all.into_iter().map(line).collect())
}

fn named_pairs(
    evidence: &Evidence,
    by: By,
    segments: &HashMap<String, String>,
    pitches: &HashMap<String, String>,
) -> Vec<(String, Pair)> {
    match by {
        By::Stage => evidence
            .stages()
            .iter()
            .map(|(stage, pair)| (stage.label().to_owned(), *pair))
            .collect(),
        By::Channel => evidence
            .channels()
            .iter()
            .map(|(channel, pair)| (channel.label().to_owned(), *pair))
            .collect(),
        By::Pitch => {
            let pairs = evidence
                .pitches()
                .iter()
                .map(|(code, pair)| (name(pitches, code), *pair))
                .collect();
            let full = evidence.pitches().len() >= evidence::MOST_PITCHES;
            with_the_rest(
                evidence,
                pairs,
                ["No pitch", "Other pitches, or none"],
                full,
            )
        }
        By::Rep | By::Segment => {
            let pairs = evidence
                .segments()
                .map(|(code, part)| (name(segments, code), pair_of(part)))
                .collect();
            let full = evidence.segments().count() >= evidence::MOST_SEGMENTS;
            let names = ["No segment", "Other segments, or none"];
            with_the_rest(evidence, pairs, names, full)
        }
    }
}

fn pair_of(part: &Part) -> Pair {
    Pair {
        all: part.stream.counts(),
        answered: part.stream.answered(),
    }
}

/// The groups, and as one more what is in none of them, so that they add up to all. Where there are
/// as many groups as are told apart, it may hold further ones beside what has none.
fn with_the_rest(
    evidence: &Evidence,
    mut pairs: Vec<(String, Pair)>,
    [none, others]: [&str; 2],
    full: bool,
) -> Vec<(String, Pair)> {
    let rest = pairs
        .iter()
        .fold(pair_of(evidence.all()), |rest, (_, pair)| Pair {
            all: less(rest.all, pair.all),
            answered: less(rest.answered, pair.answered),
        });
    if rest.all.tries() > 0 {
        let name = match (pairs.is_empty(), full) {
            (true, _) => "All",
            (false, false) => none,
            (false, true) => others,
        };
        pairs.push((name.to_owned(), rest));
    }
    pairs
}

fn less(all: Counts, part: Counts) -> Counts {
    let (yes, tries) = (all.yes() - part.yes(), all.tries() - part.tries());
    Counts::new(yes, tries).unwrap_or_default()
}

/// Rates of groups, each drawn towards the others; the highest first.
fn groups(pairs: &[(String, Pair)]) -> Vec<Group> {
    let pairs: Vec<&(String, Pair)> = pairs
        .iter()
        .filter(|(_, pair)| pair.all.tries() > 0)
        .collect();
    let all: Vec<Counts> = pairs.iter().map(|(_, pair)| pair.all).collect();
    let answered: Vec<Counts> = pairs
        .iter()
        .map(|(_, pair)| pair.answered)
        .filter(|counts| counts.tries() > 0)
        .collect();
    let (all, answered) = (estimates(&all), alone(&answered));
    let mut answered = answered.into_iter();
    let mut groups: Vec<Group> = pairs
        .iter()
        .zip(all)
        .map(|((name, pair), rate)| Group {
            name: name.clone(),
            attempts: pair.all.tries(),
            yes: pair.all.yes(),
            rate,
            answered: pair.answered.tries(),
            rate_answered: (pair.answered.tries() > 0)
                .then(|| answered.next())
                .flatten(),
        })
        .collect();
    groups.sort_by(|a, b| {
        b.rate
            .mean
            .total_cmp(&a.rate.mean)
            .then(a.name.cmp(&b.name))
    });
    groups
}

/// One group has nobody to learn from; several are drawn towards each other.
fn estimates(counts: &[Counts]) -> Vec<Range> {
    let together = (counts.len() > 1)
        .then(|| rates::estimate(counts))
        .flatten();
    together.map_or_else(
        || alone(counts),
        |rates| {
            rates
                .groups
                .iter()
                .map(|estimate| range(estimate.mean, estimate.interval))
                .collect()
        },
    )
}

/// Each by itself.
fn alone(counts: &[Counts]) -> Vec<Range> {
    counts
        .iter()
        .map(|counts| {
            let belief = Beta::JEFFREYS.after(*counts);
            range(belief.mean(), belief.interval())
        })
        .collect()
}

fn barriers_of(part: &Part, reasons: &HashMap<String, String>) -> Barriers {
    let mut by_code: BTreeMap<String, Barrier> = BTreeMap::new();
    for line in reason_lines(&part.reasons) {
        let barrier = by_code.entry(line.code.clone()).or_insert_with(|| Barrier {
            label: name(reasons, &line.code),
            said: None,
            guess: None,
            third_party: None,
        });
        let voice = match line.said_by.as_str() {
            "prospect" => &mut barrier.said,
            "seller_guess" => &mut barrier.guess,
            _ => &mut barrier.third_party,
        };
        *voice = Some(line);
    }
    let mut lines: Vec<Barrier> = by_code.into_values().collect();
    let n = |line: &Option<ReasonLine>| line.as_ref().map_or(0, |line| line.n);
    lines.sort_by(|a, b| {
        let key = |one: &Barrier| (n(&one.said), n(&one.guess), n(&one.third_party));
        key(b).cmp(&key(a)).then(a.label.cmp(&b.label))
    });
    Barriers {
        noes: part.noes.all,
        said: part.noes.said,
        guessed: part.noes.guessed,
        lines,
    }
}
