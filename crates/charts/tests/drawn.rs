//! Every drawing is well formed, names itself, and holds no number that is none.

use charts::{Axis, Curve, Curves, Mark, Step, Steps, Whiskers, ticks};
use proptest::prelude::*;

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![4 => 0.0..200.0_f64, 1 => any::<f64>()]
}

/// Tags close in the order in which they opened, and attributes stand in quotes.
fn well_formed(svg: &str) -> bool {
    let mut open: Vec<String> = Vec::new();
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        let Some(end) = rest[start..].find('>') else {
            return false;
        };
        let tag = &rest[start + 1..start + end];
        rest = &rest[start + end + 1..];
        if !tag.matches('"').count().is_multiple_of(2) || tag.contains('<') {
            return false;
        }
        let name = tag
            .trim_matches('/')
            .split(' ')
            .next()
            .unwrap_or_default()
            .to_owned();
        if let Some(closed) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(closed) {
                return false;
            }
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    open.is_empty() && !rest.contains('>')
}

fn fine(svg: &str) {
    assert!(well_formed(svg), "{svg}");
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
}

proptest! {
    #[test]
    fn any_numbers_and_words_can_be_drawn(
        points in prop::collection::vec((number(), number()), 0..40), most in number(), words in ".{0,20}",
        at in number(), low in number(), high in number(), share in number(), n in any::<u64>(),
    ) {
        let axis = Axis::holding(most, 5);
        prop_assert!(axis.end.is_finite() && axis.step > 0.0 && axis.ticks().count() <= 101);
        let words = words.replace(['N', 'i'], "x");
        fine(&Curves {
            id: "c", title: words.clone(), description: words.clone(), x: axis, x_label: words.clone(), y: axis,
            y_label: words.clone(),
            curves: vec![Curve { points, leads: true, label: words.clone(), label_at: at }],
            marks: vec![Mark { at: (at, share), leads: false, label: words.clone() }],
            now: Some((at, words.clone())),
        }.svg());
        fine(&Steps {
            id: "s", title: words.clone(), description: words.clone(), y: Axis { end: 1.0, step: 0.25 },
            y_label: words.clone(), x_label: words.clone(),
            steps: vec![Step { number: 1, share: share.clamp(0.0, 1.0), band: Some((low, high)), n }],
        }.svg());
        fine(&Whiskers { at, range: (low, high), ring: Some(share), mean: Some(at) }.svg(axis));
        fine(&Whiskers { at, range: (low, high), ring: Some(share), mean: None }.labelled(axis, &words));
        fine(&ticks(Axis { end: 0.4, step: 0.1 }, Some(0.06)));
    }

    #[test]
    fn labels_of_a_scale_never_touch(most in 0.001..1.0_f64, part in 0.0..1.0_f64, few in 3..7_u32) {
        let axis = Axis::holding(most, few);
        let svg = ticks(axis, Some(part * most));
        let mut places = extents(&svg);
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        for pair in places.windows(2) {
            prop_assert!(pair[0].1 < pair[1].0, "{svg}");
        }
        prop_assert_eq!(svg.matches("class=\"lbl\"").count(), 1, "the named one stays: {}", svg);
        prop_assert_eq!(svg.matches(" in 100<").count(), 1, "one bears the unit: {}", svg);
    }
}

/// From where to where each label of a scale 288 px wide reaches, with 7 px a digit.
fn extents(svg: &str) -> Vec<(f64, f64)> {
    svg.split("<text")
        .skip(1)
        .map(|label| {
            let after = |from: &str| label.split(from).nth(1).expect("it is there");
            let x = after("x=\"").split('%').next().expect("a number");
            let x = 2.88 * x.parse::<f64>().expect("a number");
            let text = after(">").split('<').next().expect("words");
            let (number, unit) = match text.strip_suffix(" in 100") {
                Some(number) => (number, 38.0),
                None => (text, 0.0),
            };
            let wide = 7.0 * number.chars().count() as f64 + unit;
            match label.contains("\"end\"") {
                true => (x - wide, x),
                false => (x - wide / 2.0, x + wide / 2.0),
            }
        })
        .collect()
}

#[test]
fn a_scale_keeps_its_labels_apart_and_the_named_one() {
    let axis = Axis {
        end: 0.25,
        step: 0.05,
    };
    let texts = |mean: Option<f64>| -> Vec<String> {
        let svg = ticks(axis, mean);
        let part = |label: &str| {
            let text = label.split('>').nth(1)?.split('<').next()?;
            Some(text.to_owned())
        };
        svg.split("<text").skip(1).filter_map(part).collect()
    };
    assert_eq!(texts(None), ["25 in 100", "0", "5", "10", "15"]);
    // Near the end the named one bears the unit, and the end says its number alone.
    assert_eq!(texts(Some(0.2)), ["20 in 100", "25", "0", "5", "10", "15"]);
    assert_eq!(texts(Some(0.25)), ["25 in 100", "0", "5", "10", "15"]);
    // A tick stays beside the named one wherever there is room.
    assert_eq!(texts(Some(0.067)), ["7", "25 in 100", "0", "5", "10", "15"]);
    assert_eq!(texts(Some(0.052)), ["5", "25 in 100", "0", "10", "15"]);
    // Below one it is not rounded up to it.
    assert_eq!(texts(Some(0.008))[0], "0.8");
}

#[test]
fn counts_that_would_touch_give_way() {
    let steps = |n: u64, of: u32| {
        let step = |number| Step {
            number,
            share: 0.1,
            band: None,
            n,
        };
        Steps {
            id: "s",
            title: "t".into(),
            description: "d".into(),
            y: Axis {
                end: 1.0,
                step: 0.25,
            },
            y_label: String::new(),
            x_label: String::new(),
            steps: (1..=of).map(step).collect(),
        }
        .svg()
    };
    assert_eq!(steps(1_947, 6).matches(">1,947<").count(), 6);
    assert_eq!(steps(1_947, 10).matches(">1,947<").count(), 5);
    assert_eq!(steps(145, 10).matches(">145<").count(), 10);
}

#[test]
fn scales_are_round_and_hold_what_they_must() {
    for (most, ticks, end, step) in [
        (31.0, 6, 40.0, 10.0),
        (0.22, 5, 0.25, 0.05),
        (120.0, 6, 120.0, 20.0),
        (0.0, 4, 1.0, 0.25),
    ] {
        let axis = Axis::holding(most, ticks);
        assert!(
            (axis.end - end).abs() < 1e-9 && (axis.step - step).abs() < 1e-9,
            "{most}: {axis:?}"
        );
    }
}

#[test]
fn a_chart_names_itself_and_takes_words_as_words() {
    let svg = Steps {
        id: "tries",
        title: "Does <another> try pay?".into(),
        description: "5 & more".into(),
        y: Axis {
            end: 0.5,
            step: 0.1,
        },
        y_label: String::new(),
        x_label: String::new(),
        steps: Vec::new(),
    }
    .svg();
    assert!(svg.contains("aria-labelledby=\"tries-t tries-d\""));
    assert!(svg.contains("Does &lt;another&gt; try pay?") && svg.contains("5 &amp; more"));
}

#[test]
fn labels_stand_where_there_is_room() {
    let curves = |now: f64, y: f64| Curves {
        id: "c",
        title: "t".into(),
        description: "d".into(),
        x: Axis {
            end: 100.0,
            step: 20.0,
        },
        x_label: "x".into(),
        y: Axis {
            end: 1.0,
            step: 0.25,
        },
        y_label: "chances".into(),
        curves: Vec::new(),
        marks: vec![
            Mark {
                at: (now, 1.0),
                leads: false,
                label: "month".into(),
            },
            Mark {
                at: (now, y),
                leads: true,
                label: "these".into(),
            },
        ],
        now: Some((now, "now".into())),
    };
    let early = curves(5.0, 0.6).svg();
    assert!(
        early.contains("<text x=\"-8\" y=\"-30\">chances</text>"),
        "{early}"
    );
    assert!(early.contains("y=\"58%\" dx=\"9\">now"), "{early}");
    let middle = curves(40.0, 0.97).svg();
    assert!(
        middle.contains("<text x=\"-8\" y=\"-14\">chances</text>"),
        "{middle}"
    );
    assert!(
        middle.contains("dy=\"20\">these") && middle.contains("dy=\"-9\">month"),
        "{middle}"
    );
    assert!(middle.contains("y=\"58%\" dx=\"9\">now"), "{middle}");
    // A mark without words crowds nobody.
    let mut alone = curves(40.0, 0.97);
    alone.marks[0].label = String::new();
    assert!(alone.svg().contains("dy=\"-9\">these"));
    let low = curves(40.0, 0.3).svg();
    assert!(low.contains("y=\"36%\" dx=\"9\">now"), "{low}");
    let mut lines = curves(40.0, 0.3);
    lines.marks[1].label = "these tries\n15 in 100".into();
    let lines = lines.svg();
    assert!(
        lines.contains("dy=\"-26\">these tries") && lines.contains("dy=\"-9\">15 in 100"),
        "{lines}"
    );
    let late = curves(90.0, 0.1).svg();
    assert!(
        late.contains("dx=\"-12\" text-anchor=\"end\" dy=\"-9\">these"),
        "{late}"
    );
    let row = Whiskers {
        at: 0.1,
        range: (0.05, 0.15),
        ring: Some(0.35),
        mean: None,
    };
    let axis = Axis {
        end: 0.4,
        step: 0.1,
    };
    assert!(
        row.labelled(axis, "seen first")
            .contains("text-anchor=\"end\">seen first</text>")
    );
    assert!(!row.svg(axis).contains("<text"));
}

#[test]
fn counts_are_read_in_groups() {
    let step = |number, n| Step {
        number,
        share: 0.1,
        band: None,
        n,
    };
    let svg = Steps {
        id: "s",
        title: "t".into(),
        description: "d".into(),
        y: Axis {
            end: 1.0,
            step: 0.25,
        },
        y_label: String::new(),
        x_label: String::new(),
        steps: vec![step(1, 1_947), step(2, 401), step(3, 1_234_567)],
    }
    .svg();
    for count in [">1,947<", ">401<", ">1,234,567<"] {
        assert!(svg.contains(count), "{count}: {svg}");
    }
}
