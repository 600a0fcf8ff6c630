//! Two pitches put to the test, on the pages: begun, shown while one logs, judged, ended.

use app::ledger::{self, NewAttempt, WhoRef};
use app::pitch_tests::{self, Arm};
use app::{Seller, session};
use axum::http::StatusCode;
use domain::{Outcome, ProspectId};

use crate::desk::Desk;

const HERE: &str = "/evidence/pitches";

async fn mara(desk: &Desk) -> Seller {
    let found = desk.app.read(|act| {
        let zone = domain::Zone::utc();
        session::at_keyboard(act, Some("Mara Lindqvist"), "", &zone)
    });
    found.await.expect("Mara").seller().expect("she sells")
}

/// Puts somebody on the call list, and says who they are.
async fn listed(desk: &Desk, name: &str) -> ProspectId {
    let (me, name) = (mara(desk).await, name.to_owned());
    let done = desk.app.write(move |act| {
        app::call_list::paste(act, &me, &name)?;
        let found = app::prospects::find(act, &me, &name, 1)?;
        Ok(found[0].id)
    });
    done.await.expect("listed")
}

/// Which of the two somebody hears.
async fn heard(desk: &Desk, who: ProspectId) -> Option<String> {
    let me = mara(desk).await;
    let running = desk.app.read(move |act| pitch_tests::running(act, &me));
    let test = running.await.expect("read")?;
    let pitch = test.drawn_for(desk.app.workspace(), who)?;
    Some(pitch.label.clone())
}

async fn begin(desk: &Desk, how: &str) {
    let form = format!("usual=Short&new=Story+first&how={how}");
    let answer = desk.post(HERE, &form).await;
    assert_eq!(answer.location(), "/evidence/pitches?begun=1");
    let page = desk.get(answer.location()).await.text;
    assert!(page.contains("The test runs."), "{page}");
}

/// The running test's address.
fn end_of(page: &str) -> String {
    let at = page.find("/evidence/pitches/").expect("a form to end it");
    page[at..].split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_drawn_test_shows_the_pitch_and_logs_it() {
    let desk = Desk::of_mara().await;
    let page = desk.get(HERE).await.text;
    assert!(page.contains("Did the new pitch work?"), "{page}");
    assert!(page.contains("aria-current=\"page\">Pitch tests</a>"));
    let who = listed(&desk, "Joost Hallema").await;
    assert!(!desk.get("/today").await.text.contains("Pitch"));
    begin(&desk, "drawn").await;
    let page = desk.get(HERE).await.text;
    for text in [
        "“Story first” against “Short”",
        "Not enough yet.",
        "No ask counts yet. From 10 compared on there is something to say.",
        "no more than one on average ever says that they differ",
        "End this test",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("Begin the test"), "one at a time");
    // In the bar for whoever is chosen, and beside who is next.
    let drawn = heard(&desk, who).await.expect("a pitch");
    let today = desk.get("/today").await.text;
    let line = format!("Pitch: <b>{drawn}</b>");
    assert_eq!(today.matches(&line).count(), 2, "{today}");
    assert!(today.contains("aria-describedby=\"pitch-1\""));
    assert!(!today.contains("name=\"pitch\""), "nothing to choose");
    let logged = desk.post("/log", &format!("who={who}&outcome=no")).await;
    let after = desk.get(logged.location()).await.text;
    assert!(after.contains(&format!("Pitch: {drawn}.")), "{after}");
    let attempt = logged.location().replace("/logged/", "/attempts/");
    let attempt = desk.get(&attempt).await.text;
    assert!(
        attempt.contains(&format!("name=\"pitch\" value=\"{drawn}\"")),
        "{attempt}"
    );
    let page = desk.get(HERE).await.text;
    assert!(
        page.contains(&format!("“{drawn}”: 0 yeses in 1 ask.")),
        "{page}"
    );
    assert!(
        page.contains(&format!("1 ask with “{drawn}” waits for one with")),
        "{page}"
    );
}

#[tokio::test]
async fn by_hand_the_bar_asks_and_remembers() {
    let desk = Desk::of_mara().await;
    listed(&desk, "Joost Hallema").await;
    begin(&desk, "chosen").await;
    let chosen = |page: &str| {
        let at = page.find("name=\"pitch\"").expect("a choice");
        let rest = &page[at..];
        let checked = rest.find(" checked>").expect("one is chosen");
        let rest = &rest[checked + 9..];
        rest.split('<').next().unwrap_or_default().to_owned()
    };
    let today = desk.get("/today").await.text;
    assert_eq!(chosen(&today), "Short");
    assert_eq!(today.matches("name=\"pitch\"").count(), 2);
    let code = |page: &str, nth: usize| {
        let part = page.split("name=\"pitch\" value=\"").nth(nth);
        let part = part.expect("a choice");
        part.split('"').next().unwrap_or_default().to_owned()
    };
    let story = code(&today, 2);
    let form = format!("other=Joost+Hallema&outcome=yes&pitch={story}");
    desk.post("/log", &form).await.location();
    assert_eq!(chosen(&desk.get("/today").await.text), "Story first");
    // A press that misses something keeps the choice.
    let short = code(&today, 1);
    let again = desk
        .post("/log", &format!("outcome=no&pitch={short}"))
        .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(chosen(&again.text), "Short");
    let page = desk.get(HERE).await.text;
    assert!(page.contains("“Story first”: 1 yes in 1 ask."), "{page}");
}

#[tokio::test]
async fn what_a_test_finds_is_said_drawn_and_listed() {
    let desk = Desk::of_mara().await;
    let who = listed(&desk, "Joost Hallema").await;
    begin(&desk, "chosen").await;
    let me = mara(&desk).await;
    let log = desk.app.write(move |act| {
        let mut one = |outcome, arm: Arm| {
            let mut new = NewAttempt::new(WhoRef::Id(who), outcome);
            new.pitch = Some(["Short", "Story first"][arm as usize].into());
            ledger::log(act, &me, new).map(|logged| logged.attempt.id)
        };
        let mut ids = Vec::new();
        for n in 0..40 {
            ids.push(one(Outcome::No, Arm::A)?);
            ids.push(one(
                if n % 2 == 0 {
                    Outcome::Yes
                } else {
                    Outcome::No
                },
                Arm::B,
            )?);
        }
        one(Outcome::Unknown, Arm::A)?;
        Ok(ids)
    });
    let ids = log.await.expect("logged");
    // One is given another pitch when it is known how it came out.
    let moved = ids[0];
    desk.post(
        &format!("/attempts/{moved}"),
        "outcome=no&pitch=Story+first",
    )
    .await
    .location();
    let page = desk.get(HERE).await.text;
    for text in [
        "Where you used “Story first”, more asks ended in a yes.",
        "“Short”: 0 yeses in 39 asks. “Story first”: 20 yeses in 40 asks.",
        "By these asks alone, the chance that “Story first” has the higher rate is more than 99 in 100.",
        "20 times says that they differ, and once reached it stands.",
        "You chose who heard which, so this shows what went together, not what caused it.",
        "Left out: 1 whose pitch was set or changed when its outcome was known.",
        "1 ask counts when its outcome is known.",
        "1 ask with “Story first” waits for one with “Short”.",
        "<small class=\"n\">0 of 39</small>",
        "<small class=\"n\">20 of 40</small>",
        "<circle class=\"dot\"",
        "<td class=\"num\">35.0\u{a0}to\u{a0}65.0</td>",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let place = end_of(&page);
    assert_eq!(
        desk.post(&place, "").await.location(),
        "/evidence/pitches?ended=1"
    );
    let page = desk.get("/evidence/pitches?ended=1").await.text;
    assert!(page.contains("The test has ended."), "{page}");
    assert!(page.contains("Tests that ended") && page.contains("Begin the test"));
    assert!(page.contains("“Short”: 0 yeses in 39 asks."), "{page}");
    assert!(
        page.contains("The outcome of 1 ask was not known."),
        "{page}"
    );
    assert!(!desk.get("/today").await.text.contains("Pitch"));
    let twice = desk.post(&place, "").await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(twice.text.contains("This test has ended already."));
}

#[tokio::test]
async fn what_is_not_right_is_said_beside_its_field_and_kept() {
    let desk = Desk::of_mara().await;
    for (form, says) in [
        ("usual=&new=Long&how=drawn", "Name the pitch you use now."),
        (
            "usual=Short&new=&how=chosen",
            "Name the pitch to try beside it.",
        ),
        ("usual=Short&new=sHORT&how=drawn", "Both are “Short”."),
        (
            "usual=Short&new=Long",
            "Choose who decides which pitch somebody hears.",
        ),
        (
            "usual=Short&new=Long&how=dice",
            "Choose who decides which pitch somebody hears.",
        ),
    ] {
        let answer = desk.post(HERE, form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(answer.text.contains(says), "{form}: {}", answer.text);
        assert!(answer.text.contains("Begin the test"), "{form}");
    }
    let kept = desk
        .post(HERE, "usual=Short&new=sHORT&how=chosen")
        .await
        .text;
    assert!(kept.contains("value=\"sHORT\""), "{kept}");
    assert!(kept.contains("value=\"chosen\" checked"), "{kept}");
    assert!(!desk.get("/settings/pitches").await.text.contains("Short"));
    begin(&desk, "drawn").await;
    let second = desk.post(HERE, "usual=A&new=B&how=drawn").await;
    assert_eq!(second.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        second
            .text
            .contains("“Story first” against “Short” is running already. End that test first"),
        "{}",
        second.text
    );
    let gone = "/evidence/pitches/00000000-0000-4000-8000-000000000000/end";
    assert_eq!(desk.post(gone, "").await.status, StatusCode::NOT_FOUND);
    let odd = "/evidence/pitches/x/end";
    assert_eq!(desk.post(odd, "").await.status, StatusCode::NOT_FOUND);
    assert!(desk.get(HERE).await.text.contains("End this test"));
}

#[tokio::test]
async fn a_name_is_text_and_never_markup() {
    let desk = Desk::of_mara().await;
    listed(&desk, "Joost Hallema").await;
    let form = "usual=%3Cb%3Eloud%3C%2Fb%3E&new=Long&how=drawn";
    desk.post(HERE, form).await.location();
    for place in [HERE, "/today"] {
        let page = desk.get(place).await.text;
        assert!(!page.contains("<b>loud"), "{place}");
    }
}
