//! The real program, serving on a free port.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output};
use std::time::Duration;

use tempfile::TempDir;

use crate::client::Client;
use crate::tools;
use crate::watched::{Watch, Watched};

/// How long the program may take to answer on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// What to start. Nothing said means: the built program, a SQLite database in a fresh folder.
#[derive(Debug, Default)]
pub struct Launch {
    binary: Option<PathBuf>,
    database: Option<String>,
    interface: Option<String>,
    args: Vec<OsString>,
    envs: Vec<(OsString, OsString)>,
}

impl Launch {
    /// The built program on a SQLite database of its own.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another build of the program.
    pub fn binary(mut self, binary: impl Into<PathBuf>) -> Self {
        self.binary = Some(binary.into());
        self
    }

    /// Another database.
    pub fn database(mut self, url: impl Into<String>) -> Self {
        self.database = Some(url.into());
        self
    }

    /// Another interface to listen on, such as `0.0.0.0` for all.
    pub fn interface(mut self, address: impl Into<String>) -> Self {
        self.interface = Some(address.into());
        self
    }

    /// One more argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// One more environment variable.
    pub fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.envs
            .push((key.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Starts it and waits until it answers.
    ///
    /// # Panics
    /// When it does not.
    pub fn start(self) -> Server {
        let home = tempfile::Builder::new()
            .prefix("rebound-home-")
            .tempdir()
            .expect("a temporary directory can be made");
        let database = self
            .database
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", home.path().join("rebound.db").display()));
        let binary = self.binary.clone().unwrap_or_else(tools::rebound);
        let mut server = Server {
            launch: self,
            binary,
            database,
            home,
            base: String::new(),
            process: None,
            runs: 0,
        };
        server.run();
        server
    }
}

/// The program, running; stopped when this value goes.
#[derive(Debug)]
pub struct Server {
    launch: Launch,
    binary: PathBuf,
    database: String,
    home: TempDir,
    base: String,
    process: Option<Watched>,
    runs: u32,
}

impl Server {
    /// Starts the built program on a SQLite database of its own.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn start() -> Self {
        Launch::new().start()
    }

    /// Its address without a path.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The database it runs on.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The folder that stands for the person's home.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The program's process id.
    ///
    /// # Panics
    /// When it is stopped.
    pub fn pid(&self) -> u32 {
        self.process.as_ref().expect("the program is running").pid()
    }

    /// All it has printed since its last start, both streams together.
    pub fn printed(&self) -> String {
        std::fs::read(self.log())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// A person who has not been here before.
    pub fn client(&self) -> Client {
        Client::new(&self.base)
    }

    /// A person who has gone through the first-run page.
    pub fn first_person(&self) -> Client {
        let client = self.client();
        client.first_run("Robin Ames", "Europe/Berlin");
        client
    }

    /// Runs a command of the program on the same database: `server.command(&["no", "Ada Example"])`.
    ///
    /// # Panics
    /// When the program cannot be run.
    pub fn command<A: AsRef<OsStr>>(&self, args: &[A]) -> Output {
        self.plain_command()
            .args(args)
            .output()
            .unwrap_or_else(|e| panic!("{} cannot be run: {e}", self.binary.display()))
    }

    /// The command line with the same database and home, to add to.
    pub fn plain_command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg("--database")
            .arg(&self.database)
            .env("HOME", self.home())
            .env("XDG_DATA_HOME", self.home())
            .env_remove("REBOUND_DATABASE");
        command
    }

    /// Asks it to stop, as a service manager does, and waits until it has.
    pub fn stop(&mut self) -> Option<ExitStatus> {
        self.process.take().map(Watched::stop)
    }

    /// Kills it without warning.
    pub fn kill9(&mut self) -> Option<ExitStatus> {
        self.process.take().map(|p| p.stop_with("KILL"))
    }

    /// Starts it again after [`Server::stop`] or [`Server::kill9`], at the same address.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn restart(&mut self) {
        self.stop();
        self.run();
    }

    fn log(&self) -> PathBuf {
        self.home.path().join(format!("log-{}", self.runs))
    }

    fn run(&mut self) {
        self.runs += 1;
        let port = self.base.rsplit_once(':').map_or("0", |(_, port)| port);
        let interface = self.launch.interface.as_deref().unwrap_or("127.0.0.1");
        let process = Watch::new(&self.binary, self.log())
            .arg("--database")
            .arg(&self.database)
            .args(["serve", "--bind", &format!("{interface}:{port}")])
            .args(&self.launch.args)
            .env("HOME", self.home())
            .env("XDG_DATA_HOME", self.home())
            .without_env("REBOUND_DATABASE")
            .envs(&self.launch.envs)
            .start();
        let base = process.wait_until(PATIENCE, |p| announced(&p.printed()));
        let Some(base) = base else {
            panic!(
                "{} did not start serving; it printed:\n{}",
                self.binary.display(),
                process.printed()
            );
        };
        self.base = base;
        self.process = Some(process);
    }
}

/// The address in the program's line `Rebound is at http://127.0.0.1:7700`, spoken as the loopback
/// number so that no name has to be resolved.
fn announced(printed: &str) -> Option<String> {
    let (_, rest) = printed.split_once("Rebound is at ")?;
    // A line still being written has no end yet.
    let (line, _) = rest.split_once('\n')?;
    let url = line.split_whitespace().next()?.trim_end_matches(['/', '.']);
    Some(url.replace("//localhost:", "//127.0.0.1:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_once_its_line_is_whole() {
        assert_eq!(announced("Rebound is at http://local"), None);
        assert_eq!(
            announced("note\nRebound is at http://localhost:7700\n").as_deref(),
            Some("http://127.0.0.1:7700")
        );
    }
}
