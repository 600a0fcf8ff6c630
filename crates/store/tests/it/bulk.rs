//! Many rows at once store the same as one after the other.

use domain::{
    AttemptId, LossKind, Money, Outcome, ProspectId, Reasons, SaidBy, Source, When, Zone,
};
use jiff::civil::date;
use store::tables::import::{self, ImportRow};
use store::tables::matching::{self, MatchKeys};
use store::tables::term::Term;
use store::tables::whole::{self, TABLES};
use store::tables::{deal, prospect, term};
use store::{Keyed, Store, StoreError, Tx, derived};
use testkit::db::{Backend, for_each_database};

use crate::made::{self, ADA, ME, NOW, no};

/// Every table as it stands.
fn tables(store: &Store) -> Vec<(&'static str, Vec<Vec<whole::Cell>>)> {
    store
        .read_blocking(|tx| {
            let mut out = Vec::new();
            for table in TABLES {
                let mut rows = Vec::new();
                whole::each(tx, table, |row| {
                    rows.push(row);
                    Ok(())
                })?;
                out.push((table.name, rows));
            }
            Ok::<_, StoreError>(out)
        })
        .unwrap()
}

fn terms(store: &Store) -> Vec<Term> {
    store.read_blocking(term::all).unwrap()
}

/// Attempts with everything in them, and with next to nothing.
fn all_kinds() -> Vec<domain::Attempt> {
    let full = domain::Attempt {
        rep: Some("Ines".into()),
        when: When::Day(date(2026, 11, 3)),
        zone: Zone::new("Asia/Tokyo").unwrap(),
        ordinal: Some(3),
        outcome: Outcome::No,
        loss_kind: Some(LossKind::NoDecision),
        reasons: {
            let mut both = Reasons::one("N4", SaidBy::Prospect);
            both.set(SaidBy::SellerGuess, Some("N6".into()));
            both.set(SaidBy::ThirdParty, Some("N1".into()));
            both
        },
        words: Some("Ünter uns: “nein”, \t and\na line\u{1f600}".into()),
        segment: Some("x-1".into()),
        pitch: Some(String::new()),
        value: Some(Money {
            hundredths: -i64::MAX,
            currency: String::new(),
        }),
        source: Source {
            kind: "hubspot-deals".into(),
            id: Some("7001".into()),
        },
        ..no(1)
    };
    let undated = domain::Attempt {
        when: When::Undated,
        order: i64::MIN,
        seq: -5,
        voided: true,
        version: 9,
        ..no(2)
    };
    let extreme = domain::Attempt {
        id: AttemptId::from_bytes([0xff; 16]),
        seq: i64::MAX,
        outcome: Outcome::SendInfo,
        ..no(3)
    };
    vec![full, undated, extreme, no(4)]
}

#[test]
fn attempts_read_back_as_they_were_and_as_in_bulk() {
    for_each_database(|url| {
        let single = made::ledger(url);
        for a in all_kinds() {
            made::append(&single, a).unwrap();
        }
        let mut wanted = all_kinds();
        wanted.sort_by_key(|a| (a.order, a.seq, a.id));
        assert_eq!(made::attempts(&single), wanted);

        let fresh = Backend::Sqlite.fresh();
        let other = Backend::Postgres.fresh();
        for url in [&fresh.url, &other.url] {
            let bulk = made::ledger(url);
            bulk.write_blocking(|tx| derived::append_all(tx, &all_kinds(), &Zone::utc()))
                .unwrap();
            assert_eq!(tables(&single), tables(&bulk));
            assert_eq!(terms(&single), terms(&bulk));
            made::derived_matches(&bulk);
        }
    });
}

#[test]
fn every_pair_stores_the_same_on_both_databases() {
    let write = |tx: &mut Tx<'_>| -> Result<(), StoreError> {
        made::begin(tx)?;
        let bram = ProspectId::from_bytes([9; 16]);
        let mut p = made::prospect(bram, "Bram Osei");
        p.zone = Some(Zone::new("Europe/London").unwrap());
        p.do_not_contact = Some(NOW);
        p.segment = Some("retail".into());
        p.company = "Quillfeather".into();
        derived::append_prospects(tx, &[p])?;
        let keyed = Keyed::new(&[7; 32]);
        let keys = MatchKeys::of(
            &keyed,
            Some(("hubspot", "1")),
            "Bram",
            "",
            "b@x.example",
            "",
        );
        let pairs: Vec<_> = keys.iter().map(|k| (k, bram)).collect();
        matching::bulk(tx, &pairs)?;
        let rows: Vec<ImportRow> = (0u8..3)
            .map(|n| ImportRow {
                identity: [n; 16],
                content: [n; 16],
                prospect: (n > 0).then_some(ADA),
                deal: None,
                attempt: (n > 1).then(|| AttemptId::from_bytes([n; 16])),
                asks: i64::from(n),
                forgotten: n == 2,
                seller: (n == 1).then_some(ME),
            })
            .collect();
        import::bulk(tx, &rows)?;
        import::bulk(tx, &[])?;
        deal::insert(
            tx,
            &domain::Deal {
                id: domain::DealId::from_bytes([5; 16]),
                owner: ME,
                prospect: None,
                title: "Shelves".into(),
                state: domain::DealState::Open,
                stage: String::new(),
                value: None,
                source: Source::default(),
                created_at: NOW,
                closed_at: None,
            },
        )
    };
    let (lite, pg) = (Backend::Sqlite.fresh(), Backend::Postgres.fresh());
    let (lite, pg) = (made::open(&lite.url), made::open(&pg.url));
    lite.write_blocking(write).unwrap();
    pg.write_blocking(write).unwrap();
    assert_eq!(tables(&lite), tables(&pg));
    assert_eq!(terms(&lite), terms(&pg));
}

/// A restore writes every table with its own pair: what comes out of one goes into the other.
#[test]
fn whole_tables_go_from_one_database_into_the_other() {
    let (lite, pg) = (Backend::Sqlite.fresh(), Backend::Postgres.fresh());
    let (lite, pg) = (made::ledger(&lite.url), made::open(&pg.url));
    lite.write_blocking(|tx| derived::append_all(tx, &all_kinds(), &Zone::utc()))
        .unwrap();
    let all = tables(&lite);
    let copy = all.clone();
    pg.write_blocking(move |tx| {
        whole::clear(tx)?;
        for (table, (_, rows)) in TABLES.iter().zip(copy) {
            let count = rows.len() as u64;
            let mut rows = rows.into_iter().map(Ok);
            assert_eq!(whole::load(tx, table, &mut rows)?, count);
        }
        derived::rebuild(tx, &Zone::utc())
    })
    .unwrap();
    assert_eq!(tables(&pg), all);
    assert_eq!(terms(&lite), terms(&pg));
    assert_eq!(made::attempts(&lite), made::attempts(&pg));
}

#[test]
fn lists_longer_than_one_statement_are_read_whole() {
    for_each_database(|url| {
        let store = made::ledger(url);
        let ids: Vec<ProspectId> = (10u8..210)
            .map(|n| ProspectId::from_bytes([n; 16]))
            .collect();
        let wanted = ids.clone();
        store
            .write_blocking(move |tx| {
                let all: Vec<_> = ids.iter().map(|id| made::prospect(*id, "Jo")).collect();
                derived::append_prospects(tx, &all)
            })
            .unwrap();
        for n in [0, 1, 63, 64, 65, 128, 200] {
            let asked = wanted[..n].to_vec();
            let found = store
                .read_blocking(move |tx| prospect::get_many(tx, &asked))
                .unwrap();
            let mut found: Vec<_> = found.iter().map(|p| p.id).collect();
            found.sort();
            assert_eq!(found, wanted[..n]);
        }
    });
}

#[test]
fn a_failing_row_in_a_bulk_leaves_nothing() {
    for_each_database(|url| {
        let store = made::ledger(url);
        let twice = vec![no(1), no(2), no(1)];
        let error = store
            .write_blocking(move |tx| derived::append_all(tx, &twice, &Zone::utc()))
            .unwrap_err();
        assert!(matches!(error, StoreError::Conflict), "{error}");
        assert!(made::attempts(&store).is_empty());
        made::append(&store, no(1)).unwrap();
        made::derived_matches(&store);
    });
}
