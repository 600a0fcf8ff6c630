//! Forgetting reaches every table, every version and every page of the file.

use domain::{Deal, DealId, DealState, EventId, Label, LabelKind, ProspectId, Source, Zone};
use store::tables::event::{self, Event};
use store::tables::{deal, forget, label, prospect};
use store::{StoreError, Tx, derived};
use testkit::db::{Backend, for_each_database};

use crate::made::{self, ADA, ME, NOW, no};

const BRAM: ProspectId = ProspectId::from_bytes([8; 16]);

fn line(n: u8, subject: [u8; 16], prospect: Option<ProspectId>, words: &str) -> Event {
    Event {
        id: EventId::from_bytes([n; 16]),
        at: NOW,
        actor: Some(ME),
        kind: "corrected".into(),
        subject,
        prospect,
        before: Some(format!(r#"{{"outcome":"no","words":"{words}"}}"#)),
        after: Some(r#"{"outcome":"yes","words":null}"#.into()),
    }
}

/// An attempt once logged under Bram and corrected to be Ada's: its words are hers.
fn moved(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    derived::append_prospects(tx, &[made::prospect(BRAM, "Bram Osei")])?;
    let mut a = no(1);
    a.words = Some("call my sister Xanthippe".into());
    derived::append(tx, &a, &Zone::utc())?;
    let id = *a.id.as_bytes();
    event::append(tx, &line(1, id, Some(BRAM), "my sister Xanthippe"))?;
    event::append(tx, &line(2, id, Some(ADA), "Xanthippe again"))?;
    let d = Deal {
        id: DealId::from_bytes([6; 16]),
        owner: ME,
        prospect: Some(ADA),
        title: "Shelves for Xanthippe".into(),
        state: DealState::Open,
        stage: "Xanthippe decides".into(),
        value: None,
        source: Source::default(),
        created_at: NOW,
        closed_at: None,
    };
    deal::insert(tx, &d)?;
    let mut changed = line(3, [6; 16], None, "");
    changed.kind = "deal_changed".into();
    changed.before =
        Some(r#"{"title":"Xanthippe","stage":"Xanthippe decides","state":"open"}"#.into());
    event::append(tx, &changed)
}

#[test]
fn words_of_an_attempt_that_moved_are_forgotten_with_whoever_has_it() {
    for_each_database(|url| {
        let store = made::ledger(url);
        store.write_blocking(moved).unwrap();
        store
            .write_blocking(|tx| forget::forget(tx, ADA, NOW))
            .unwrap();
        let dump = store
            .read_blocking(|tx| {
                let mut all = String::new();
                for table in store::tables::whole::TABLES {
                    store::tables::whole::each(tx, table, |row| {
                        all.push_str(&format!("{} {row:?}\n", table.name));
                        Ok(())
                    })?;
                }
                Ok::<_, StoreError>(all)
            })
            .unwrap();
        assert!(!dump.contains("Xanthippe"), "{dump}");
        assert!(!dump.contains("Ada") && dump.contains("Bram"), "{dump}");
        made::derived_matches(&store);
    });
}

#[test]
fn a_label_that_others_use_stays() {
    for_each_database(|url| {
        let store = made::ledger(url);
        store
            .write_blocking(|tx| {
                derived::append_prospects(tx, &[made::prospect(BRAM, "Bram Osei")])?;
                for (code, text) in [("x-1", "Only Ada"), ("x-2", "Both"), ("N4", "Price")] {
                    let l = Label {
                        code: code.into(),
                        label: text.into(),
                        position: 0,
                        hidden: false,
                    };
                    label::set(tx, LabelKind::Reason, &l)?;
                }
                let with = |n, prospect, code: &str| {
                    let mut a = no(n);
                    a.prospect = prospect;
                    a.reasons.guess = Some(code.into());
                    a
                };
                let all = [
                    with(1, ADA, "x-1"),
                    with(2, ADA, "x-2"),
                    with(3, BRAM, "x-2"),
                    with(4, ADA, "N4"),
                ];
                derived::append_all(tx, &all, &Zone::utc())?;
                forget::forget(tx, ADA, NOW)
            })
            .unwrap();
        let labels = store
            .read_blocking(|tx| label::all(tx, LabelKind::Reason))
            .unwrap();
        let said = |code: &str| labels.iter().find(|l| l.code == code).unwrap();
        assert_eq!(said("x-2").label, "Both");
        assert_eq!(said("N4").label, "Price");
        assert!(!said("x-1").label.contains("Ada") && said("x-1").hidden);
    });
}

/// The file itself, its log and its index hold no letter of it.
#[test]
fn no_byte_is_left_in_the_files() {
    let fresh = Backend::Sqlite.fresh();
    let store = made::ledger(&fresh.url);
    store.write_blocking(moved).unwrap();
    // Pages that are freed and used again, and rows before and after.
    for n in 10..200 {
        let mut a = no(n);
        a.words = Some(format!("Xanthippe {}", "says no ".repeat(40)));
        made::append(&store, a).unwrap();
    }
    store
        .write_blocking(|tx| forget::forget(tx, ADA, NOW))
        .unwrap();
    store.scrub_blocking().unwrap();
    let there = store
        .read_blocking(|tx| prospect::get(tx, ADA))
        .unwrap()
        .unwrap();
    assert!(there.forgotten && there.name.is_empty());
    for entry in std::fs::read_dir(fresh.dir().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for wanted in [&b"Xanthippe"[..], b"xanthippe", b"Merrow", b"merrow"] {
            let found = bytes.windows(wanted.len()).any(|w| w == wanted);
            assert!(
                !found,
                "{} in {}",
                String::from_utf8_lossy(wanted),
                path.display()
            );
        }
    }
}
