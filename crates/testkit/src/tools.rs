//! Where the programs and scripts that tests need are found.

use std::path::{Path, PathBuf};

/// Looks a program up in the search path and in the folders given.
pub fn find_program(name: &str, also_in: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(also_in.iter().cloned())
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

/// The folder with PostgreSQL's server programs: the newest that Debian's packages brought, else
/// the one in the search path.
pub fn postgres_programs() -> Option<PathBuf> {
    let version = |dir: &Path| {
        dir.parent()
            .and_then(Path::file_name)
            .and_then(|name| name.to_str()?.parse::<u32>().ok())
    };
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|dir| dir.join("initdb").is_file() && dir.join("postgres").is_file())
        .collect();
    found.sort_by_key(|dir| version(dir));
    found
        .pop()
        .or_else(|| Some(find_program("initdb", &[])?.parent()?.to_owned()))
}

/// The build's profile folder (`target/debug` in an ordinary test run), where the program lies.
///
/// # Panics
/// When the running program lies in no build folder.
pub fn profile_dir() -> PathBuf {
    let exe = std::env::current_exe().expect("a test knows its own file");
    let dir = exe.parent().expect("a file lies in a folder");
    let dir = if dir.ends_with("deps") {
        dir.parent().expect("`deps` lies in the profile's folder")
    } else {
        dir
    };
    dir.to_owned()
}

/// The folder of fetched tools: `REBOUND_TOOLS`, else `tools` in the build folder.
pub fn tools_dir() -> PathBuf {
    std::env::var_os("REBOUND_TOOLS").map_or_else(|| profile_dir().join("../tools"), PathBuf::from)
}

/// The built `rebound`: `REBOUND_BIN`, else the one beside the running test.
///
/// # Panics
/// When it has not been built.
pub fn rebound() -> PathBuf {
    let binary = std::env::var_os("REBOUND_BIN")
        .map_or_else(|| profile_dir().join("rebound"), PathBuf::from);
    assert!(
        binary.is_file(),
        "there is no program at {}: build it first with `cargo build -p rebound`, or run `cargo xtask test`",
        binary.display()
    );
    binary
}
