//! Child processes that never outlive the test that started them.
//!
//! A small shell stands between the test and the program and reads from a pipe that only the test
//! holds. When the test ends, however it ends, the pipe closes, and the shell stops the program and
//! sweeps up behind it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The program leads a process group of its own and announces itself from inside it, on descriptor
/// 3, so that there is no moment in which it could miss the signal. One that does not listen is
/// killed after a while.
const WATCHDOG: &str = r#"
exec 3>&1 1>&2
trap : INT TERM HUP
signal=$1 litter=$2
shift 2
setsid sh -c 'echo "$$" >&3; exec "$@" 3>&-' announce "$@" </dev/null &
pid=$!
exec 3>&-
read -r asked && signal=$asked
kill -s "$signal" -- "-$pid" 2>/dev/null
(
    trap 'kill $!; exit' TERM
    sleep 20 &
    wait $!
    kill -s KILL -- "-$pid"
) 2>/dev/null &
backstop=$!
wait "$pid" 2>/dev/null
status=$?
kill "$backstop"
kill -s KILL -- "-$pid" 2>/dev/null
[ -z "$litter" ] || rm -rf -- "$litter"
exit "$status"
"#;

/// What to run and how to end it.
pub struct Watch {
    program: OsString,
    args: Vec<OsString>,
    envs: Vec<(OsString, OsString)>,
    cleared: Vec<OsString>,
    signal: &'static str,
    litter: Option<PathBuf>,
    log: PathBuf,
}

impl Watch {
    /// Runs `program` with what it prints, on both streams, going to `log`.
    pub fn new(program: impl AsRef<OsStr>, log: impl Into<PathBuf>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            args: Vec::new(),
            envs: Vec::new(),
            cleared: Vec::new(),
            signal: "TERM",
            litter: None,
            log: log.into(),
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    pub fn args<I: IntoIterator<Item = A>, A: AsRef<OsStr>>(mut self, args: I) -> Self {
        self.args
            .extend(args.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.envs
            .push((key.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Sets environment variables.
    pub fn envs(mut self, envs: &[(OsString, OsString)]) -> Self {
        self.envs.extend_from_slice(envs);
        self
    }

    /// Removes an environment variable.
    pub fn without_env(mut self, key: impl AsRef<OsStr>) -> Self {
        self.cleared.push(key.as_ref().to_owned());
        self
    }

    /// The signal that ends the program when the test ends; `TERM` unless said otherwise.
    pub fn ends_with(mut self, signal: &'static str) -> Self {
        self.signal = signal;
        self
    }

    /// A directory to remove once the program has ended.
    pub fn then_remove(mut self, dir: impl Into<PathBuf>) -> Self {
        self.litter = Some(dir.into());
        self
    }

    /// Starts the program.
    ///
    /// # Panics
    /// When no shell can be started or the log cannot be written.
    pub fn start(self) -> Watched {
        let log = File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .unwrap_or_else(|e| panic!("cannot write the log {}: {e}", self.log.display()));
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(WATCHDOG)
            .arg("watchdog")
            .arg(self.signal)
            .arg(self.litter.as_deref().unwrap_or(Path::new("")))
            .arg(&self.program)
            .args(&self.args)
            .envs(self.envs)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log);
        for key in self.cleared {
            command.env_remove(key);
        }
        let mut shell = command.spawn().expect("every machine has a shell");
        let mut first = String::new();
        let out = shell.stdout.take().expect("the pipe was asked for");
        BufReader::new(out)
            .read_line(&mut first)
            .expect("the shell's first line can be read");
        let pid = first
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("{:?} could not be started", self.program));
        Watched {
            leash: shell.stdin.take(),
            shell,
            pid,
            log: self.log,
        }
    }
}

/// A program that is running, and ends when this value goes.
#[derive(Debug)]
pub struct Watched {
    shell: Child,
    leash: Option<ChildStdin>,
    pid: u32,
    log: PathBuf,
}

impl Watched {
    /// The program's process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// All the program has printed so far.
    pub fn printed(&self) -> String {
        fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// Whether the program is still running.
    pub fn is_running(&self) -> bool {
        let Ok(stat) = fs::read_to_string(format!("/proc/{}/stat", self.pid)) else {
            return false;
        };
        // The name in brackets may hold anything; the state follows the last bracket.
        stat.rsplit_once(") ")
            .is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
    }

    /// Ends the program with the signal chosen at its start and waits until it is gone.
    pub fn stop(mut self) -> ExitStatus {
        self.end(None)
    }

    /// Ends the program with this signal (`KILL`, `TERM`, ...) and waits until it is gone.
    pub fn stop_with(mut self, signal: &str) -> ExitStatus {
        self.end(Some(signal))
    }

    /// Waits until `ready` gives a value; `None` when the program ended or the time ran out.
    pub fn wait_until<T>(
        &self,
        limit: Duration,
        mut ready: impl FnMut(&Self) -> Option<T>,
    ) -> Option<T> {
        let start = Instant::now();
        loop {
            let running = self.is_running();
            if let Some(value) = ready(self) {
                return Some(value);
            }
            if !running || start.elapsed() > limit {
                return None;
            }
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    fn end(&mut self, signal: Option<&str>) -> ExitStatus {
        if let (Some(mut leash), Some(signal)) = (self.leash.take(), signal) {
            // A shell that is gone has nothing left to stop.
            let _ = writeln!(leash, "{signal}");
        }
        self.shell.wait().expect("a child can be waited for")
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.end(None);
    }
}

/// The words to put before a command so that it runs without root's rights; none when they are
/// not held anyway.
pub fn unprivileged() -> Vec<&'static str> {
    if is_root() {
        vec![
            "setpriv",
            "--reuid=nobody",
            "--regid=nogroup",
            "--clear-groups",
        ]
    } else {
        Vec::new()
    }
}

/// Whether this process runs as root.
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

/// A port nobody listens on just now.
///
/// # Panics
/// When the machine has no loopback address.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("loopback has a free port")
        .port()
}
