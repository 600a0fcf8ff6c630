//! The store: threads that each own a connection, and the closures handed to them.
//!
//! On SQLite one thread writes. It takes every job that is waiting (up to [`GROUP`]), runs each in
//! a savepoint of one `BEGIN IMMEDIATE`, commits once and only then answers: a small write costs a
//! share of a flush, and an answer means the flush happened. On PostgreSQL a few threads take jobs
//! from one queue, one transaction a job.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender};
use tokio::sync::oneshot;

use crate::conn::{Inner, Tx};
use crate::sql::Sql;
use crate::{DatabaseUrl, OpenError, Result, StoreError, lite, migrate, pg};

/// Most jobs that share one commit on SQLite.
const GROUP: usize = 64;
/// Threads that read SQLite.
const LITE_READERS: usize = 2;
/// Connections to PostgreSQL.
const PG_CONNECTIONS: usize = 4;

/// What a job leaves behind: whether its changes stand, and how to answer whoever asked.
struct Done {
    keep: bool,
    answer: Box<dyn FnOnce(Option<StoreError>) + Send>,
}

/// Run with a transaction, or with nothing when none could be had.
type Job = Box<dyn FnOnce(Option<&mut Tx<'_>>) -> Done + Send>;

enum Message {
    Read(Job),
    Write(Job),
    /// Overwrite what was deleted, also outside of the present file.
    Scrub(oneshot::Sender<Result<()>>),
}

/// An open database. Cloning is cheap; the last clone to go closes it.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    url: DatabaseUrl,
    read: Option<Sender<Message>>,
    write: Option<Sender<Message>>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.read = None;
        self.write = None;
        let me = thread::current().id();
        for thread in self.threads.drain(..) {
            if thread.thread().id() != me {
                let _ = thread.join();
            }
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.shared.url)
    }
}

impl Store {
    /// Opens a database, bringing its schema up to date.
    ///
    /// # Errors
    /// Says what is wrong with the database and what to do.
    pub fn open(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let shared = match url {
            DatabaseUrl::Sqlite(path) => open_lite(url, path)?,
            DatabaseUrl::Postgres(text) => open_pg(url, text)?,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Where it is kept, without secrets.
    pub fn url(&self) -> &DatabaseUrl {
        &self.shared.url
    }

    /// Runs `f` on one snapshot and waits for it.
    ///
    /// # Errors
    /// What `f` answers, or that the database cannot be read.
    pub async fn read<T, E>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        received(self.submit(false, f).await)
    }

    /// Runs `f` in one transaction and waits until it is durable. An error undoes all of it.
    ///
    /// # Errors
    /// What `f` answers, or that the database cannot be written.
    pub async fn write<T, E>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        received(self.submit(true, f).await)
    }

    /// [`Store::read`] for callers without an executor.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_blocking<T, E>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        received(self.submit(false, f).blocking_recv())
    }

    /// [`Store::write`] for callers without an executor.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<T, E>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        received(self.submit(true, f).blocking_recv())
    }

    /// After something was forgotten: folds the write-ahead log into the file and empties it
    /// (SQLite), or clears dead rows (PostgreSQL), so that no old version lies about.
    ///
    /// # Errors
    /// When the database cannot do it now.
    pub fn scrub_blocking(&self) -> Result<()> {
        let (tx, rx) = oneshot::channel();
        send(&self.shared.write, Message::Scrub(tx));
        rx.blocking_recv().unwrap_or(Err(StoreError::Lost))
    }

    fn submit<T, E>(
        &self,
        write: bool,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, E>>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (tx, rx) = oneshot::channel();
        let job: Job = Box::new(move |t| {
            let result = t.map(f);
            Done {
                keep: matches!(result, Some(Ok(_))),
                answer: Box::new(move |failure| {
                    let _ = tx.send(match failure {
                        Some(e) => Err(e.into()),
                        None => result.unwrap_or_else(|| Err(StoreError::Lost.into())),
                    });
                }),
            }
        });
        if write {
            send(&self.shared.write, Message::Write(job));
        } else {
            send(&self.shared.read, Message::Read(job));
        }
        rx
    }
}

fn send(queue: &Option<Sender<Message>>, message: Message) {
    if let Some(queue) = queue {
        // A closed queue drops the message, and the waiting side reads that as a lost connection.
        let _ = queue.send(message);
    }
}

fn received<T, E: From<StoreError>>(
    answer: Result<Result<T, E>, oneshot::error::RecvError>,
) -> Result<T, E> {
    answer.unwrap_or_else(|_| Err(StoreError::Lost.into()))
}

fn spawn(
    name: &str,
    run: impl FnOnce() + Send + 'static,
) -> Result<thread::JoinHandle<()>, OpenError> {
    thread::Builder::new()
        .name(name.into())
        .spawn(run)
        .map_err(|e| OpenError::Other {
            database: name.into(),
            cause: e.to_string(),
        })
}

fn open_lite(url: &DatabaseUrl, path: &Path) -> Result<Shared, OpenError> {
    let writer = lite::open(path, true)?;
    migrate::sqlite(&writer, url)?;
    let (write, jobs) = crossbeam_channel::unbounded();
    let mut threads = vec![spawn("ledger-writer", move || lite_writer(&writer, &jobs))?];
    let (read, jobs) = crossbeam_channel::unbounded();
    for _ in 0..LITE_READERS {
        let conn = lite::open(path, false)?;
        let jobs: Receiver<Message> = jobs.clone();
        threads.push(spawn("ledger-reader", move || {
            for message in jobs {
                if let Message::Read(job) = message {
                    lite_read(&conn, job);
                }
            }
        })?);
    }
    Ok(Shared {
        url: url.clone(),
        read: Some(read),
        write: Some(write),
        threads,
    })
}

const BEGIN: Sql = Sql {
    name: "begin",
    text: "BEGIN",
};
const BEGIN_IMMEDIATE: Sql = Sql {
    name: "begin",
    text: "BEGIN IMMEDIATE",
};
const COMMIT: Sql = Sql {
    name: "commit",
    text: "COMMIT",
};
const ROLLBACK: Sql = Sql {
    name: "rollback",
    text: "ROLLBACK",
};
const SAVE: Sql = Sql {
    name: "savepoint",
    text: "SAVEPOINT job",
};
const KEEP: Sql = Sql {
    name: "release",
    text: "RELEASE job",
};
const UNDO: Sql = Sql {
    name: "rollback to",
    text: "ROLLBACK TO job",
};

/// Runs a job; a panic in it answers as a failed statement instead of ending the thread.
fn run(job: Job, tx: &mut Tx<'_>) -> Option<Done> {
    // The transaction is rolled back after a panic, so nothing half-done is seen afterwards.
    catch_unwind(AssertUnwindSafe(|| job(Some(tx)))).ok()
}

fn lite_read(conn: &rusqlite::Connection, job: Job) {
    let begun = lite::exec(conn, BEGIN, &[]);
    let done = run(
        job,
        &mut Tx {
            inner: Inner::Lite(conn),
            touched: Vec::new(),
            dropped: false,
        },
    );
    let ended = lite::exec(conn, COMMIT, &[]);
    if let Some(done) = done {
        (done.answer)(begun.and(ended).err());
    }
}

fn lite_writer(conn: &rusqlite::Connection, jobs: &Receiver<Message>) {
    while let Ok(first) = jobs.recv() {
        let mut next = Some(first);
        let mut answers = Vec::new();
        let mut scrub = None;
        let mut group: Option<Result<()>> = None;
        while let Some(message) = next.take() {
            match message {
                Message::Write(job) | Message::Read(job) => {
                    let state = group
                        .get_or_insert_with(|| lite::exec(conn, BEGIN_IMMEDIATE, &[]).map(drop));
                    // Without a transaction nothing runs: every job of the group is refused.
                    let done = if state.is_ok() {
                        let (done, after) = lite_job(conn, job);
                        *state = after;
                        done
                    } else {
                        Some(job(None))
                    };
                    answers.extend(done);
                }
                Message::Scrub(waiting) => {
                    scrub = Some(waiting);
                    break;
                }
            }
            if answers.len() < GROUP {
                next = jobs.try_recv().ok();
            }
        }
        let ended = group.map_or(Ok(()), |state| {
            state.and_then(|()| lite::exec(conn, COMMIT, &[]).map(drop))
        });
        if ended.is_err() && !conn.is_autocommit() {
            let _ = lite::exec(conn, ROLLBACK, &[]);
        }
        for done in answers {
            (done.answer)(ended.clone().err());
        }
        if let Some(waiting) = scrub {
            let _ = waiting.send(lite_scrub(conn));
        }
    }
}

/// Runs one job of a group in a savepoint. The second answer says whether the group can go on: a
/// full disk may have ended its transaction.
fn lite_job(conn: &rusqlite::Connection, job: Job) -> (Option<Done>, Result<()>) {
    if let Err(e) = lite::exec(conn, SAVE, &[]) {
        return (Some(job(None)), Err(e));
    }
    let done = run(
        job,
        &mut Tx {
            inner: Inner::Lite(conn),
            touched: Vec::new(),
            dropped: false,
        },
    );
    if conn.is_autocommit() {
        let ended = StoreError::Disk("it had to give up what was being written".into());
        return (done, Err(ended));
    }
    let undone = match &done {
        Some(done) if done.keep => Ok(0),
        _ => lite::exec(conn, UNDO, &[]),
    };
    let after = undone.and_then(|_| lite::exec(conn, KEEP, &[])).map(drop);
    (done, after)
}

fn lite_scrub(conn: &rusqlite::Connection) -> Result<()> {
    const CHECKPOINT: Sql = Sql {
        name: "checkpoint",
        text: "PRAGMA wal_checkpoint(TRUNCATE)",
    };
    // A reader that began earlier still needs the log; it is done in milliseconds.
    for pause in [0u64, 20, 100, 500, 1_000] {
        thread::sleep(std::time::Duration::from_millis(pause));
        let mut busy = 1;
        lite::each(conn, CHECKPOINT, &[], &mut |row| {
            busy = row.int(0)?;
            Ok(())
        })?;
        if busy == 0 {
            return Ok(());
        }
    }
    Err(StoreError::Busy)
}

fn open_pg(url: &DatabaseUrl, text: &str) -> Result<Shared, OpenError> {
    let name = url.to_string();
    let mut first = pg::open(text, &name)?;
    migrate::postgres(&mut first, url)?;
    let (queue, jobs) = crossbeam_channel::unbounded();
    let mut first = Some(first);
    let mut threads = Vec::new();
    for _ in 0..PG_CONNECTIONS {
        let jobs: Receiver<Message> = jobs.clone();
        let (text, name, mut conn) = (text.to_owned(), name.clone(), first.take());
        threads.push(spawn("ledger", move || {
            for message in jobs {
                if conn.as_ref().is_none_or(pg::PgConn::is_closed) {
                    conn = pg::open(&text, &name).ok();
                }
                if let Some(conn) = &mut conn {
                    pg_message(conn, message);
                }
                // Without a connection the message is dropped, which answers "lost".
            }
        })?);
    }
    Ok(Shared {
        url: url.clone(),
        read: Some(queue.clone()),
        write: Some(queue),
        threads,
    })
}

fn pg_message(conn: &mut pg::PgConn, message: Message) {
    let (job, write) = match message {
        Message::Read(job) => (job, false),
        Message::Write(job) => (job, true),
        Message::Scrub(waiting) => {
            let tables = "VACUUM prospect, attempt, deal, note, follow_up, event, term, match_key, label, import_row";
            let _ = waiting.send(conn.batch(tables));
            return;
        }
    };
    let Ok(tx) = conn.begin(write) else { return };
    let mut tx = Tx {
        inner: Inner::Pg(tx),
        touched: Vec::new(),
        dropped: false,
    };
    let Some(done) = run(job, &mut tx) else {
        return;
    };
    let failure = match tx.inner {
        Inner::Pg(tx) if done.keep => tx.commit().err(),
        // Dropping the transaction rolls it back.
        _ => None,
    };
    (done.answer)(failure);
}
