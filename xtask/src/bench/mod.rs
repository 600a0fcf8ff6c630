//! The whole program measured from outside, against the bars it has to meet.

pub(crate) mod bulk;
mod data;
mod process;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use testkit::client::Client;
use testkit::server::{Launch, Server};

use crate::shell;
use process::{Meter, memory};

/// One line of the table.
struct Row {
    what: String,
    measured: String,
    bar: &'static str,
    /// Whether the bar is met; nothing where there is none.
    met: Option<bool>,
}

struct Bench {
    rows: Vec<Row>,
    meter: Meter,
    binary: PathBuf,
    scratch: tempfile::TempDir,
}

/// Measures everything, or with `small` everything but the largest ledger.
pub(crate) fn run(small: bool) -> Result<()> {
    eprintln!("building the program as it is released");
    let log = shell::target()?.join("gate/release.log");
    let mut build = shell::cargo();
    build.args(["build", "--release", "--package", "rebound"]);
    shell::quietly(&mut build, &log)?;
    let mut bench = Bench {
        rows: Vec::new(),
        meter: Meter::new()?,
        binary: shell::target()?.join("release/rebound"),
        scratch: tempfile::tempdir()?,
    };
    bench.start_up()?;
    bench.first_page()?;
    bench.log_noes()?;
    let sizes: &[usize] = if small { &[50_000] } else { &[50_000, 500_000] };
    for &size in sizes {
        bench.ledger(size)?;
    }
    bench.bank()?;
    bench.print();
    let missed = missed(&bench.rows);
    if !missed.is_empty() {
        bail!("missed: {}", missed.join("; "));
    }
    Ok(())
}

/// The bars that are not met, with what was measured.
fn missed(rows: &[Row]) -> Vec<String> {
    rows.iter()
        .filter(|row| row.met == Some(false))
        .map(|row| format!("{} ({}, not {})", row.what, row.measured, row.bar))
        .collect()
}

impl Bench {
    fn add(
        &mut self,
        what: impl Into<String>,
        measured: String,
        bar: &'static str,
        met: Option<bool>,
    ) {
        let what = what.into();
        eprintln!("{what}: {measured}");
        self.rows.push(Row {
            what,
            measured,
            bar,
            met,
        });
    }

    fn serve(&self, database: &Path) -> Server {
        Launch::new()
            .binary(&self.binary)
            .database(format!("sqlite:{}", database.display()))
            .start()
    }

    /// From the start of the process to its first answer, on a database that is there already.
    fn start_up(&mut self) -> Result<()> {
        let database = self.scratch.path().join("start.db");
        let mut fresh = Duration::ZERO;
        let mut times = Vec::new();
        let mut cpu = Duration::ZERO;
        for round in 0..11 {
            let start = Instant::now();
            let server = self.serve(&database);
            server.client().get("/welcome");
            let took = start.elapsed();
            if round == 0 {
                fresh = took;
                continue;
            }
            times.push(took);
            cpu += self.meter.cpu(server.pid())?;
        }
        let (time, used) = (median(&mut times), cpu / 10);
        self.add(
            "start-up to first answer (median of 10)",
            format!("{} ({} CPU)", ms(time), ms(used)),
            "<= 0.2 s",
            Some(time <= Duration::from_millis(200)),
        );
        self.add("start-up that makes the database", ms(fresh), "", None);
        Ok(())
    }

    /// Bytes of the first page with all it loads, and memory of a program just begun to be used.
    fn first_page(&mut self) -> Result<()> {
        let server = self.serve(&self.scratch.path().join("first.db"));
        let idle = memory(server.pid(), "VmRSS")?;
        let welcome = page_bytes(&server.client(), "/welcome");
        let client = server.first_person();
        let today = page_bytes(&client, "/today");
        let worst = welcome.max(today);
        self.add(
            "first page with all it loads (first run; Today)",
            format!(
                "{:.1} kB; {:.1} kB",
                welcome as f64 / 1e3,
                today as f64 / 1e3
            ),
            "< 60 kB",
            Some(worst < 60_000),
        );
        let rss = memory(server.pid(), "VmRSS")?;
        self.add(
            "resident, just started; after the first pages",
            format!("{idle:.1} MiB; {rss:.1} MiB"),
            "<= 50 MiB",
            Some(rss <= 50.0),
        );
        Ok(())
    }

    /// Noes logged one after the other, then by four people at once; each durable when answered.
    fn log_noes(&mut self) -> Result<()> {
        let server = self.serve(&self.scratch.path().join("log.db"));
        let client = server.first_person();
        for number in 0..50 {
            log_no(&client, number)?;
        }
        let rounds = 1000;
        let before = self.meter.cpu(server.pid())?;
        let mut times = Vec::new();
        for number in 0..rounds {
            let start = Instant::now();
            log_no(&client, number)?;
            times.push(start.elapsed());
        }
        let cpu = (self.meter.cpu(server.pid())? - before) / rounds;
        times.sort();
        let slow = times[times.len() * 99 / 100];
        self.add(
            "log a no over HTTP, one after the other (p50; p99)",
            format!("{}; {}", ms(median(&mut times)), ms(slow)),
            "",
            None,
        );
        self.add(
            "CPU of logging a no",
            ms(cpu),
            "<= 1 ms",
            Some(cpu <= Duration::from_millis(1)),
        );
        let before = self.meter.cpu(server.pid())?;
        let start = Instant::now();
        let results: Vec<Result<()>> = std::thread::scope(|scope| {
            let hands: Vec<_> = (0..4)
                .map(|_| {
                    let client = &client;
                    scope.spawn(move || (0..rounds).try_for_each(|n| log_no(client, n)))
                })
                .collect();
            hands
                .into_iter()
                .map(|hand| hand.join().unwrap_or_else(|_| bail!("a client broke")))
                .collect()
        });
        results.into_iter().collect::<Result<()>>()?;
        let seconds = start.elapsed().as_secs_f64();
        let cpu = (self.meter.cpu(server.pid())? - before) / (4 * rounds);
        self.add(
            "four people logging at once",
            format!(
                "{:.0} a second, {} CPU each",
                f64::from(4 * rounds) / seconds,
                ms(cpu)
            ),
            "<= 1 ms CPU",
            Some(cpu <= Duration::from_millis(1)),
        );
        let most = memory(server.pid(), "VmHWM")?;
        self.add(
            "most memory while logging",
            format!("{most:.1} MiB"),
            "<= 50 MiB",
            Some(most <= 50.0),
        );
        Ok(())
    }

    /// A ledger of this size: importing it by command, then its pages.
    fn ledger(&mut self, size: usize) -> Result<()> {
        let csv = self.scratch.path().join(format!("{size}.csv"));
        data::write_csv(&csv, size)?;
        let database = self.scratch.path().join(format!("{size}.db"));
        let server = self.serve(&database);
        let client = server.first_person();
        let (wall, cpu) = self.import(&server, &csv, &[])?;
        let bar_applies = size == 50_000;
        self.add(
            format!("import {} rows", thousands(size)),
            format!(
                "{:.2} s CPU ({:.2} s)",
                cpu.as_secs_f64(),
                wall.as_secs_f64()
            ),
            // By CPU, as every time here: what a shared machine does besides is not the import's.
            if bar_applies { "<= 2 s CPU" } else { "" },
            bar_applies.then_some(cpu <= Duration::from_secs(2)),
        );
        let listed = client.get("/noes").text();
        let prospect = listed
            .split_once("href=\"/prospects/")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(id, _)| format!("/prospects/{id}"));
        let search = format!("/noes?q={}", data::COMMON_NAME);
        let mut pages = vec![
            "/today".to_owned(),
            "/noes".to_owned(),
            "/noes?o=no&stage=demo".to_owned(),
            "/noes?sort=who".to_owned(),
            "/evidence".to_owned(),
            search,
        ];
        pages.extend(prospect);
        for page in pages {
            let shown = if page.starts_with("/prospects/") {
                "/prospects/ID"
            } else {
                &page
            };
            let what = format!("{shown} over {} attempts", thousands(size));
            let cpu = self.page(&server, &client, &page)?;
            self.add(
                what,
                format!("{} CPU", ms(cpu)),
                "<= 10 ms CPU",
                Some(cpu <= Duration::from_millis(10)),
            );
        }
        let most = memory(server.pid(), "VmRSS")?;
        self.add(
            format!("resident after these pages, {} attempts", thousands(size)),
            format!("{most:.1} MiB"),
            "<= 50 MiB",
            Some(most <= 50.0),
        );
        Ok(())
    }

    /// Processor time a request for this page takes the server.
    fn page(&self, server: &Server, client: &Client, path: &str) -> Result<Duration> {
        let rounds = 100;
        let first = client.get(path);
        if first.status != 200 {
            bail!("{path} answered {}: {}", first.status, first.text());
        }
        let before = self.meter.cpu(server.pid())?;
        for _ in 0..rounds {
            client.get(path);
        }
        Ok((self.meter.cpu(server.pid())? - before) / rounds)
    }

    fn import(&self, server: &Server, file: &Path, more: &[&str]) -> Result<(Duration, Duration)> {
        let before = self.meter.children()?;
        let start = Instant::now();
        let output = server
            .plain_command()
            .arg("import")
            .arg(file)
            .args(more)
            .arg("--json")
            .stdin(Stdio::null())
            .output()?;
        let wall = start.elapsed();
        if !output.status.success() {
            bail!(
                "the import failed ({}): {}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            );
        }
        eprintln!("{}", summary(&String::from_utf8_lossy(&output.stdout)));
        Ok((wall, self.meter.children()? - before))
    }

    /// The marketing calls of a bank, where the shared data is at hand.
    fn bank(&mut self) -> Result<()> {
        let shared = std::env::var_os("REBOUND_SHARED")
            .map_or_else(|| shell::root().join("../shared"), PathBuf::from);
        let file = shared.join("data/bank/bank-full.csv");
        if !file.is_file() {
            self.add(
                "import bank-full.csv",
                "left out: it is not here".into(),
                "<= 4 s CPU",
                None,
            );
            return Ok(());
        }
        let server = self.serve(&self.scratch.path().join("bank.db"));
        server.first_person();
        let map = [
            "--map",
            "outcome=y",
            "--map",
            "attempts=campaign",
            "--map",
            "segment=job",
        ];
        let (wall, cpu) = self.import(&server, &file, &map)?;
        self.add(
            "import bank-full.csv (45,211 prospects, 124,956 attempts)",
            format!(
                "{:.2} s CPU ({:.2} s)",
                cpu.as_secs_f64(),
                wall.as_secs_f64()
            ),
            "<= 4 s CPU",
            Some(cpu <= Duration::from_secs(4)),
        );
        Ok(())
    }

    fn print(&self) {
        let machine = Command::new("nproc").output().ok();
        let cores = machine.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned());
        println!(
            "`cargo xtask bench` on {} cores:\n\n| what | measured | bar | |\n| --- | --- | --- | --- |",
            cores.unwrap_or_default()
        );
        for row in &self.rows {
            let met = match row.met {
                Some(true) => "met",
                Some(false) => "MISSED",
                None => "",
            };
            println!("| {} | {} | {} | {met} |", row.what, row.measured, row.bar);
        }
    }
}

fn log_no(client: &Client, number: u32) -> Result<()> {
    // Of one width: a name that begins another would be asked about, not logged.
    let who = format!("Ada Example {:03}", number % 500);
    let reply = client.post_form("/log", &[("other", &who), ("outcome", "no")]);
    if reply.status != 303 {
        bail!("logging answered {}: {}", reply.status, reply.text());
    }
    Ok(())
}

/// What a browser fetches to show a page: the page, its styles, scripts and pictures, each once,
/// compressed where the server offers it.
fn page_bytes(client: &Client, path: &str) -> usize {
    let fetch = |path: &str| {
        let headers = [("accept-encoding", "gzip, br, zstd")];
        client.send("GET", path, &headers, &[]).body.len()
    };
    let html = client.get(path).text();
    let mut parts: Vec<&str> = Vec::new();
    for tag in html.split('<').filter(|tag| {
        tag.starts_with("script") || tag.starts_with("img") || tag.starts_with("link")
    }) {
        let address = ["src=\"", "href=\""]
            .iter()
            .find_map(|key| tag.split_once(key)?.1.split_once('"'))
            .map(|(address, _)| address);
        parts.extend(address.filter(|a| a.starts_with('/') && !parts.contains(a)));
    }
    fetch(path) + parts.into_iter().map(fetch).sum::<usize>()
}

/// The counts of an import without its list of errors.
fn summary(json: &str) -> &str {
    json.split_once("\"errors\"")
        .map_or(json, |(counts, _)| counts)
        .trim()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

fn thousands(number: usize) -> String {
    if number < 1000 {
        return number.to_string();
    }
    format!("{},{:03}", number / 1000, number % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bar_that_is_not_met_is_named() {
        let row = |what: &str, met| Row {
            what: what.into(),
            measured: "11 ms".into(),
            bar: "<= 10 ms",
            met,
        };
        let rows = [row("a", Some(true)), row("b", None), row("c", Some(false))];
        assert_eq!(missed(&rows), ["c (11 ms, not <= 10 ms)"]);
    }
}
