//! The Evidence page: what it says of ledgers of every kind.

use axum::http::StatusCode;

use crate::desk::Desk;
use crate::rows::{Row, add_all};

/// Attempts on as many days before today, oldest first: a letter each, `y` for yes, `n` for no.
fn rows(outcomes: &str) -> Vec<Row> {
    let all = outcomes.len();
    outcomes
        .chars()
        .enumerate()
        .map(|(i, letter)| {
            let outcome = if letter == 'y' { "yes" } else { "no" };
            let ago = i64::try_from(all - i).expect("few") / 12;
            Row::of(&format!("Person {}", i / 2), outcome).days_ago(ago)
        })
        .collect()
}

async fn page_of(rows: Vec<Row>) -> String {
    let desk = Desk::of_mara().await;
    add_all(&desk, rows).await;
    let page = desk.get("/evidence").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    sound(&page.text);
    page.text
}

/// Whatever is in the ledger: no number that is none, every chart named, and no id twice.
fn sound(page: &str) {
    let words = text(page);
    for word in words.split(|c: char| !c.is_alphanumeric()) {
        assert!(
            !["NaN", "inf", "Infinity"].contains(&word),
            "{word}: {words}"
        );
    }
    assert!(!page.contains("NaN") && !page.contains("\"inf"), "{page}");
    assert_eq!(
        page.matches("role=\"img\"").count(),
        page.matches("<desc id=").count(),
        "every chart says what it shows"
    );
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id stands twice");
    assert!(!words.contains('!'), "no exclamation marks: {words}");
}

/// What is read of a page's main part.
fn text(page: &str) -> String {
    let main = page.split("<main").nth(1).unwrap_or_default();
    let mut out = String::new();
    let mut inside = true;
    for letter in main.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            other if !inside => out.push(other),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn an_empty_ledger_says_what_would_fill_it() {
    let desk = Desk::of_mara().await;
    let page = desk.get("/evidence").await;
    assert_eq!(page.status, StatusCode::OK);
    sound(&page.text);
    assert!(page.text.contains("Nothing to judge yet.") && page.text.contains("href=\"/import\""));
    assert!(!page.text.contains("<table") && !page.text.contains("role=\"img\""));
}

#[tokio::test]
async fn one_and_five_are_not_enough() {
    let one = page_of(rows("n")).await;
    assert!(
        one.contains("Not enough attempts to tell luck from a slump. You have 1."),
        "{one}"
    );
    assert!(one.contains("Not enough yet: 1 attempt. From 5 on it is said."));
    assert!(!one.contains("role=\"img\""), "nothing is drawn of one");
    let five = page_of(rows("nnynn")).await;
    assert!(five.contains("You have 5.") && five.contains("5 attempts, 1 yes: the data allow"));
    assert!(five.contains("Your rate is 25 in 100") || five.contains("Your rate is"));
    assert!(five.contains("Runs are judged from 20 attempts on."));
}

#[tokio::test]
async fn never_a_yes_and_always_one() {
    let none = page_of(rows(&"n".repeat(80))).await;
    assert!(
        none.contains("No yes yet: luck or not cannot be told."),
        "{none}"
    );
    assert!(none.contains("From 80 attempts, none of them yes."));
    assert!(none.contains("No try has brought a yes yet."));
    let all = page_of(rows(&"y".repeat(24))).await;
    assert!(
        all.contains("There is no run to judge. All 24 attempts were a yes."),
        "{all}"
    );
    assert!(all.contains("No noes yet."));
}

#[tokio::test]
async fn without_dates_the_order_of_the_file_is_the_order() {
    let outcomes = format!("{}y{}", "n".repeat(20), "n".repeat(9));
    let undated = || rows(&outcomes).into_iter().map(Row::undated);
    let only = page_of(undated().collect()).await;
    assert!(
        only.contains("None of your attempts has a date, so runs follow the order of the file"),
        "{only}"
    );
    assert!(
        only.contains("the 9 tries behind you come up empty"),
        "{only}"
    );
    let mut both: Vec<Row> = undated().collect();
    both.extend(rows(&"nnnny".repeat(5)));
    let mixed = page_of(both).await;
    assert!(
        mixed.contains("30 without a date count in rates, not in runs."),
        "{mixed}"
    );
    assert!(mixed.contains("Your last attempt was a yes."));
}

/// A ledger with something of everything: 240 attempts, segments, reasons by both voices.
async fn full() -> Desk {
    let desk = Desk::of_mara().await;
    let outcomes = "nnnnnynnnnnnnnnyn".repeat(15);
    let rows = rows(&outcomes[..240])
        .into_iter()
        .enumerate()
        .map(|(i, row)| {
            let row = row.in_segment(["Print", "Joinery & more", "Pens"][i % 3]);
            match i % 5 {
                0 => row.said("N6", "We have one."),
                1 => row.guessed("N4"),
                2 => row.said("N2", "Later."),
                _ => row,
            }
        });
    add_all(&desk, rows.collect()).await;
    desk
}

#[tokio::test]
async fn a_full_ledger_is_judged_in_words_pictures_and_tables() {
    let desk = full().await;
    let page = desk.get("/evidence").await.text;
    sound(&page);
    let words = text(&page);
    for heading in [
        "Luck or slump?",
        "Where yes comes from",
        "Does another try pay?",
        "What stands in the way",
        "How good the order is",
    ] {
        assert!(words.contains(heading), "{heading}: {words}");
    }
    assert!(words.contains("240 attempts"), "{words}");
    assert_eq!(page.matches("role=\"img\"").count(), 2, "runs and tries");
    // What the picture says the table says.
    let these = words
        .split("these tries ")
        .nth(1)
        .expect("the label at the dot");
    let these = these.split(" in 100").next().expect("a chance");
    let now = words.split(", now ").nth(2).expect("the row of the table");
    assert!(
        now.starts_with(&format!("{these} in 100")),
        "{these}: {now}"
    );
    assert!(words.contains("Joinery &#38; more"), "{words}");
    // Under a narrowed page the same, of one segment.
    let narrowed = desk.get("/evidence?by=stage&segment=print").await;
    assert_eq!(narrowed.status, StatusCode::OK);
    sound(&narrowed.text);
}

#[tokio::test]
async fn tries_and_barriers_can_be_narrowed_to_a_segment() {
    let desk = full().await;
    let page = desk.get("/evidence").await.text;
    let options = page.split("<select class=\"in\" id=\"segment\"").nth(1);
    let options = options.and_then(|rest| rest.split("</select>").next());
    let code = options
        .expect("segments to choose from")
        .split("<option value=\"")
        .skip(1)
        .filter(|o| o.contains(">Print<"))
        .find_map(|o| o.split('"').next())
        .expect("Print is one of them")
        .to_owned();
    let narrowed = desk
        .get(&format!("/evidence?by=channel&segment={code}"))
        .await
        .text;
    sound(&narrowed);
    assert!(
        narrowed.contains("What stands in the way, in “Print”"),
        "{narrowed}"
    );
    assert!(
        text(&narrowed).contains("80 tries in all"),
        "{}",
        text(&narrowed)
    );
    // Rates and luck stay those of all.
    assert!(narrowed.contains("<b>240</b> attempts"));
    assert!(narrowed.contains(&format!("/evidence?by=stage&#38;segment={code}#rates")));
    // From tab to tab of the page both stay; from another page there is nothing to keep.
    assert!(
        narrowed.contains("<a href=\"#rates\">Rates</a>"),
        "{narrowed}"
    );
    let pitches = desk.get("/evidence/pitches").await.text;
    assert!(pitches.contains("<a href=\"/evidence#rates\">Rates</a>"));
    // A segment that is gone is no reason for an empty page.
    let gone = desk.get("/evidence?segment=no-such").await;
    assert_eq!(gone.status, StatusCode::OK);
    assert!(text(&gone.text).contains("240 tries in all"));
    let said = "There is no such segment here; all are shown.";
    assert!(gone.text.contains(said), "{}", gone.text);
    for known in [narrowed, desk.get("/evidence?segment=").await.text] {
        assert!(!known.contains(said), "{known}");
    }
}

#[tokio::test]
async fn rates_are_told_apart_by_what_a_seller_has_and_nothing_else() {
    let desk = full().await;
    for by in ["segment", "stage", "channel", "pitch"] {
        let page = desk.get(&format!("/evidence?by={by}")).await;
        assert_eq!(page.status, StatusCode::OK, "{by}");
        sound(&page.text);
        let here = page
            .text
            .split("aria-label=\"Rates by\"")
            .nth(1)
            .expect("the switch");
        let here = here.split("</nav>").next().unwrap_or_default();
        assert_eq!(here.matches("aria-current").count(), 1, "{by}");
    }
    for by in ["rep", "mood"] {
        let page = desk.get(&format!("/evidence?by={by}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{by}");
    }
}

/// The table of rates: name and attempts of each row.
fn rated(page: &str) -> Vec<(String, u64)> {
    let table = page.split("aria-label=\"Rates, as a table\"").nth(1);
    let table = table.and_then(|rest| rest.split("</table>").next());
    table
        .expect("a table of rates")
        .split("<th scope=\"row\">")
        .skip(1)
        .map(|row| {
            let mut cells = row.split("<td class=\"num\">");
            let mut cell = || {
                let cell = cells.next().expect("a cell");
                cell.split('<').next().unwrap_or_default().to_owned()
            };
            let (name, _yes, attempts) = (cell(), cell(), cell());
            (name, attempts.parse().expect("a number"))
        })
        .collect()
}

#[tokio::test]
async fn rows_of_rates_add_up_whatever_they_are_told_apart_by() {
    let desk = Desk::of_mara().await;
    // 70 segments, two pitches, and 20 asks with neither.
    let rows = rows(&"nny".repeat(30));
    let rows = rows.into_iter().enumerate().map(|(i, row)| match i {
        0..70 => row
            .in_segment(&format!("Trade {i}"))
            .with_pitch(["Short", "Story first"][i % 2]),
        _ => row,
    });
    add_all(&desk, rows.collect()).await;
    let mut sums = Vec::new();
    for by in ["segment", "stage", "channel", "pitch"] {
        let page = desk.get(&format!("/evidence?by={by}")).await.text;
        let rows = rated(&page);
        let all: u64 = rows.iter().map(|(_, attempts)| attempts).sum();
        assert_eq!(all, 90, "{by}: {rows:?}");
        sums.push(rows);
    }
    let has = |rows: &[(String, u64)], name: &str, n: u64| rows.contains(&(name.to_owned(), n));
    // 64 segments are told apart, so that what is left is more than what has none.
    let [segments, .., pitches] = &sums[..] else {
        panic!("four ways")
    };
    assert_eq!(segments.len(), 65);
    assert!(has(segments, "Other segments, or none", 26), "{segments:?}");
    assert!(has(pitches, "No pitch", 20) && has(pitches, "Short", 35));
}

#[tokio::test]
async fn without_a_pitch_of_any_the_rest_is_all() {
    let desk = full().await;
    let page = desk.get("/evidence?by=pitch").await.text;
    assert_eq!(rated(&page), [("All".to_owned(), 240)]);
    let page = desk.get("/evidence").await.text;
    assert!(!page.contains("No segment") && !page.contains("or none"));
}

#[tokio::test]
async fn a_slump_is_called_one_with_its_numbers() {
    let outcomes = format!("{}{}", "nnnny".repeat(60), "n".repeat(150));
    let page = page_of(rows(&outcomes)).await;
    let words = text(&page);
    assert!(words.contains("This looks like more than luck."), "{words}");
    assert!(words.contains("attempts brought") && words.contains("then the slump watch raised it"));
    assert!(
        words.contains("no more than once in 5,000 attempts on average, so it may still be luck.")
    );
}
