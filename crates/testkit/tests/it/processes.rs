//! What a test starts ends with it.

use std::time::Duration;

use testkit::watched::Watch;

#[test]
fn a_program_ends_with_its_value_and_its_litter_goes() {
    let dir = tempfile::tempdir().expect("a directory");
    let litter = dir.path().join("litter");
    std::fs::create_dir(&litter).expect("a directory");
    let watched = Watch::new("sleep", dir.path().join("log"))
        .arg("600")
        .then_remove(&litter)
        .start();
    let pid = watched.pid();
    assert!(watched.is_running());
    drop(watched);
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    assert!(!litter.exists());
}

#[test]
fn a_program_that_dies_is_noticed_with_its_words() {
    let dir = tempfile::tempdir().expect("a directory");
    let watched = Watch::new("sh", dir.path().join("log"))
        .args(["-c", "echo no room; exit 3"])
        .start();
    let waited = watched.wait_until(Duration::from_secs(20), |_| None::<()>);
    assert_eq!(waited, None);
    assert_eq!(watched.printed(), "no room\n");
    assert_eq!(watched.stop().code(), Some(3));
}

#[test]
fn a_kill_is_a_kill() {
    let dir = tempfile::tempdir().expect("a directory");
    let watched = Watch::new("sh", dir.path().join("log"))
        .args([
            "-c",
            "trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done",
        ])
        .start();
    let up = watched.wait_until(Duration::from_secs(20), |w| {
        w.printed().contains("up").then_some(())
    });
    assert_eq!(up, Some(()));
    assert_eq!(watched.stop_with("KILL").code(), Some(128 + 9));
}
