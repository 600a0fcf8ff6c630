//! The team's page: calm when there is little, counts when there is enough, rows when shared.

use app::ledger::{self, NewAttempt, WhoRef};
use app::{accounts, session};
use axum::http::StatusCode;
use domain::{Outcome, Role, Roles, When, Zone};
use jiff::ToSpan;

use crate::desk::Desk;

fn lisbon() -> Zone {
    Zone::new("Europe/Lisbon").expect("a zone")
}

/// Makes Mara a lead of a team with some sellers, each of whom asked somebody last month and the
/// month before; answers with the path of the first one's rows.
async fn team_of(desk: &Desk, sellers: usize, shares: bool) -> String {
    let fill = move |act: &mut app::Act<'_, '_>| {
        let zone = lisbon();
        let mara = session::at_keyboard(act, Some("Mara Lindqvist"), "", &zone)?;
        let admin = mara.administrator().expect("looks after it");
        let all = Roles::of(&[Role::Seller, Role::Lead, Role::Administrator]);
        accounts::set_roles(act, &admin, mara.id(), all)?;
        let team = accounts::add_team(act, &admin, "North")?;
        let ago = |days: i64| act.now.as_microsecond() - days * 86_400_000_000;
        let (since, month) = (
            ago(120),
            act.now.to_zoned(zone.rules()).date().first_of_month(),
        );
        accounts::set_team(act, &admin, mara.id(), Some(team.id), Some(since))?;
        let mut path = String::new();
        for n in 0..sellers {
            let name = format!("Seller {n}");
            accounts::add(act, &admin, &name, "", Roles::of(&[Role::Seller]))?;
            let one = session::at_keyboard(act, Some(&name), "", &zone)?;
            accounts::set_team(act, &admin, one.id(), Some(team.id), Some(since))?;
            let me = one.seller().expect("sells");
            for days in [10, 45] {
                let day = month.checked_sub(days.days()).expect("a day");
                let new = NewAttempt {
                    at: Some(When::Day(day)),
                    reason: Some("N1".into()),
                    words: Some("Too dear for us".into()),
                    ..NewAttempt::new(WhoRef::Text("Ada Merrow".into()), Outcome::No)
                };
                ledger::log(act, &me, new)?;
            }
            if n == 0 {
                accounts::share_rows(act, &one, shares)?;
                path = format!("/team/rows/{}", one.id());
            }
        }
        Ok(path)
    };
    let path = desk.app.write(fill).await.expect("a team");
    // Looking counts nothing; what runs every hour does.
    let counted = async || {
        let months = desk.app.read(|act| {
            let all = store::tables::team::all(act.tx)?;
            Ok(store::tables::team_month::months(act.tx, all[0].id)?.len())
        });
        months.await.expect("months")
    };
    assert_eq!(desk.get("/team").await.status, StatusCode::OK);
    assert_eq!(counted().await, 0);
    let done = desk.app.write(app::sweep::team_months).await;
    assert_eq!(done.expect("counted"), counted().await);
    path
}

#[tokio::test]
async fn who_leads_nobody_is_told_so() {
    let desk = Desk::of_mara().await;
    assert_eq!(desk.get("/team").await.status, StatusCode::FORBIDDEN);
    let lead = |act: &mut app::Act<'_, '_>| {
        let mara = session::at_keyboard(act, Some("Mara Lindqvist"), "", &lisbon())?;
        let admin = mara.administrator().expect("looks after it");
        let all = Roles::of(&[Role::Seller, Role::Lead, Role::Administrator]);
        accounts::set_roles(act, &admin, mara.id(), all)
    };
    desk.app.write(lead).await.expect("a lead");
    let page = desk.get("/team").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("You are in no team yet."));
}

#[tokio::test]
async fn a_month_of_too_few_is_a_calm_answer() {
    let desk = Desk::of_mara().await;
    team_of(&desk, 4, false).await;
    let page = desk.get("/team").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(
        page.text.contains("at least five people besides you"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("Too dear for us"));
    assert!(page.text.contains("Nobody in the team shares"));
}

#[tokio::test]
async fn enough_people_make_counts_and_no_names() {
    let desk = Desk::of_mara().await;
    team_of(&desk, 5, false).await;
    let page = desk.get("/team").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(
        page.text.contains("5 attempts of the 6 people"),
        "{}",
        page.text
    );
    assert!(page.text.contains("Too dear for us"));
    assert!(!page.text.contains("Seller 1") && !page.text.contains("Ada Merrow"));
    assert!(page.text.len() < 60_000);
    // The second look counts nothing again and shows the same.
    assert_eq!(desk.get("/team").await.text, page.text);
    for path in ["/team?month=1", "/team?month=999999", "/team?month=-5"] {
        assert_eq!(desk.get(path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(
        desk.get("/team?month=x").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn shared_rows_are_read_and_unshared_ones_are_not_there() {
    let desk = Desk::of_mara().await;
    let path = team_of(&desk, 2, true).await;
    let page = desk.get("/team").await;
    assert!(page.text.contains(&path), "{}", page.text);
    let rows = desk.get(&path).await;
    assert_eq!(rows.status, StatusCode::OK);
    assert!(rows.text.contains("Ada Merrow") && rows.text.contains("Too dear for us"));
    assert!(!rows.text.contains("<form"), "nothing can be changed there");
    let not = desk
        .get("/team/rows/00000000-0000-7000-8000-000000000000")
        .await;
    assert_eq!(not.status, StatusCode::NOT_FOUND);
    let unshare = |act: &mut app::Act<'_, '_>| {
        let one = session::at_keyboard(act, Some("Seller 0"), "", &lisbon())?;
        accounts::share_rows(act, &one, false)
    };
    desk.app.write(unshare).await.expect("unshared");
    let gone = desk.get(&path).await;
    assert_eq!((gone.status, gone.text), (not.status, not.text));
}
