//! Files in and out, and a pasted list.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::desk::{Answer, Desk, HOST, ORIGIN};
use crate::rows::{Row, add};

const CALLS: &str = "name;Firma;Ergebnis;Grund;when\n\
    Ada Merrow;Whitlock Print;Verloren;Zu teuer;2026-03-04 10:00\n\
    Wim Daalder;Kestrel Boxes;Gewonnen;;2026-03-05\n\
    Jo Quill;Tarn;Vielleicht;;2026-03-06\n";

pub(crate) async fn send(desk: &Desk, content: &str) -> Answer {
    let edge = "edge-of-a-part";
    let body = format!(
        "--{edge}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"calls.csv\"\r\n\
         content-type: text/csv\r\n\r\n{content}\r\n--{edge}--\r\n"
    );
    let request = Request::post("/import")
        .header(header::HOST, HOST)
        .header(header::ORIGIN, ORIGIN)
        .header(header::COOKIE, &desk.cookie)
        .header(
            header::CONTENT_TYPE,
            format!("multipart/form-data; boundary={edge}"),
        )
        .body(Body::from(body));
    desk.send(request.expect("a request")).await
}

#[tokio::test]
async fn an_administrator_reads_beforehand_whose_the_rows_would_be() {
    let desk = Desk::of_mara().await;
    let add = |act: &mut app::Act<'_, '_>| {
        let zone = domain::Zone::utc();
        let mara = app::session::at_keyboard(act, Some("Mara Lindqvist"), "", &zone)?;
        let admin = mara.administrator().expect("looks after it");
        // Whoever has a way in is told who the others are.
        store::tables::ways::set_password(act.tx, admin.id(), "$argon2id$made-up", 1)?;
        let roles = domain::Roles::of(&[domain::Role::Seller]);
        app::accounts::add(act, &admin, "Jun Okafor", "", roles)
    };
    desk.app.write(add).await.expect("a colleague");
    let file = "date,prospect,outcome,rep\n\
        2026-03-04,Ada Merrow,no,jun okafor\n\
        2026-03-04,Wim Daalder,no,Rafe <Dunmore>\n\
        2026-03-05,Jo Quill,no,Rafe <Dunmore>\n";
    let place = send(&desk, file).await.location().to_owned();
    let page = desk.get(&place).await.text;
    for row in [
        "<td><b>Rafe &#60;Dunmore&#62;</b></td><td class=\"num\">2</td><td>wait for somebody",
        "<td><b>jun okafor</b></td><td class=\"num\">1</td><td>Jun Okafor",
    ] {
        assert!(page.contains(row), "{row} in {page}");
    }
    // Looking writes nobody down.
    let people = desk.get("/people").await.text;
    assert!(!people.contains("Dunmore"));
}

#[tokio::test]
async fn a_file_is_looked_at_tried_and_brought_in() {
    let desk = Desk::of_mara().await;
    let place = send(&desk, CALLS).await.location().to_owned();
    let page = desk.get(&place).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text
            .contains("No column says what came of each row yet."),
        "{}",
        page.text
    );
    assert!(!page.text.contains("value=\"run\"") && !page.text.contains("--map"));

    let map = "map-prospect=name&map-company=Firma&map-outcome=Ergebnis&map-reason=Grund&map-at=when&zone=Europe%2FLisbon";
    assert_eq!(
        desk.post(&place, &format!("{map}&do=look"))
            .await
            .location(),
        place
    );
    let page = desk.get(&place).await.text;
    assert!(
        page.contains("Vielleicht") && page.contains("Zu teuer"),
        "{page}"
    );
    assert!(
        page.contains("<b>Ada Merrow, Whitlock Print</b>") && page.contains("2026-03-04 10:00")
    );
    assert!(page.contains("1 of 3 rows cannot be read like this"));

    let values = "value-field-0=outcome&value-from-0=Vielleicht&value-to-0=not_now&value-field-1=reason&value-from-1=Zu+teuer&value-to-1=N4";
    desk.post(&place, &format!("{map}&{values}&do=try")).await;
    let page = desk.get(&place).await.text;
    assert!(
        page.contains("What would happen") && page.contains("attempts would be added"),
        "{page}"
    );
    assert!(
        desk.get("/noes?o=all")
            .await
            .text
            .contains("Nothing is logged yet.")
    );

    assert_eq!(
        desk.post(&place, &format!("{map}&{values}&do=run"))
            .await
            .location(),
        place
    );
    let page = desk.get(&place).await.text;
    assert!(
        page.contains("<h1>Brought in</h1>") && page.contains("<b>3</b>"),
        "{page}"
    );
    let noes = desk.get("/noes?o=all").await.text;
    assert!(
        noes.contains("Ada Merrow")
            && noes.contains("Price or value")
            && noes.contains("3 shown of 3")
    );

    // Once more: known, and nothing new.
    let place = send(&desk, CALLS).await.location().to_owned();
    desk.post(&place, &format!("{map}&do=look")).await;
    desk.post(&place, &format!("{values}&do=run")).await;
    let page = desk.get(&place).await.text;
    assert!(
        page.contains("Nothing new in it") && page.contains("were known already"),
        "{page}"
    );
}

#[tokio::test]
async fn all_or_nothing_is_kept_to_and_a_file_can_be_left() {
    let desk = Desk::of_mara().await;
    let place = send(&desk, "prospect,outcome\nAda,no\nWim,perhaps\n")
        .await
        .location()
        .to_owned();
    desk.post(&place, "strict=on&do=run").await;
    let page = desk.get(&place).await.text;
    assert!(
        page.contains("nothing was brought in") && page.contains("name=\"strict\" checked"),
        "{page}"
    );
    assert!(
        desk.get("/noes?o=all")
            .await
            .text
            .contains("Nothing is logged yet.")
    );
    assert_eq!(desk.post(&place, "do=drop").await.location(), "/import");
    assert_eq!(desk.get(&place).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_no_table_is_said_at_once() {
    let desk = Desk::of_mara().await;
    for content in ["", "%PDF-1.7 nothing here", "PK\u{3}\u{4}rest"] {
        let answer = send(&desk, content).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{content}");
        assert!(answer.text.contains("class=\"err\""), "{content}");
    }
    let answer = desk.post("/import", "file=x").await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn everything_comes_out_again() {
    let desk = Desk::of_mara().await;
    add(
        &desk,
        Row::no("Ada Merrow, Whitlock Print").said("N6", "Tied in."),
    )
    .await;
    add(&desk, Row::of("Wim Daalder", "yes")).await;
    assert!(desk.get("/export").await.text.contains("HubSpot deals"));
    let file = desk.post("/export/file", "format=csv").await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(
        file.header("content-disposition")
            .starts_with("attachment; filename=\"rebound-")
    );
    assert_eq!(file.header("content-length"), file.text.len().to_string());
    assert!(file.text.contains("Ada Merrow") && file.text.contains("Wim Daalder"));
    assert_eq!(file.text.lines().count(), 3);
    let noes = desk.post("/export/file", "format=json&outcome=no").await;
    let noes = noes.text;
    assert!(noes.contains("Ada Merrow") && !noes.contains("Wim Daalder"));
    assert!(
        desk.post("/export/file", "format=hubspot-calls")
            .await
            .text
            .contains("Ada Merrow")
    );
    let wrong = desk
        .post("/export/file", "format=csv&from=2026-03-02&to=2026-03-01")
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("before the first one") && wrong.text.contains("<h1>Export"));
}

#[tokio::test]
async fn a_pasted_list_says_what_came_of_it() {
    let desk = Desk::of_mara().await;
    add(&desk, Row::no("Ada Merrow, Whitlock Print")).await;
    add(&desk, Row::no("Ada Other, Kestrel")).await;
    add(&desk, Row::no("Left Alone").said("N15", "Never again.")).await;
    let empty = desk.post("/call-list", "list=+").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = desk
        .post("/call-list", "list=Wim+Daalder%0ALeft+Alone%0AWim+Daalder")
        .await;
    let place = done.location().to_owned();
    let page = desk.get(&place).await.text;
    assert!(
        page.contains("1 person added") && page.contains("1 person on it already"),
        "{page}"
    );
    assert!(page.contains("asked not to be contacted") && page.contains("Wim Daalder</a>"));
    let unclear = desk.post("/call-list", "list=Ada%0AGreta+New").await;
    assert_eq!(unclear.status, StatusCode::OK);
    assert!(unclear.text.contains("could mean") && unclear.text.contains(">Ada</textarea>"));
}

#[tokio::test]
async fn every_known_format_is_told_and_brought_in_as_it_is() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../exchange/tests/fixtures");
    let desk = Desk::of_mara().await;
    for format in exchange::Format::ALL {
        let Ok(content) = std::fs::read_to_string(format!("{folder}/{format}.csv")) else {
            continue;
        };
        let place = send(&desk, &content).await.location().to_owned();
        let page = desk.get(&place).await.text;
        let read_as = format!("Read as: <b>{}</b>", format.label());
        assert!(page.contains(&read_as), "{format}: {page}");
        // Everything the page chose, sent back as it stands.
        let form = format!("{}&dates=dmy&do=run", chosen(&page));
        desk.post(&place, &form).await;
        let page = desk.get(&place).await.text;
        assert!(page.contains("<h1>Brought in</h1>"), "{format}: {page}");
    }
}

/// What a browser would send of the selects of a page.
fn chosen(page: &str) -> String {
    let pairs = page.split("<select ").skip(1).filter_map(|select| {
        let select = select.split("</select>").next()?;
        let name = select.split("name=\"").nth(1)?.split('"').next()?;
        let option = select.split("<option").find(|o| o.contains(" selected"))?;
        let value = match option.split("value=\"").nth(1) {
            Some(rest) => rest.split('"').next()?,
            None => option.split('>').nth(1)?.trim(),
        };
        Some(format!(
            "{}={}",
            name,
            value.replace('&', "%26").replace('+', "%2B")
        ))
    });
    pairs.collect::<Vec<_>>().join("&")
}
