//! The API held against its own document: requests made up from it, good and bad, by schemathesis.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use testkit::client::Client;
use testkit::postgres_server::PostgresServer;
use testkit::server::{Launch, Server};

use crate::{setup, shell};

const SCHEMATHESIS: &str = "4.32.5";

/// Runs every check on every operation, on a made-up ledger, on SQLite and on PostgreSQL.
pub(crate) fn run(examples: u32) -> Result<()> {
    let program = install()?;
    shell::openly(shell::cargo().args(["build", "--package", "rebound"]))?;
    let postgres = PostgresServer::start();
    let database = format!("{}/postgres", postgres.url());
    on("SQLite", Launch::new(), &program, examples)?;
    on(
        "PostgreSQL",
        Launch::new().database(database),
        &program,
        examples,
    )
}

fn on(name: &str, launch: Launch, program: &Path, examples: u32) -> Result<()> {
    let server = launch
        .binary(shell::target()?.join("debug/rebound"))
        .start();
    let token = made_up(&server)?;
    let deal = open_deal(&server, &token)?;
    let folder = shell::target()?.join("long");
    std::fs::create_dir_all(&folder)?;
    let config = folder.join("schemathesis.toml");
    std::fs::write(&config, configured(&token, &deal))?;
    let log = folder.join(format!("schemathesis-{}.log", name.to_ascii_lowercase()));
    let mut command = Command::new(program);
    command
        .arg("--config-file")
        .arg(&config)
        .args(["run", &format!("{}/api/v1/openapi.json", server.base())])
        .args(["--checks", "all", "--continue-on-failure", "--no-color"])
        .args(["--workers", "2", "--rate-limit", "90/s"])
        .args(["--max-examples", &examples.to_string()])
        .current_dir(&folder);
    let done = shell::quietly(&mut command, &log);
    let printed = String::from_utf8_lossy(&std::fs::read(&log)?).into_owned();
    if let Some((_, summary)) = printed.split_once(" SUMMARY ") {
        let summary = summary.trim_start_matches(['=', '\n']).trim_end();
        println!("On {name}:\n{summary}\n");
    }
    if server.printed().contains("panicked") {
        bail!("the program panicked:\n{}", server.printed());
    }
    done
}

/// Schemathesis in a Python environment of its own in the folder of fetched tools.
fn install() -> Result<PathBuf> {
    let folder = shell::tools()?.join("schemathesis");
    let program = folder.join("bin/schemathesis");
    let stamp = folder.join("version");
    if program.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|v| v == SCHEMATHESIS) {
        return Ok(program);
    }
    println!("installing schemathesis {SCHEMATHESIS}");
    let log = shell::tools()?.join("schemathesis.log");
    let mut environment = Command::new("python3");
    environment.args(["-m", "venv", "--clear"]).arg(&folder);
    if shell::quietly(&mut environment, &log).is_err() {
        setup::apt_install(&["python3", "python3-venv"])?;
        shell::quietly(&mut environment, &log)?;
    }
    let mut pip = Command::new(folder.join("bin/pip"));
    pip.args([
        "install",
        "--quiet",
        &format!("schemathesis=={SCHEMATHESIS}"),
    ]);
    shell::quietly(&mut pip, &log).context("schemathesis could not be installed")?;
    std::fs::write(&stamp, SCHEMATHESIS)?;
    Ok(program)
}

/// A ledger with something of everything, and a token that may read and write it.
fn made_up(server: &Server) -> Result<String> {
    for n in 1..=12 {
        let who = format!("Prospect {n}, Made-up Works");
        let verb = if n % 4 == 0 { "yes" } else { "no" };
        let mut args = vec![verb, &who, "--segment", "Printers", "--pitch", "Short"];
        if verb == "no" {
            args.extend(["--why", "N4"]);
        }
        said(server, &args)?;
    }
    let scopes = ["--scope", "ledger:read", "--scope", "ledger:write"];
    let token = said(
        server,
        &[&["token", "add", "made up"][..], &scopes].concat(),
    )?;
    Ok(token.trim().to_owned())
}

fn said(server: &Server, args: &[&str]) -> Result<String> {
    let ran = server.command(args);
    if !ran.status.success() {
        bail!("`rebound {}` failed: {ran:?}", args.join(" "));
    }
    Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
}

/// Opens a deal and says its id.
fn open_deal(server: &Server, token: &str) -> Result<String> {
    let client = Client::new(server.base());
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let page = client.send("GET", "/api/v1/prospects?limit=1", &headers, &[]);
    let prospect = first_id(&page.text())?;
    let new = format!("{{\"prospect\":\"{prospect}\",\"title\":\"The press\"}}");
    let made = client.send("POST", "/api/v1/deals", &headers, new.as_bytes());
    first_id(&made.text())
}

fn first_id(json: &str) -> Result<String> {
    let (_, rest) = json.split_once("\"id\":\"").context("no id was given")?;
    Ok(rest.chars().take_while(|c| *c != '"').collect())
}

/// What schemathesis is told: the token, a deal to close and open again, and that a request that fits
/// its schema may still be refused with 409 or 422 — a time that lies ahead, a name two people have,
/// a reason that is not on the list: what no schema can say.
fn configured(token: &str, deal: &str) -> String {
    let mut text = format!(
        "headers = {{ Authorization = \"Bearer {token}\" }}\n\n\
         [checks.positive_data_acceptance]\n\
         expected-statuses = [\"2xx\", \"401\", \"403\", \"404\", \"409\", \"422\"]\n"
    );
    for act in ["close", "reopen"] {
        text.push_str(&format!(
            "\n[[operations]]\ninclude-path = \"/api/v1/deals/{{id}}/{act}\"\n\
             parameters = {{ id = \"{deal}\" }}\n"
        ));
    }
    text
}
