//! `rebound export`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use app::export::{self, Target};
use app::noes::Filter;
use app::{AppError, Kind};
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
    let app = place::open(global)?;
    let me = place::me(&app)?;
    let Some(path) = ask.file else {
        let gone = Arc::new(AtomicBool::new(false));
        let out = BufWriter::new(Pipe(gone.clone()));
        let written =
            export::write(&app, &me, target, Filter::default(), out).and_then(|(mut out, _)| {
                out.flush().map_err(|e| {
                    AppError::new(Kind::Busy, format!("Cannot write the export: {e}."))
                })
            });
        // Whoever read the beginning has what they wanted, as with `| head`.
        return if gone.load(Ordering::Relaxed) {
            Ok(())
        } else {
            written
        };
    };
    let wrong = |e: std::io::Error| AppError::file("Cannot write", &path, &e);
    // Written beside and moved into place, so that a broken export never stands for a whole one.
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let out = BufWriter::new(File::create(&partial).map_err(wrong)?);
    let written =
        export::write(&app, &me, target, Filter::default(), out).and_then(|(out, rows)| {
            let file = out.into_inner().map_err(|e| wrong(e.into_error()))?;
            file.sync_all().map_err(wrong)?;
            Ok(rows)
        });
    let rows = written.inspect_err(|_| {
        let _ = std::fs::remove_file(&partial);
    })?;
    std::fs::rename(&partial, &path).map_err(wrong)?;
    let object = json!({ "file": path.display().to_string(), "rows": rows });
    output::result(
        global.json,
        &object,
        &format!("{rows} attempts written to {}.\n", path.display()),
    )
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
