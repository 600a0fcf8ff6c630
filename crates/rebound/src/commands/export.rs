//! `rebound export`.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use app::export::{self, Target, Written};
use app::noes::Filter;
use app::{App, AppError, Kind, Seller};
use serde_json::json;

use crate::cli::{Export, Global};
use crate::{output, place};

pub(crate) fn run(global: &Global, ask: Export) -> Result<(), AppError> {
    let target = Target::parse(&ask.format)?;
    if global.json && ask.file.is_none() && target != Target::Json {
        return Err(AppError::invalid(
            "format",
            "With --json, name a file to write to, or use --format json for the attempts themselves.",
        ));
    }
    if let Some(path) = &ask.file {
        may_write(path, ask.force)?;
    }
    let app = place::open(global)?;
    let me = place::me(&app, global)?;
    let Some(path) = ask.file else {
        return to_standard_output(&app, &me, target);
    };
    let done = to_file(&app, &me, target, &path)?;
    let object = json!({
        "file": path.display().to_string(),
        "rows": done.rows,
        "attempts": done.attempts,
        "left_out": done.left_out,
    });
    let mut text = format!(
        "{} written to {}.",
        output::count(done.attempts, "attempt"),
        path.display()
    );
    if let Some(why) = left_out(target, done) {
        text.push_str(&format!(" {why}"));
    }
    text.push('\n');
    output::result(global.json, &object, &text)
}

/// Nothing that stands there is written over unasked.
fn may_write(path: &Path, force: bool) -> Result<(), AppError> {
    place::not_a_folder(path)?;
    let refused = |why: &str| AppError::new(Kind::Refused, format!("{} {why}.", path.display()));
    match path.symlink_metadata() {
        Ok(there) if !there.is_file() => Err(refused("is no ordinary file")
            .with_hint("Name another file, or none to write to standard output.")),
        Ok(_) if !force => Err(refused("exists already")
            .with_hint("Name another file, or add --force to write over it.")),
        _ => Ok(()),
    }
}

/// What a CRM has no place for.
fn left_out(target: Target, done: Written) -> Option<String> {
    let Target::Crm(format) = target else {
        return None;
    };
    let (has, was) = match done.left_out {
        0 => return None,
        1 => ("has", "was"),
        _ => ("have", "were"),
    };
    Some(format!(
        "{} {has} no place in {} and {was} left out.",
        done.left_out,
        format.code()
    ))
}

fn to_file(app: &App, me: &Seller, target: Target, path: &Path) -> Result<Written, AppError> {
    let wrong = |e: io::Error| AppError::file("Cannot write", path, &e);
    // Written beside and moved into place, so that a broken export never stands for a whole one.
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    // What an earlier export left behind may be open to others.
    let _ = std::fs::remove_file(&partial);
    let out = BufWriter::new(private_file(&partial).map_err(wrong)?);
    let written = export::write(app, me, target, Filter::default(), out).and_then(|(out, done)| {
        let file = out.into_inner().map_err(|e| wrong(e.into_error()))?;
        file.sync_all().map_err(wrong)?;
        std::fs::rename(&partial, path).map_err(wrong)?;
        Ok(done)
    });
    written.inspect_err(|_| {
        let _ = std::fs::remove_file(&partial);
    })
}

/// A new file that only its owner may read.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

fn to_standard_output(app: &App, me: &Seller, target: Target) -> Result<(), AppError> {
    let gone = Arc::new(AtomicBool::new(false));
    let out = BufWriter::new(Pipe(gone.clone()));
    let written =
        export::write(app, me, target, Filter::default(), out).and_then(|(mut out, done)| {
            out.flush()
                .map_err(|e| AppError::new(Kind::Busy, format!("Cannot write the export: {e}.")))?;
            Ok(done)
        });
    match written {
        // Whoever read the beginning has what they wanted, as with `| head`.
        _ if gone.load(Ordering::Relaxed) => Ok(()),
        Err(e) => Err(e),
        Ok(done) => {
            if let Some(why) = left_out(target, done) {
                output::note(&why);
            }
            Ok(())
        }
    }
}

/// Standard output that remembers whether the reader has left.
struct Pipe(Arc<AtomicBool>);

impl Pipe {
    fn watch<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|e| {
            if e.kind() == io::ErrorKind::BrokenPipe {
                self.0.store(true, Ordering::Relaxed);
            }
        })
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.watch(io::stdout().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.watch(io::stdout().flush())
    }
}
