//! How much the first page weighs.

use crate::desk::Desk;

/// Addresses of the page's own files.
fn files(page: &str) -> Vec<String> {
    page.split('"')
        .filter(|t| t.starts_with("/a/"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn the_first_pages_stay_light() {
    let desk = Desk::of_mara().await;
    // The heaviest Today there is: a run longer than the strip, somebody next, a full list of due.
    for n in 0..60 {
        desk.post(
            "/log",
            &format!("other=Person+Number+{n}%2C+Some+Firm+{n}&outcome=no"),
        )
        .await;
    }
    let lately = jiff::Timestamp::now() - jiff::ToSpan::hours(240);
    let lately = lately.strftime("%F");
    for n in 0..15 {
        let form = format!(
            "other=Due+Person+{n}%2C+Firm+{n}%2C+020+7946+{n:04}&outcome=send_info&at={lately}"
        );
        desk.post("/log", &form).await;
    }
    desk.post(
        "/call-list",
        "list=Ilse+Brandt%2C+Corvane+Packaging%2C+020+7946+0182",
    )
    .await;
    let fresh = Desk::fresh();
    assert!(desk.get("/today").await.text.contains("Due Person 1"));
    for (desk, path) in [(&fresh, "/welcome"), (&desk, "/today")] {
        let page = desk.get(path).await;
        let mut styles = 0;
        for file in files(&page.text).iter().filter(|f| f.ends_with(".css")) {
            styles += desk.get(file).await.text.len();
        }
        assert!(styles > 0);
        let all = page.text.len() + styles;
        assert!(
            all < 60_000,
            "{path} with its styles: {all} bytes ({styles} of them styles)"
        );
    }
}

#[tokio::test]
async fn every_file_a_page_names_is_there_and_comes_small() {
    let desk = Desk::of_mara().await;
    let worker = desk.get("/sw.js").await.text;
    let page = desk.get("/today").await.text;
    for file in files(&page).into_iter().chain(files(&worker)) {
        let answer = desk.get(&file).await;
        assert!(answer.status.is_success(), "{file}");
        assert_eq!(
            answer.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
    }
    let manifest = desk.get("/app.webmanifest").await;
    assert!(manifest.text.contains("\"start_url\":\"/today\""));
    for file in files(&manifest.text) {
        assert!(desk.get(&file).await.status.is_success(), "{file}");
    }
}

#[tokio::test]
async fn what_is_kept_offline_holds_nobodys_data() {
    let desk = Desk::of_mara().await;
    for path in ["/offline", "/help", "/breath", "/sw.js"] {
        let mine = desk.get(path).await.text;
        assert_eq!(mine, Desk::fresh().get(path).await.text, "{path}");
        assert!(
            !mine.contains("Mara") && !mine.contains(&desk.app.workspace().id),
            "{path}"
        );
    }
}
