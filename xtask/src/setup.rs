//! Installing what the tests need and a bare Debian machine lacks.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use testkit::tools::{find_program, postgres_programs};
use testkit::watched::is_root;

use crate::shell;

const CARGO_DENY: &str = "0.20.2";
const AXE_CORE: &str = "4.14.1";

/// Something a test runs, and the Debian package that brings it.
struct Need {
    what: &'static str,
    package: &'static str,
    present: fn() -> bool,
}

const NEEDS: [Need; 9] = [
    Need {
        what: "a C compiler",
        package: "gcc",
        present: || on_path("cc"),
    },
    Need {
        what: "the C library's headers",
        package: "libc6-dev",
        present: || Path::new("/usr/include/stdlib.h").is_file(),
    },
    Need {
        what: "PostgreSQL's server programs",
        package: "postgresql",
        present: || postgres_programs().is_some(),
    },
    Need {
        what: "Chromium",
        package: "chromium",
        present: || on_path("chromium"),
    },
    Need {
        what: "Chromium's driver",
        package: "chromium-driver",
        present: || on_path("chromedriver"),
    },
    Need {
        what: "certutil",
        package: "libnss3-tools",
        present: || on_path("certutil"),
    },
    Need {
        what: "curl",
        package: "curl",
        present: || on_path("curl"),
    },
    Need {
        what: "openssl",
        package: "openssl",
        present: || on_path("openssl"),
    },
    Need {
        what: "Node",
        package: "nodejs",
        present: || on_path("node"),
    },
];

/// Installs all of it.
pub(crate) fn everything() -> Result<()> {
    prerequisites()?;
    cargo_deny()?;
    Ok(())
}

/// Installs what must be there before anything is tested; says what it installs.
pub(crate) fn prerequisites() -> Result<()> {
    rust_components()?;
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.present)()).collect();
    let mut packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let axe = shell::tools()?.join("axe.min.js");
    let fetch_axe = !axe.is_file() || !axe_is_current(&axe);
    let fetch_provider = !provider_is_current()?;
    if (fetch_axe || fetch_provider) && !on_path("npm") {
        packages.push("npm");
    }
    if !packages.is_empty() {
        println!("installing {}", packages.join(", "));
        apt_install(&packages)?;
        for need in missing {
            if !(need.present)() {
                bail!(
                    "{} is still missing after installing the package `{}`",
                    need.what,
                    need.package
                );
            }
        }
    }
    if fetch_axe {
        fetch_axe_core(&axe)?;
    }
    if fetch_provider && let Err(error) = fetch_openid_provider() {
        // Tests that need it are skipped by name; nothing else depends on it.
        println!("without the OpenID provider: {error:#}");
    }
    Ok(())
}

/// `cargo deny` at the version this repository is checked with, built from source once.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    cargo_tool("cargo-deny", Some(CARGO_DENY))
}

/// A cargo tool in the folder of fetched tools; without a version any one will do.
pub(crate) fn cargo_tool(name: &str, version: Option<&str>) -> Result<PathBuf> {
    let tools = shell::tools()?;
    let program = tools.join("bin").join(name);
    let stamp = tools.join(format!("{name}.version"));
    let wanted = version.unwrap_or("any");
    let have = std::fs::read_to_string(&stamp).unwrap_or_default();
    if program.is_file() && have == wanted {
        return Ok(program);
    }
    let mut install = shell::cargo();
    install
        .args(["install", name, "--locked", "--force", "--root"])
        .arg(&tools)
        // Its own build folder: it must not wait for the workspace's.
        .env("CARGO_TARGET_DIR", tools.join(format!("build-{name}")))
        .env_remove("RUSTFLAGS");
    if let Some(version) = version {
        install.args(["--version", version]);
    }
    shell::quietly(&mut install, &tools.join(format!("{name}.log")))
        .with_context(|| format!("{name} could not be built"))?;
    std::fs::write(&stamp, wanted)?;
    // Hundreds of megabytes that nothing needs again; left behind, they do no harm.
    let _ = std::fs::remove_dir_all(tools.join(format!("build-{name}")));
    Ok(program)
}

/// Installs Debian packages, as root or through `sudo` without a question.
pub(crate) fn apt_install(packages: &[&str]) -> Result<()> {
    let by_hand = format!("apt-get install {}", packages.join(" "));
    if !on_path("apt-get") {
        bail!(
            "this machine has no apt-get: install what these Debian packages bring, then try again: {}",
            packages.join(", ")
        );
    }
    if !is_root() && !shell::succeeds(Command::new("sudo").args(["-n", "true"])) {
        bail!("installing needs an administrator: run `sudo {by_hand}`, then try again");
    }
    let log = shell::tools()?.join("apt.log");
    let apt = |words: &[&str]| {
        let mut command = if is_root() {
            Command::new("env")
        } else {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", "env"]);
            sudo
        };
        command
            .args([
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "--quiet",
                "--yes",
            ])
            .args(words);
        shell::quietly(&mut command, &log)
    };
    let mut install = vec!["install", "--no-install-recommends"];
    install.extend(packages);
    if apt(&install).is_ok() {
        return Ok(());
    }
    // A fresh machine has no package lists, or old ones.
    apt(&["update"])?;
    apt(&install).with_context(|| format!("try it by hand: {by_hand}"))
}

fn rust_components() -> Result<()> {
    for (component, command) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if shell::succeeds(shell::cargo().args([command, "--version"])) {
            continue;
        }
        let add = format!("rustup component add {component}");
        println!("adding {component} to the Rust toolchain");
        let mut rustup = Command::new("rustup");
        rustup.args(["component", "add", component]);
        if !shell::succeeds(&mut rustup) {
            bail!("{component} is missing from the Rust toolchain: run `{add}`, then try again");
        }
    }
    Ok(())
}

fn fetch_axe_core(file: &Path) -> Result<()> {
    println!("fetching axe-core {AXE_CORE}");
    let tools = shell::tools()?;
    let log = tools.join("axe-core.log");
    let package = format!("axe-core@{AXE_CORE}");
    let mut pack = Command::new("npm");
    pack.args(["pack", "--silent", &package])
        .current_dir(&tools);
    shell::quietly(&mut pack, &log).with_context(|| format!("{package} could not be fetched"))?;
    let archive = tools.join(format!("axe-core-{AXE_CORE}.tgz"));
    let mut unpack = Command::new("tar");
    unpack
        .args(["--extract", "--gzip", "--strip-components=1", "--file"])
        .arg(&archive)
        .arg("package/axe.min.js")
        .current_dir(&tools);
    shell::quietly(&mut unpack, &log)?;
    std::fs::remove_file(&archive)?;
    if !axe_is_current(file) {
        bail!(
            "what was fetched as {package} is not that: see {}",
            file.display()
        );
    }
    Ok(())
}

/// What the OpenID provider of the tests is made of; our lock file pins every package of it.
const PROVIDER_FILES: [&str; 2] = ["package.json", "package-lock.json"];

fn provider_folder() -> Result<PathBuf> {
    Ok(shell::tools()?.join("oidc"))
}

/// Whether what is installed is what the repository asks for.
fn provider_is_current() -> Result<bool> {
    let (there, wanted) = (
        provider_folder()?,
        shell::root().join("crates/testkit/oidc"),
    );
    let lock = |folder: &Path| std::fs::read(folder.join("package-lock.json")).ok();
    Ok(there.join("node_modules/.package-lock.json").is_file() && lock(&there) == lock(&wanted))
}

fn fetch_openid_provider() -> Result<()> {
    println!("fetching the OpenID provider of the tests");
    let folder = provider_folder()?;
    std::fs::create_dir_all(&folder)?;
    for file in PROVIDER_FILES {
        let from = shell::root().join("crates/testkit/oidc").join(file);
        std::fs::copy(&from, folder.join(file))
            .with_context(|| format!("{} cannot be read", from.display()))?;
    }
    let mut install = Command::new("npm");
    install
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder);
    shell::quietly(&mut install, &shell::tools()?.join("oidc.log"))
}

/// The file names its version in its first line.
fn axe_is_current(file: &Path) -> bool {
    std::fs::read_to_string(file).is_ok_and(|text| {
        let head: String = text.chars().take(200).collect();
        head.contains(&format!("axe v{AXE_CORE}"))
    })
}

fn on_path(program: &str) -> bool {
    find_program(program, &[]).is_some()
}
