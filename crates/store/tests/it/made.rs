//! People, prospects and attempts to store.

use domain::{
    Attempt, AttemptId, Channel, Outcome, Person, PersonId, Prospect, ProspectId, Reasons, Source,
    Stage, When, Zone,
};
use jiff::Timestamp;
use store::sql::Sql;
use store::tables::{attempt, counts, person, term};
use store::{DatabaseUrl, Store, StoreError, Tx, derived};

pub(crate) const ME: PersonId = PersonId::from_bytes([1; 16]);
pub(crate) const ADA: ProspectId = ProspectId::from_bytes([2; 16]);
pub(crate) const NOW: i64 = 1_795_000_000_000_000;

pub(crate) fn open(url: &str) -> Store {
    Store::open(&url.parse::<DatabaseUrl>().unwrap()).unwrap()
}

/// A statement of the test's own.
pub(crate) const fn sql(text: &'static str) -> Sql {
    Sql { name: "test", text }
}

pub(crate) fn someone() -> Person {
    Person::new(ME, "Ines Marlowe", Zone::utc())
}

pub(crate) fn prospect(id: ProspectId, name: &str) -> Prospect {
    Prospect {
        id,
        name: name.into(),
        company: String::new(),
        email: String::new(),
        phone: String::new(),
        zone: None,
        language: String::new(),
        segment: None,
        do_not_contact: None,
        merged_into: None,
        root: id,
        forgotten: false,
        taken_back: false,
        created_at: NOW,
    }
}

/// A no by telephone; `n` makes its id and its minute.
pub(crate) fn no(n: u32) -> Attempt {
    let order = NOW + i64::from(n) * 60_000_000;
    let mut id = [3; 16];
    id[12..].copy_from_slice(&n.to_be_bytes());
    Attempt {
        id: AttemptId::from_bytes(id),
        owner: ME,
        rep: None,
        prospect: ADA,
        deal: None,
        when: When::Instant(Timestamp::from_microsecond(order).unwrap()),
        zone: Zone::utc(),
        order,
        seq: 0,
        ordinal: None,
        outcome: Outcome::No,
        stage: Stage::Opener,
        channel: Channel::Call,
        loss_kind: None,
        reasons: Reasons::default(),
        words: None,
        segment: None,
        pitch: None,
        value: None,
        source: Source::default(),
        voided: false,
        brought_by: None,
        version: 0,
        recorded_at: NOW,
    }
}

/// An open ledger with one person and one prospect.
pub(crate) fn ledger(url: &str) -> Store {
    let store = open(url);
    store.write_blocking(begin).unwrap();
    store
}

pub(crate) fn begin(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    person::insert(tx, &someone(), NOW)?;
    derived::append_prospects(tx, &[prospect(ADA, "Ada Merrow")])
}

pub(crate) fn append(store: &Store, a: Attempt) -> Result<(), StoreError> {
    store.write_blocking(move |tx| derived::append(tx, &a, &Zone::utc()))
}

pub(crate) fn attempts(store: &Store) -> Vec<Attempt> {
    store
        .read_blocking(|tx| {
            let mut all = Vec::new();
            attempt::each(tx, |a| {
                all.push(a);
                Ok(())
            })?;
            Ok::<_, StoreError>(all)
        })
        .unwrap()
}

/// Counts and terms as they stand, and as they come out when they are dropped and rebuilt.
pub(crate) fn derived_matches(store: &Store) {
    let look = |tx: &mut Tx<'_>| Ok::<_, StoreError>((counts::all(tx)?, term::all(tx)?));
    let kept = store.read_blocking(look).unwrap();
    store
        .write_blocking(|tx| derived::rebuild(tx, &Zone::utc()))
        .unwrap();
    let rebuilt = store.read_blocking(look).unwrap();
    assert_eq!(kept, rebuilt);
}
