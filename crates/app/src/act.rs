//! The open ledger, and what an act is given.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::{EventId, PersonId, ProspectId, Thresholds, Zone};
use jiff::Timestamp;
use serde::Serialize;
use store::tables::event::{self, Event};
use store::tables::{label, setting};
use store::{DatabaseUrl, Ids, Keyed, Store, Tx};
use tokio::sync::Notify;

use crate::password::Hasher;
use crate::{AppError, Kind, Result};

/// What is the same for everybody who uses one ledger.
#[derive(Debug)]
pub struct Workspace {
    /// Its id, by which an offline queue knows where it belongs.
    pub id: String,
    /// Keyed hashes of contacts and rows.
    pub keyed: Keyed,
    /// Every threshold.
    pub thresholds: Thresholds,
}

/// An open ledger. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct App {
    store: Store,
    workspace: Arc<Workspace>,
    clock: fn() -> Timestamp,
    hasher: Hasher,
    at_keyboard: bool,
    /// The mark of the last restore when the ledger was opened.
    restored: Arc<Mutex<Option<String>>>,
    behind: Arc<Behind>,
}

/// Whether an act of this program left evidence behind that somebody has to fold.
#[derive(Debug, Default)]
struct Behind {
    left: AtomicBool,
    somebody: Notify,
}

/// What an act is given: one transaction, the workspace, the time.
pub struct Act<'t, 'c> {
    /// The transaction.
    pub tx: &'t mut Tx<'c>,
    /// The workspace.
    pub workspace: &'t Workspace,
    /// Now.
    pub now: Timestamp,
    /// Draws ids.
    pub ids: Ids,
    /// Whether it came by the command line, which the audit log says.
    pub at_keyboard: bool,
}

impl App {
    /// Opens a ledger, making a new one where there is none.
    ///
    /// # Errors
    /// Says what is wrong with the database and what to do.
    pub fn open(url: &DatabaseUrl, clock: fn() -> Timestamp) -> Result<Self> {
        let store = Store::open(url)?;
        let (id, key) = store.read_blocking(identity)?.map_or_else(
            || {
                let (id, key) = (random_bytes()?, random_bytes()?);
                store.write_blocking(move |tx| begin(tx, &id, &key))
            },
            Ok,
        )?;
        let workspace = Workspace {
            id,
            keyed: Keyed::new(&key),
            thresholds: Thresholds::default(),
        };
        let restored = store.read_blocking(|tx| setting::get(tx, RESTORED))?;
        Ok(Self {
            store,
            workspace: Arc::new(workspace),
            clock,
            hasher: Hasher::default(),
            at_keyboard: false,
            restored: Arc::new(Mutex::new(restored)),
            behind: Arc::default(),
        })
    }

    /// The same ledger, for acts that come by the command line.
    pub fn at_keyboard(self) -> Self {
        Self {
            at_keyboard: true,
            ..self
        }
    }

    /// The workspace.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Where the ledger is kept.
    pub fn database(&self) -> &DatabaseUrl {
        self.store.url()
    }

    /// Every threshold.
    pub fn thresholds(&self) -> &Thresholds {
        &self.workspace.thresholds
    }

    /// Now, by the clock the program was given.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Hashes passwords, two at once.
    pub(crate) fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Runs acts that only read, on one snapshot.
    ///
    /// # Errors
    /// What the acts answer.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Act<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.store.read(self.acting(f)).await
    }

    /// Runs acts in one transaction and waits until it is durable.
    ///
    /// # Errors
    /// What the acts answer; then nothing was changed.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Act<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let done = self.store.write(self.writing(f)).await;
        self.call_for_folding();
        done.map_err(|e| self.restored_or(e))
    }

    /// [`App::read`] for callers without an executor.
    ///
    /// # Errors
    /// As [`App::read`].
    pub fn read_blocking<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Act<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.store.read_blocking(self.acting(f))
    }

    /// [`App::write`] for callers without an executor.
    ///
    /// # Errors
    /// As [`App::write`].
    pub fn write_blocking<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Act<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let done = self.store.write_blocking(self.writing(f));
        self.call_for_folding();
        done.map_err(|e| self.restored_or(e))
    }

    /// Waits until an act of this program leaves evidence to be folded by
    /// [`catch_up`](crate::evidence::catch_up).
    pub async fn left_behind(&self) {
        self.behind.somebody.notified().await;
    }

    /// Calls for folding what another program left behind, such as an import by command.
    pub fn fold_soon(&self) {
        self.behind.somebody.notify_one();
    }

    fn call_for_folding(&self) {
        if self.behind.left.swap(false, Ordering::AcqRel) {
            self.fold_soon();
        }
    }

    /// An act on people who are not in the ledger any more breaks before anybody asks why.
    fn restored_or(&self, error: AppError) -> AppError {
        if error.kind != Kind::Internal {
            return error;
        }
        let restored = Arc::clone(&self.restored);
        let asked = self
            .store
            .read_blocking(move |tx| not_restored(tx, &restored));
        asked.err().unwrap_or(error)
    }

    /// Leaves no old version of what was forgotten lying in the database's files.
    ///
    /// # Errors
    /// When the database cannot do it now.
    pub fn scrub_blocking(&self) -> Result<()> {
        Ok(self.store.scrub_blocking()?)
    }

    fn writing<T>(
        &self,
        f: impl FnOnce(&mut Act<'_, '_>) -> Result<T> + Send + 'static,
    ) -> impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static {
        let restored = Arc::clone(&self.restored);
        let behind = Arc::clone(&self.behind);
        self.acting(move |act| {
            let done = f(act)?;
            if act.tx.dropped() {
                behind.left.store(true, Ordering::Release);
            }
            for person in act.tx.touched() {
                if !crate::evidence::settle(act, person)? {
                    behind.left.store(true, Ordering::Release);
                }
            }
            // Last, since an act's first statement says whether it is alone; nothing is kept of it if
            // this refuses.
            not_restored(act.tx, &restored)?;
            Ok(done)
        })
    }

    /// Runs what replaces the whole ledger. This program goes on with it if it is the same workspace.
    pub(crate) fn replace_blocking<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Act<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let done = self.store.write_blocking(self.acting(f))?;
        self.fold_soon();
        let (found, mark) = self
            .store
            .read_blocking(|tx| Ok::<_, AppError>((identity(tx)?, setting::get(tx, RESTORED)?)))?;
        if found.is_some_and(|(id, _)| id == self.workspace.id) {
            *self.restored.lock().unwrap_or_else(PoisonError::into_inner) = mark;
        }
        Ok(done)
    }

    fn acting<T>(
        &self,
        f: impl FnOnce(&mut Act<'_, '_>) -> Result<T> + Send + 'static,
    ) -> impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static {
        let (workspace, clock) = (Arc::clone(&self.workspace), self.clock);
        let at_keyboard = self.at_keyboard;
        move |tx| {
            f(&mut Act {
                tx,
                workspace: &workspace,
                now: to_the_microsecond(clock()),
                ids: Ids,
                at_keyboard,
            })
        }
    }
}

/// Refuses to write into a ledger that another process restored since this one opened it: what this
/// one knows of it, the key among it, may not hold any more.
fn not_restored(tx: &mut Tx<'_>, opened_at: &Mutex<Option<String>>) -> Result<()> {
    let mark = setting::get(tx, RESTORED)?;
    if mark == *opened_at.lock().unwrap_or_else(PoisonError::into_inner) {
        return Ok(());
    }
    Err(AppError::new(
        Kind::Busy,
        "This Rebound was restored from a backup. Start it again; nothing was changed.",
    ))
}

/// What the store keeps of a time.
fn to_the_microsecond(now: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

/// Microseconds of a minute.
pub(crate) const MINUTE: i64 = 60_000_000;
/// Microseconds of an hour.
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// Microseconds of a day of 24 hours.
pub(crate) const DAY: i64 = 24 * HOUR;

const WORKSPACE_ID: &str = "workspace_id";
pub(crate) const HASH_KEY: &str = "hash_key";
/// A mark drawn at each restore.
pub(crate) const RESTORED: &str = "restored";
const ZONE: &str = "zone";

fn identity(tx: &mut Tx<'_>) -> Result<Option<(String, [u8; 32])>> {
    let (Some(id), Some(key)) = (setting::get(tx, WORKSPACE_ID)?, setting::get(tx, HASH_KEY)?)
    else {
        return Ok(None);
    };
    let key = unhex(&key).and_then(|bytes| bytes.try_into().ok());
    let wrong = || {
        AppError::new(
            Kind::Internal,
            "The workspace's key is damaged; restore a backup.",
        )
    };
    Ok(Some((id, key.ok_or_else(wrong)?)))
}

/// Makes a new workspace; another process may have been quicker, then its own stands.
fn begin(tx: &mut Tx<'_>, id: &[u8; 32], key: &[u8; 32]) -> Result<(String, [u8; 32])> {
    tx.exclusive()?;
    if let Some(there) = identity(tx)? {
        return Ok(there);
    }
    setting::add(tx, WORKSPACE_ID, &hex(&id[..16]))?;
    setting::add(tx, HASH_KEY, &hex(key))?;
    setting::add(tx, ZONE, "UTC")?;
    for (position, (code, text)) in (0i64..).zip(domain::BUILT_IN_REASONS) {
        let label = domain::Label {
            code: code.into(),
            label: text.into(),
            position,
            hidden: false,
        };
        label::set(tx, domain::LabelKind::Reason, &label)?;
    }
    identity(tx)?.ok_or_else(|| AppError::new(Kind::Internal, "The workspace was not kept."))
}

impl Act<'_, '_> {
    /// Now in microseconds UTC.
    pub fn micros(&self) -> i64 {
        self.now.as_microsecond()
    }

    /// The zone team months follow.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn zone(&mut self) -> Result<Zone> {
        let name = setting::get(self.tx, ZONE)?;
        Ok(name
            .and_then(|n| Zone::new(&n).ok())
            .unwrap_or_else(Zone::utc))
    }

    /// Changes the zone team months follow, and counts the months again.
    pub(crate) fn set_zone(&mut self, zone: &Zone) -> Result<()> {
        if self.zone()? != *zone {
            setting::set(self.tx, ZONE, zone.name())?;
            store::derived::rebuild(self.tx, zone)?;
        }
        Ok(())
    }

    /// Appends a line to the history.
    pub(crate) fn record<B: Serialize, A: Serialize>(
        &mut self,
        actor: Option<PersonId>,
        kind: &str,
        subject: &[u8; 16],
        prospect: Option<ProspectId>,
        before: Option<&B>,
        after: Option<&A>,
    ) -> Result<EventId> {
        let json = |e: serde_json::Error| AppError::new(Kind::Internal, e.to_string());
        let line = Event {
            id: self.ids.event(),
            at: self.micros(),
            actor,
            kind: kind.into(),
            subject: *subject,
            prospect,
            before: before
                .map(serde_json::to_string)
                .transpose()
                .map_err(json)?,
            after: after.map(serde_json::to_string).transpose().map_err(json)?,
        };
        event::append(self.tx, &line)?;
        Ok(line.id)
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Reads hexadecimal; nothing when it is not.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok())
        .collect()
}

/// 32 random bytes.
///
/// # Errors
/// When the operating system gives none.
pub fn random_bytes() -> Result<[u8; 32]> {
    Ids.secret().map_err(|e| {
        AppError::new(
            Kind::Internal,
            format!("The system gives no randomness: {e}"),
        )
    })
}
