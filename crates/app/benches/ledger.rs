//! How fast the acts behind a page are, on SQLite: `cargo bench -p app`.

use app::ledger::{NewAttempt, WhoRef, log};
use app::noes::{self, Filter, Query};
use app::{App, DatabaseUrl, Seller, import, session, today};
use criterion::{Criterion, criterion_group, criterion_main};
use domain::{Outcome, Stage, Zone};
use exchange::Mapping;
use jiff::Timestamp;

/// A ledger with `rows` made-up asks.
fn ledger(folder: &std::path::Path, rows: usize) -> (App, Seller) {
    use std::fmt::Write;
    let url = DatabaseUrl::Sqlite(folder.join(format!("{rows}.db")));
    let app = App::open(&url, Timestamp::now).expect("a new ledger");
    let me = app
        .write_blocking(|act| session::local_or_new(act, "Mara", &Zone::utc()))
        .expect("somebody");
    let mut csv = String::from("at,prospect,company,stage,outcome,words\n");
    for i in 0..rows {
        let stage = Stage::ALL[i % Stage::ALL.len()];
        let outcome = ["no", "no_reply", "not_now", "no", "no", "yes"][i * 7 % 6];
        let (month, day) = (i * 12 / rows + 1, i % 28 + 1);
        let _ = writeln!(
            csv,
            "2025-{month:02}-{day:02}T10:00:00Z,Person {},Firm {},{stage},{outcome},word{}",
            i / 4,
            i / 9,
            i % 997
        );
    }
    import::run(
        &app,
        &me,
        csv.into_bytes(),
        &Mapping::default(),
        import::Options::default(),
        |_| {},
    )
    .expect("rows that fit");
    (app, me)
}

fn acts(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, me) = ledger(folder.path(), 50_000);
    let page = |query: Query| {
        let me = me.clone();
        app.read_blocking(move |act| noes::page(act, &me, &query))
            .expect("a page")
    };
    c.bench_function("today over 50,000", |b| {
        b.iter(|| {
            let me = me.clone();
            app.read_blocking(move |act| today::page(act, &me))
                .expect("today")
        });
    });
    c.bench_function("noes over 50,000", |b| {
        b.iter(|| {
            page(Query {
                filter: Filter {
                    outcome: Some(Outcome::No),
                    ..Filter::default()
                },
                ..Query::default()
            })
        });
    });
    c.bench_function("noes at one stage over 50,000", |b| {
        b.iter(|| {
            page(Query {
                filter: Filter {
                    stage: Some(Stage::Demo),
                    ..Filter::default()
                },
                ..Query::default()
            })
        });
    });
    c.bench_function("noes searched over 50,000", |b| {
        b.iter(|| {
            page(Query {
                text: "word77".into(),
                ..Query::default()
            })
        });
    });
    for (what, sort) in [
        (
            "noes searched by a common word over 50,000",
            noes::Sort::Newest,
        ),
        ("noes by name over 50,000", noes::Sort::Who),
    ] {
        let text = if sort == noes::Sort::Who {
            ""
        } else {
            "person"
        };
        c.bench_function(what, |b| {
            b.iter(|| {
                page(Query {
                    text: text.into(),
                    sort,
                    ..Query::default()
                })
            });
        });
    }
    c.bench_function("log a no, flushed", |b| {
        b.iter(|| {
            let me = me.clone();
            let new = NewAttempt::new(WhoRef::Text("Person 7, Firm 3".into()), Outcome::No);
            app.write_blocking(move |act| log(act, &me, new))
                .expect("logged")
        });
    });
}

criterion_group!(benches, acts);
criterion_main!(benches);
