//! When people ask: working days, working hours, quieter weeks, never in the future.

use domain::Zone;
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};

use super::dice::Dice;

/// Days of the sample, today included.
pub(super) const DAYS: i32 = 365;
/// The days that the figures of the local person are promised for.
pub(super) const WINDOW: i32 = 90;
/// Lately nobody is away, and an e-mail may still be answered.
const LATELY: i32 = 20;
/// Seconds from 08:30 to 17:30.
const WORK: i64 = 9 * 3_600;
/// Seconds from 08:30 to half past twelve and to a quarter past one.
const LUNCH: std::ops::Range<i64> = 14_400..17_100;

/// A moment at which somebody is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// When, in microseconds UTC.
    pub(super) at: i64,
    /// Which day of the sample, from 0.
    pub(super) day: i32,
    /// Month of the year, from 1.
    pub(super) month: i8,
    /// An e-mail of the last days that has no answer yet.
    pub(super) waiting: bool,
}

/// The days of the sample, where one person works.
pub(super) struct Calendar {
    zone: Zone,
    now: Timestamp,
    /// The last day of the sample.
    pub(super) today: Date,
}

impl Calendar {
    pub(super) fn new(zone: Zone, now: Timestamp) -> Self {
        let today = zone.day_of(now);
        Self { zone, now, today }
    }

    /// The date of a day of the sample.
    pub(super) fn date(&self, day: i32) -> Date {
        let back = i64::from(DAYS - 1 - day);
        self.today.checked_sub(back.days()).unwrap_or(self.today)
    }

    /// The latest working day before today.
    pub(super) fn working_day_before(&self) -> Date {
        (2..12)
            .map(|back| self.date(DAYS - back))
            .find(|d| season(*d) > 0.0)
            .unwrap_or(self.today)
    }

    /// An instant of a day, so many seconds after 08:30.
    pub(super) fn instant(&self, date: Date, second: i64) -> Timestamp {
        let opens = date.at(8, 30, 0, 0).to_zoned(self.zone.rules());
        opens
            .map(|z| z.timestamp())
            .unwrap_or_else(|_| self.zone.start_of(date))
            .checked_add(second.seconds())
            .unwrap_or(self.now)
    }

    /// How many seconds of a day have been worked by now.
    fn worked(&self, date: Date) -> i64 {
        let since = self.now.duration_since(self.instant(date, 0)).as_secs();
        since.clamp(0, WORK)
    }

    /// The asks of one person: `daily` on an ordinary day, and exactly `window` of them in the
    /// last 90 days where that is given.
    pub(super) fn slots(
        &self,
        dice: &mut Dice,
        person: usize,
        daily: f64,
        window: Option<f64>,
    ) -> Vec<Slot> {
        let dates: Vec<Date> = (0..DAYS).map(|day| self.date(day)).collect();
        let weights: Vec<f64> = (0..DAYS)
            .zip(&dates)
            .map(|(day, date)| {
                let away = is_away(person, *date) && day < DAYS - LATELY;
                let mood = 0.82 + 0.36 * dice.unit();
                let share = seconds(self.worked(*date)) / seconds(WORK);
                if away {
                    0.0
                } else {
                    season(*date) * mood * share
                }
            })
            .collect();
        let first = (DAYS - WINDOW) as usize;
        let recent: f64 = weights[first..].iter().sum();
        let scale = |day: usize| match window {
            Some(asks) if day >= first && recent > 0.0 => asks / recent,
            _ => daily,
        };
        let mut out = Vec::new();
        let mut sum = 0.0;
        for (i, (day, date)) in (0..).zip(dates).enumerate() {
            // Rounding the running sum loses nobody.
            let before = whole(sum);
            if i == first {
                sum = seconds(before);
            }
            sum += weights[i] * scale(i);
            let opens = self.instant(date, 0).as_microsecond();
            for second in moments(dice, whole(sum) - before, self.worked(date)) {
                let lately = day >= DAYS - 9;
                out.push(Slot {
                    at: opens + second * 1_000_000,
                    day,
                    month: date.month(),
                    waiting: lately && dice.chance(0.06),
                });
            }
        }
        out
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
fn seconds(n: i64) -> f64 {
    n as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a few thousand at most")]
fn whole(n: f64) -> i64 {
    (n + 1e-6).floor() as i64
}

/// So many different seconds of a working day, in order, fewer of them at lunch.
fn moments(dice: &mut Dice, n: i64, worked: i64) -> Vec<i64> {
    let span = usize::try_from(worked).unwrap_or(0);
    let mut out: Vec<i64> = Vec::new();
    while (out.len() as i64) < n.min(worked / 4) {
        let second = i64::try_from(dice.below(span)).unwrap_or(0);
        let at_lunch = LUNCH.contains(&second) && dice.chance(0.75);
        if !at_lunch && !out.contains(&second) {
            out.push(second);
        }
    }
    out.sort_unstable();
    out
}

/// How busy a day is beside an ordinary one.
fn season(date: Date) -> f64 {
    let weekday = match date.weekday() {
        Weekday::Saturday | Weekday::Sunday => 0.0,
        Weekday::Monday => 0.95,
        Weekday::Friday => 0.85,
        _ => 1.06,
    };
    let year = match (date.month(), date.day()) {
        (12, 25 | 26) | (1, 1) => 0.0,
        (12, 20..) => 0.25,
        (1, ..=5) => 0.4,
        (8, _) => 0.55,
        (7, _) => 0.85,
        (9..=11, _) => 1.08,
        _ => 1.0,
    };
    weekday * year
}

/// Two weeks in summer and one in spring, one person after another.
fn is_away(person: usize, date: Date) -> bool {
    let week = i32::from(date.day_of_year()) / 7;
    let person = i32::try_from(person).unwrap_or(0);
    let summer = 27 + 2 * (person % 3);
    week == summer || week == summer + 1 || week == 12 + person
}
