//! A ledger with one seller at it.

use app::ledger::{self, Logged, NewAttempt, WhoRef};
use app::noes::{NoesPage, Query};
use app::prospects::{self, Contact};
use app::{Act, Administrator, App, AppError, Seller, noes, session};
use domain::{Attempt, AttemptId, Outcome, PersonId, Prospect, ProspectId, Zone};
use jiff::Timestamp;
use store::tables::{attempt, counts, event, evidence as kept, prospect, term};
use store::{Tx, derived};
use testkit::db::{Backend, Fresh};

/// A Thursday in November, before noon.
pub(crate) fn thursday() -> Timestamp {
    "2026-11-19T11:38:00Z".parse().unwrap()
}

/// Three weeks after [`thursday`].
pub(crate) fn three_weeks_later() -> Timestamp {
    "2026-12-10T11:38:00Z".parse().unwrap()
}

/// An open ledger, the seller it belongs to, and where it is kept.
pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) me: Seller,
    pub(crate) fresh: Fresh,
}

/// Runs a test on each database, each time in a new ledger.
pub(crate) fn on_each(test: impl Fn(&Desk)) {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        println!("on {backend:?}");
        test(&desk);
        desk.derived_stand();
    }
}

impl Desk {
    pub(crate) fn new(backend: Backend) -> Self {
        Self::at(backend.fresh(), thursday)
    }

    pub(crate) fn at(fresh: Fresh, clock: fn() -> Timestamp) -> Self {
        let app = App::open(&fresh.url.parse().unwrap(), clock).unwrap();
        let me = app
            .write_blocking(|act| session::local_or_new(act, "Ines Marlowe", &lisbon()))
            .unwrap();
        Self { app, me, fresh }
    }

    /// The same ledger at another time.
    pub(crate) fn later(self, clock: fn() -> Timestamp) -> Self {
        drop(self.app);
        Self::at(self.fresh, clock)
    }

    /// Acts as the seller.
    pub(crate) fn act<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Act<'_, '_>, &Seller) -> Result<T, AppError> + Send + 'static,
    ) -> T {
        self.attempt_to(f).unwrap()
    }

    /// Acts as the seller, and it may be refused.
    pub(crate) fn attempt_to<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Act<'_, '_>, &Seller) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let me = self.me.clone();
        self.app.write_blocking(move |act| f(act, &me))
    }

    /// Acts as who looks after the installation: the same person.
    pub(crate) fn tend<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Act<'_, '_>, &Administrator) -> Result<T, AppError> + Send + 'static,
    ) -> T {
        self.attempt_to_tend(f).unwrap()
    }

    /// Acts as who looks after the installation, and it may be refused.
    pub(crate) fn attempt_to_tend<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Act<'_, '_>, &Administrator) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let name = self.me.id().to_string();
        self.app.write_blocking(move |act| {
            let me = session::at_keyboard(act, Some(&name), "", &lisbon())?;
            f(act, &me.administrator().unwrap())
        })
    }

    /// Reads straight from the store.
    pub(crate) fn look<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, store::StoreError> + Send + 'static,
    ) -> T {
        self.app.read_blocking(|act| Ok(f(act.tx)?)).unwrap()
    }

    pub(crate) fn log(&self, who: &str, outcome: Outcome) -> Logged {
        self.log_new(with(who, outcome)).unwrap()
    }

    pub(crate) fn log_new(&self, new: NewAttempt) -> Result<Logged, AppError> {
        self.attempt_to(move |act, me| ledger::log(act, me, new))
    }

    pub(crate) fn prospect(&self, contact: Contact) -> Prospect {
        self.act(move |act, _| prospects::create(act, &contact))
    }

    pub(crate) fn attempt(&self, id: AttemptId) -> Attempt {
        self.look(move |tx| attempt::get(tx, id)).unwrap()
    }

    pub(crate) fn stored(&self, id: ProspectId) -> Prospect {
        self.look(move |tx| prospect::get(tx, id)).unwrap()
    }

    pub(crate) fn attempts(&self) -> Vec<Attempt> {
        self.look(|tx| {
            let mut all = Vec::new();
            attempt::each(tx, |a| {
                all.push(a);
                Ok(())
            })?;
            Ok(all)
        })
    }

    pub(crate) fn prospects(&self) -> Vec<Prospect> {
        self.look(|tx| {
            let (mut key, mut id, mut out) = (String::new(), Vec::new(), Vec::new());
            loop {
                let page = prospect::after(tx, &key, &id, 1_000)?;
                let Some((last, p)) = page.last() else {
                    return Ok(out);
                };
                (key, id) = (last.clone(), p.id.as_bytes().to_vec());
                out.extend(page.into_iter().map(|(_, p)| p));
            }
        })
    }

    /// Kinds of the lines of history of one thing, oldest first.
    pub(crate) fn lines(&self, subject: &[u8; 16]) -> Vec<event::Event> {
        let subject = *subject;
        self.look(move |tx| event::of_subject(tx, &subject))
    }

    pub(crate) fn page(&self, query: Query) -> NoesPage {
        let me = self.me.clone();
        self.app
            .read_blocking(move |act| noes::page(act, &me, &query))
            .unwrap()
    }

    /// The one prospect a text finds.
    pub(crate) fn find_one(&self, text: &str) -> ProspectId {
        let (me, text) = (self.me.clone(), text.to_owned());
        let found = self
            .app
            .read_blocking(move |act| prospects::find(act, &me, &text, 50))
            .unwrap();
        assert_eq!(found.len(), 1);
        found[0].id
    }

    /// Names found by a text.
    pub(crate) fn find(&self, text: &str) -> Vec<String> {
        let (me, text) = (self.me.clone(), text.to_owned());
        let found = self
            .app
            .read_blocking(move |act| prospects::find(act, &me, &text, 50))
            .unwrap();
        found.into_iter().map(|w| w.name).collect()
    }

    /// What is derived is what a rebuild would make of the ledger.
    pub(crate) fn derived_stand(&self) {
        let look = |tx: &mut Tx<'_>| Ok((counts::all(tx)?, term::all(tx)?));
        let kept = self.look(look);
        self.fold_what_is_left();
        let said = self.what_attempts_say();
        self.act(|act, _| {
            let zone = app::settings::workspace_zone(act)?;
            Ok(derived::rebuild(act.tx, &zone)?)
        });
        let rebuilt = self.look(look);
        assert_eq!(kept.0, rebuilt.0);
        assert_eq!(kept.1, rebuilt.1);
        self.fold_what_is_left();
        assert_eq!(
            said,
            self.what_attempts_say(),
            "folded again, it says something else"
        );
    }

    /// Folds what is left to be folded, as the running program does.
    pub(crate) fn fold_what_is_left(&self) {
        while self.act(|act, _| app::evidence::catch_up(act)) {}
    }

    /// The state that is kept for everybody who has attempts, to the bit.
    pub(crate) fn what_attempts_say(&self) -> Vec<(PersonId, Option<kept::Kept>)> {
        let mut owners: Vec<PersonId> = self.attempts().iter().map(|a| a.owner).collect();
        owners.sort_unstable();
        owners.dedup();
        self.look(move |tx| {
            let each = owners.into_iter();
            each.map(|owner| Ok((owner, kept::latest(tx, owner)?)))
                .collect()
        })
    }
}

pub(crate) fn lisbon() -> Zone {
    Zone::new("Europe/Lisbon").unwrap()
}

/// An outcome with whoever a text names.
pub(crate) fn with(who: &str, outcome: Outcome) -> NewAttempt {
    NewAttempt::new(WhoRef::Text(who.into()), outcome)
}

pub(crate) fn contact(name: &str, company: &str, email: &str, phone: &str) -> Contact {
    Contact {
        email: email.into(),
        phone: phone.into(),
        ..Contact::named(name, company)
    }
}
