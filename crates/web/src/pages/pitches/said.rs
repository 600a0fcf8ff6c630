//! What a pitch test says, in words.

use app::pitch_tests::{Arm, Found, How, Judged, Side, TELLS, Verdict};

use crate::words;

/// `1,516`.
pub(super) fn number(n: u64) -> String {
    words::number(i64::try_from(n).unwrap_or(i64::MAX))
}

/// `1 ask`, `12 asks`.
fn asks(n: u64) -> String {
    words::count(i64::try_from(n).unwrap_or(i64::MAX), "ask")
}

/// A rate in a hundred, as few places as a chart's label bears.
pub(super) fn hundredths(rate: f64) -> String {
    match rate * 100.0 {
        few if few < 1.0 => "under 1".into(),
        many => format!("{many:.0}"),
    }
}

/// `(7 to 22)`.
pub(super) fn range((low, high): (f64, f64)) -> String {
    format!("({:.0} to {:.0})", low * 100.0, high * 100.0)
}

/// `74 in 100`, never all and never none.
fn in_100(chance: f64) -> String {
    match (chance * 100.0).round() {
        most if most > 99.0 => "more than 99 in 100".into(),
        least if least < 1.0 => "fewer than 1 in 100".into(),
        n => format!("{n:.0} in 100"),
    }
}

/// Beyond this many times better it is only said to be more.
const BEYOND: i64 = 1_000;

/// How many times better, as a table has it. Never rounded up: what is not reached is not said.
fn times(evidence: f64) -> String {
    match evidence {
        most if most >= BEYOND as f64 => format!("more than {}", words::number(BEYOND)),
        many if many >= 10.0 => words::number(many as i64),
        few if few >= 0.01 => format!("{few:.2}"),
        _ => "under 0.01".into(),
    }
}

/// The answer.
pub(super) fn verdict(judged: &Judged) -> String {
    let name = |arm| &judged.test.pitch(arm).label;
    let over = judged.test.ended.is_some();
    match (judged.found.verdict(), judged.test.how) {
        (Verdict::TooFew, _) if over => "Too few asks to say.".into(),
        (Verdict::TooFew, _) => "Not enough yet.".into(),
        (Verdict::NoneSeen, _) => match (leaning(&judged.found), over) {
            (Some(arm), true) => format!("It leaned to “{}”, not settled.", name(arm)),
            (Some(arm), false) => format!("Leaning to “{}”, not settled.", name(arm)),
            (None, true) => "No difference was to be seen.".into(),
            (None, false) => "No difference to be seen so far.".into(),
        },
        (Verdict::Differ(Some(arm)), How::Drawn) => format!("“{}” does better.", name(arm)),
        (Verdict::Differ(Some(arm)), How::Chosen) => {
            format!("Where you used “{}”, more asks ended in a yes.", name(arm))
        }
        (Verdict::Differ(None), _) => "They differ.".into(),
    }
}

/// The pitch that most likely has the higher rate, where that is likelier than 90 in 100.
fn leaning(found: &Found) -> Option<Arm> {
    match found.chance_new() {
        new if new > 0.9 => Some(Arm::B),
        new if new < 0.1 => Some(Arm::A),
        _ => None,
    }
}

/// What stands beneath it: from how many, how sure, and what it may be read as.
pub(super) fn says(judged: &Judged) -> Vec<String> {
    let (test, found) = (&judged.test, &judged.found);
    let over = test.ended.is_some();
    if found.sides.iter().all(|side| side.asks == 0) {
        let yet = if over { "counted" } else { "counts yet" };
        return vec![format!(
            "No ask {yet}. From {} compared on there is something to say.",
            Found::FEWEST
        )];
    }
    let counted = |arm: Arm| {
        let (side, name) = (&found.sides[arm as usize], &test.pitch(arm).label);
        let yes = words::count(i64::try_from(side.yes).unwrap_or(i64::MAX), "yes");
        let yes = yes.replace("yess", "yeses");
        format!("“{name}”: {yes} in {}.", asks(side.asks))
    };
    let mut out = vec![format!("{} {}", counted(Arm::A), counted(Arm::B))];
    if found.verdict() == Verdict::TooFew {
        let compared = found.compared();
        let (are, were) = match (over, compared) {
            (false, 1) => ("is", ""),
            (false, _) => ("are", " so far"),
            (true, 1) => ("was", ""),
            (true, _) => ("were", ""),
        };
        out.push(format!(
            "{} {are} compared{were}; from {} on there is something to say.{}",
            asks(compared),
            Found::FEWEST,
            ahead(judged).map_or_else(String::new, |text| format!(" {text}")),
        ));
        return out;
    }
    out.push(evidence(judged));
    out.push(match test.how {
        How::Drawn => {
            "A coin drew who heard which, so a difference comes from the pitch and not from whom you chose for it.".into()
        }
        How::Chosen => {
            "You chose who heard which, so this shows what went together, not what caused it.".into()
        }
    });
    out
}

/// How sure it is, in two sentences.
fn evidence(judged: &Judged) -> String {
    let found = &judged.found;
    let new = &judged.test.pitch(Arm::B).label;
    let chance = format!(
        "By these asks alone, the chance that “{new}” has the higher rate is {}.",
        in_100(found.chance_new())
    );
    if matches!(found.verdict(), Verdict::Differ(_)) {
        let most = times(found.most);
        return format!(
            "{chance} Two pitches explained these asks {most} times better than one; {TELLS:.0} times says that they differ, and once reached it stands."
        );
    }
    let now = match found.evidence {
        more if more >= 10.0 => {
            let more = times(more);
            format!("Two pitches explain these asks {more} times better than one")
        }
        more if more >= 1.5 => {
            format!("Two pitches explain these asks {more:.0} times better than one")
        }
        less if less <= 0.67 => "One pitch explains these asks better than two".into(),
        _ => "One pitch explains these asks about as well as two".into(),
    };
    format!("{chance} {now}; {TELLS:.0} times better would say that they differ.")
}

/// Which pitch is ahead of the other, and waits.
fn ahead(judged: &Judged) -> Option<String> {
    let [a, b]: [&Side; 2] = [&judged.found.sides[0], &judged.found.sides[1]];
    let (ahead, n) = match (a.waiting, b.waiting) {
        (0, 0) => return None,
        (n, 0) => (0, n),
        (_, n) => (1, n),
    };
    let pitches = &judged.test.pitches;
    Some(format!(
        "{} with “{}” {} for {} with “{}”.",
        asks(n),
        pitches[ahead].label,
        match (n, judged.test.ended) {
            (_, Some(_)) => "waited",
            (1, None) => "waits",
            _ => "wait",
        },
        if n == 1 { "one" } else { "as many" },
        pitches[1 - ahead].label
    ))
}

/// What is not counted, and why; nothing when all is.
pub(super) fn left_out(judged: &Judged) -> Vec<String> {
    let found = &judged.found;
    let mut parts = Vec::new();
    let mut say = |n: u64, one: &str, many: &str| match n {
        0 => {}
        1 => parts.push(format!("1 {one}")),
        n => parts.push(format!("{} {many}", number(n))),
    };
    let other = "where you used the other pitch";
    say(found.other, other, other);
    let late = "whose pitch was set or changed when its outcome was known";
    say(found.late, late, &late.replace("its", "the"));
    let file = "that came in with a file";
    say(found.from_file, file, file);
    let after = "with somebody who had said yes already";
    say(found.after_yes, after, after);
    let mut out = Vec::new();
    if !parts.is_empty() {
        out.push(format!("Left out: {}.", parts.join("; ")));
    }
    match (found.unknown, judged.test.ended.is_some()) {
        (0, _) => {}
        (1, false) => out.push("1 ask counts when its outcome is known.".into()),
        (n, false) => out.push(format!("{} count when their outcome is known.", asks(n))),
        (n, true) => out.push(format!("The outcome of {} was not known.", asks(n))),
    }
    if judged.found.held > 0 {
        out.push(format!(
            "{} made after the first of those wait with it: a yes comes at once and silence after \
             days, so the order is kept.",
            asks(judged.found.held)
        ));
    }
    out
}

/// What may be skipped.
pub(super) fn margin(judged: &Judged) -> Vec<String> {
    let mut out = Vec::new();
    if judged.found.verdict() != Verdict::TooFew {
        out.push("Yes in 100 asks. Dot: best estimate. Line: 95 in 100.".into());
        let one_to_one = "Asks are compared one to one, in the order of the ledger.";
        out.push(match ahead(judged) {
            Some(text) => format!("{one_to_one} {text}"),
            None => one_to_one.into(),
        });
    }
    out.extend(left_out(judged));
    out.push(
        "Look as often as you like: of 20 tests of equal pitches, no more than one on average ever says that they differ. The price is patience. By the time a single look at a number of asks fixed beforehand finds a difference 8 times in 10, this finds it about 4 times in 10; the rest comes later."
            .into(),
    );
    if judged.test.how == How::Drawn {
        out.push(
            "Today shows each prospect’s pitch. A prospect keeps theirs, and nobody can choose the coin. Somebody new with an ask had none yet, so that ask does not count; nor do asks of somebody after their first yes."
                .into(),
        );
    }
    out
}

/// What both pitches say together, for the table.
pub(super) fn together(judged: &Judged) -> Vec<(String, String)> {
    let (found, new) = (&judged.found, &judged.test.pitch(Arm::B).label);
    vec![
        (
            format!("Chance that “{new}” has the higher rate"),
            in_100(found.chance_new()),
        ),
        (
            "How many times better two pitches explain this than one".into(),
            times(found.evidence),
        ),
        ("The most that has been".into(), times(found.most)),
    ]
}

/// `19 November to 4 December.`
pub(super) fn from_to(from: &str, to: &str) -> String {
    if from == to {
        format!("On {from}.")
    } else {
        format!("{from} to {to}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::pitch_tests::{Pitch, PitchTest};
    use domain::PitchTestId;
    use jiff::Timestamp;

    fn side(yes: u64, asks: u64, compared: u64) -> Side {
        Side {
            asks,
            yes,
            compared,
            waiting: asks - compared,
        }
    }

    fn judged(how: How, sides: [Side; 2], evidence: f64, most: f64) -> Judged {
        let pitch = |label: &str| Pitch {
            code: label.to_lowercase(),
            label: label.into(),
        };
        Judged {
            test: PitchTest {
                id: PitchTestId::from_bytes([1; 16]),
                pitches: [pitch("Short"), pitch("Long")],
                how,
                began: Timestamp::UNIX_EPOCH,
                ended: None,
            },
            found: Found {
                sides,
                evidence,
                most,
                late: 0,
                other: 0,
                from_file: 0,
                after_yes: 0,
                unknown: 0,
                held: 0,
            },
        }
    }

    #[test]
    fn too_few_say_so_and_from_how_many_there_is_more() {
        let none = judged(How::Drawn, [side(0, 0, 0), side(0, 0, 0)], 1.0, 1.0);
        assert_eq!(verdict(&none), "Not enough yet.");
        assert_eq!(
            says(&none),
            ["No ask counts yet. From 10 compared on there is something to say."]
        );
        let some = judged(How::Drawn, [side(1, 7, 3), side(1, 3, 3)], 1.0, 1.0);
        assert_eq!(
            says(&some)[1],
            "6 asks are compared so far; from 10 on there is something to say. 4 asks with “Short” wait for as many with “Long”."
        );
        let mut over = some.clone();
        over.test.ended = Some(Timestamp::UNIX_EPOCH);
        assert_eq!(verdict(&over), "Too few asks to say.");
        assert_eq!(
            says(&over)[1],
            "6 asks were compared; from 10 on there is something to say. 4 asks with “Short” waited for as many with “Long”."
        );
        assert_eq!(
            says(&some)[0],
            "“Short”: 1 yes in 7 asks. “Long”: 1 yes in 3 asks."
        );
    }

    #[test]
    fn no_difference_is_an_answer_with_how_sure_it_is() {
        let sides = [side(12, 180, 176), side(15, 176, 176)];
        let at = |evidence| says(&judged(How::Chosen, sides, evidence, 3.2)).remove(1);
        let chance =
            "By these asks alone, the chance that “Long” has the higher rate is 74 in 100.";
        let wants = "; 20 times better would say that they differ.";
        assert_eq!(
            at(3.2),
            format!("{chance} Two pitches explain these asks 3 times better than one{wants}")
        );
        assert_eq!(
            at(1.1),
            format!("{chance} One pitch explains these asks about as well as two{wants}")
        );
        assert_eq!(
            at(0.2),
            format!("{chance} One pitch explains these asks better than two{wants}")
        );
        let all = judged(How::Chosen, sides, 1.0, 3.2);
        assert_eq!(verdict(&all), "No difference to be seen so far.");
        assert_eq!(
            says(&all)[2],
            "You chose who heard which, so this shows what went together, not what caused it."
        );
        assert!(margin(&all)[1].ends_with("4 asks with “Short” wait for as many with “Long”."));
    }

    #[test]
    fn a_likely_difference_is_a_leaning_and_not_none() {
        let sides = [side(8, 100, 100), side(20, 100, 100)];
        let mut new = judged(How::Drawn, sides, 4.1, 6.0);
        assert_eq!(verdict(&new), "Leaning to “Long”, not settled.");
        assert!(
            says(&new)[1].starts_with(
                "By these asks alone, the chance that “Long” has the higher rate is 99 in 100. Two \
                 pitches explain these asks 4 times better than one; 20 times"
            ),
            "{:?}",
            says(&new)
        );
        assert!(!says(&new).join(" ").contains("draws"));
        assert_eq!(
            together(&new)[0],
            (
                "Chance that “Long” has the higher rate".to_owned(),
                "99 in 100".to_owned()
            )
        );
        new.test.ended = Some(Timestamp::UNIX_EPOCH);
        assert_eq!(verdict(&new), "It leaned to “Long”, not settled.");
        let old = judged(How::Chosen, [sides[1], sides[0]], 4.1, 6.0);
        assert_eq!(verdict(&old), "Leaning to “Short”, not settled.");
        // Nearly there is not there.
        let nearly = judged(How::Drawn, sides, 19.7, 19.7);
        assert!(says(&nearly)[1].contains("asks 19 times better than one; 20 times"));
        assert_eq!(together(&nearly)[2].1, "19");
    }

    #[test]
    fn who_drew_decides_what_a_difference_is_called() {
        let sides = [side(12, 180, 180), side(60, 180, 180)];
        let drawn = judged(How::Drawn, sides, 8.0, 31.4);
        assert_eq!(verdict(&drawn), "“Long” does better.");
        assert!(says(&drawn)[1].ends_with("Two pitches explained these asks 31 times better than one; 20 times says that they differ, and once reached it stands."));
        assert!(says(&drawn)[2].starts_with("A coin drew"));
        let chosen = judged(How::Chosen, sides, 8e9, 8e9);
        assert_eq!(
            verdict(&chosen),
            "Where you used “Long”, more asks ended in a yes."
        );
        assert!(says(&chosen)[1].contains("more than 1,000 times"));
        assert_eq!(together(&chosen)[1].1, "more than 1,000");
        assert_eq!(together(&chosen)[2].1, "more than 1,000");
        let even = [side(12, 180, 180), side(12, 180, 180)];
        assert_eq!(
            verdict(&judged(How::Drawn, even, 8.0, 31.4)),
            "They differ."
        );
    }

    #[test]
    fn what_is_left_out_is_counted_and_named() {
        let mut some = judged(How::Drawn, [side(5, 50, 50), side(5, 50, 50)], 1.0, 1.0);
        assert!(left_out(&some).is_empty());
        some.found.other = 3;
        some.found.late = 1;
        some.found.from_file = 2;
        some.found.after_yes = 5;
        some.found.unknown = 4;
        assert_eq!(
            left_out(&some),
            [
                "Left out: 3 where you used the other pitch; 1 whose pitch was set or changed when its outcome was known; 2 that came in with a file; 5 with somebody who had said yes already.",
                "4 asks count when their outcome is known."
            ]
        );
        some.test.ended = Some(Timestamp::UNIX_EPOCH);
        assert_eq!(left_out(&some)[1], "The outcome of 4 asks was not known.");
    }

    #[test]
    fn chances_are_never_all_or_nothing() {
        assert_eq!(in_100(0.9999), "more than 99 in 100");
        assert_eq!(in_100(0.994), "99 in 100");
        assert_eq!(in_100(0.001), "fewer than 1 in 100");
        assert_eq!(
            (times(0.001), times(1.234)),
            ("under 0.01".into(), "1.23".into())
        );
        assert_eq!(
            (hundredths(0.004), range((0.004, 0.2))),
            ("under 1".into(), "(0 to 20)".into())
        );
    }
}
