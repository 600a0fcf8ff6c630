//! Files that wait to be brought in: each with its mapping, for the person who sent it, for half
//! an hour. They go when they were brought in, when nobody came back, and with the program; what a
//! killed program left behind goes when the next one starts.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use app::import::{Imported, Progress};
use domain::PersonId;
use exchange::Mapping;
use tempfile::NamedTempFile;

/// How long a file waits.
const WAITS: Duration = Duration::from_secs(30 * 60);

/// Files one person may have waiting; the oldest makes room.
const MOST: usize = 4;

/// How the names of these files begin.
const PREFIX: &str = "rebound-upload-";

/// A new file in the system's temporary folder, readable by this program's user only. It is locked
/// for as long as it is open: by that the next program knows whether anybody still needs it.
pub(crate) fn new_file() -> std::io::Result<NamedTempFile> {
    new_file_in(&tempfile::env::temp_dir())
}

fn new_file_in(folder: &Path) -> std::io::Result<NamedTempFile> {
    let file = tempfile::Builder::new()
        .prefix(PREFIX)
        .tempfile_in(folder)?;
    // Elsewhere a lock would keep this very program from reading it.
    #[cfg(unix)]
    let _ = file.as_file().lock();
    Ok(file)
}

/// Removes the files of this user that no running program holds.
#[cfg(unix)]
fn clear(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let me = tempfile::tempfile_in(folder)?.metadata()?.uid();
    for entry in folder.read_dir()?.flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX)
            && entry
                .metadata()
                .is_ok_and(|there| there.is_file() && there.uid() == me);
        if ours && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            // Another that starts just now may have been quicker.
            let _ = std::fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// How far an import is, told by the thread that runs it.
#[derive(Debug, Default)]
pub(crate) struct Running {
    rows: AtomicU64,
    bytes: AtomicU64,
    of: AtomicU64,
}

impl Running {
    pub(crate) fn tell(&self, p: Progress) {
        self.rows.store(p.rows, Ordering::Relaxed);
        self.bytes.store(p.bytes, Ordering::Relaxed);
        self.of.store(p.of, Ordering::Relaxed);
    }

    /// Rows read so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// How much of the file is read, in hundredths.
    pub(crate) fn percent(&self) -> u64 {
        let of = self.of.load(Ordering::Relaxed).max(1);
        self.bytes.load(Ordering::Relaxed).saturating_mul(100) / of
    }
}

/// How it stands with a file.
#[derive(Debug, Clone)]
pub(crate) enum Stands {
    /// Its columns are being told apart.
    Looking,
    /// What bringing it in would do.
    Tried(Box<Imported>),
    /// It is being read.
    Running(Arc<Running>),
    /// It could not be brought in; nothing or not all of it was.
    Failed(String),
    /// It was brought in, and is gone.
    Done(Box<Imported>),
}

/// A file as it waits.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    owner: PersonId,
    since: Instant,
    /// What the browser called it.
    pub(crate) name: String,
    /// How long it is.
    pub(crate) bytes: usize,
    /// What its columns and values mean.
    pub(crate) mapping: Mapping,
    /// All rows or none.
    pub(crate) strict: bool,
    /// How it stands.
    pub(crate) stands: Stands,
    file: Option<Arc<NamedTempFile>>,
}

impl Waiting {
    /// The file from its beginning; nothing when it is gone.
    pub(crate) fn open(&self) -> Option<File> {
        self.file.as_ref()?.reopen().ok()
    }
}

/// All files that wait. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub(crate) struct Uploads(Arc<Mutex<HashMap<String, Waiting>>>);

fn locked(all: &Mutex<HashMap<String, Waiting>>) -> MutexGuard<'_, HashMap<String, Waiting>> {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|_, w| w.since.elapsed() < WAITS || matches!(w.stands, Stands::Running(_)));
    all
}

impl Uploads {
    /// None yet; what a killed program left in the temporary folder is removed.
    pub(crate) fn begin() -> Self {
        #[cfg(unix)]
        if let Err(error) = clear(&tempfile::env::temp_dir()) {
            tracing::warn!(%error, "uploaded files of an earlier run may be left in the temporary folder");
        }
        Self::default()
    }

    /// Keeps a file under a name that cannot be guessed.
    pub(crate) fn keep(
        &self,
        token: String,
        owner: PersonId,
        name: String,
        bytes: usize,
        file: NamedTempFile,
    ) {
        let mut all = locked(&self.0);
        loop {
            let mine = all.iter().filter(|(_, w)| w.owner == owner);
            let idle = mine.filter(|(_, w)| !matches!(w.stands, Stands::Running(_)));
            let mut idle: Vec<_> = idle.map(|(token, w)| (w.since, token.clone())).collect();
            idle.sort();
            match idle.into_iter().next() {
                Some((_, oldest)) if all.values().filter(|w| w.owner == owner).count() >= MOST => {
                    all.remove(&oldest);
                }
                _ => break,
            }
        }
        let waiting = Waiting {
            owner,
            since: Instant::now(),
            name,
            bytes,
            mapping: Mapping::default(),
            strict: false,
            stands: Stands::Looking,
            file: Some(Arc::new(file)),
        };
        all.insert(token, waiting);
        drop(all);
        // Also when nobody asks for any file again.
        let all = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            tokio::time::sleep(WAITS + Duration::from_secs(1)).await;
            if let Some(all) = Weak::upgrade(&all) {
                drop(locked(&all));
            }
        });
    }

    /// A file of this person.
    pub(crate) fn get(&self, token: &str, owner: PersonId) -> Option<Waiting> {
        locked(&self.0)
            .get(token)
            .filter(|w| w.owner == owner)
            .cloned()
    }

    /// Changes what is known of a file, unless it is being read or is gone.
    pub(crate) fn change(
        &self,
        token: &str,
        owner: PersonId,
        f: impl FnOnce(&mut Waiting),
    ) -> bool {
        match locked(&self.0).get_mut(token) {
            Some(w) if w.owner == owner && !matches!(w.stands, Stands::Running(_)) => {
                f(w);
                true
            }
            _ => false,
        }
    }

    /// Notes how reading a file ended. One that was brought in goes.
    pub(crate) fn end(&self, token: &str, stands: Stands) {
        if let Some(w) = locked(&self.0).get_mut(token) {
            if matches!(stands, Stands::Done(_)) {
                w.file = None;
            }
            w.since = Instant::now();
            w.stands = stands;
        }
    }

    /// Lets a file go.
    pub(crate) fn forget(&self, token: &str, owner: PersonId) {
        let mut all = locked(&self.0);
        if all.get(token).is_some_and(|w| w.owner == owner) {
            all.remove(token);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_its_persons_and_goes_when_brought_in() {
        let (mine, other) = (PersonId::from_bytes([1; 16]), PersonId::from_bytes([2; 16]));
        let uploads = Uploads::default();
        let file = NamedTempFile::new().expect("a file");
        let path = file.path().to_owned();
        uploads.keep("t".into(), mine, "calls.csv".into(), 3, file);
        assert!(uploads.get("t", other).is_none());
        assert!(uploads.get("t", mine).is_some_and(|w| w.open().is_some()));
        uploads.end("t", Stands::Done(Box::default()));
        assert!(uploads.get("t", mine).is_some_and(|w| w.open().is_none()));
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_a_killed_program_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let held = new_file_in(folder.path()).expect("a file");
        let (gone, left) = new_file_in(folder.path())
            .and_then(|file| Ok(file.keep()?))
            .expect("a file");
        // As the kernel does for a program that is killed.
        drop(gone);
        let other = folder.path().join("calls.csv");
        std::fs::write(&other, "id").expect("a file");
        clear(folder.path()).expect("cleared");
        assert!(!left.exists());
        assert!(held.path().exists() && other.exists());
        assert!(held.reopen().is_ok());
    }

    #[tokio::test]
    async fn the_oldest_makes_room() {
        let mine = PersonId::from_bytes([1; 16]);
        let uploads = Uploads::default();
        for i in 0..6 {
            let file = NamedTempFile::new().expect("a file");
            uploads.keep(i.to_string(), mine, String::new(), 0, file);
        }
        assert!(uploads.get("0", mine).is_none() && uploads.get("1", mine).is_none());
        assert!(uploads.get("5", mine).is_some());
    }
}
