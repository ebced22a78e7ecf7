//! A small disk in memory, mounted in a namespace of its own so that a test that fills it needs no rights on the machine. The tests of the
//! binary take this file in by its path.

use std::process::Command;

/// Runs a test of this program again with a disk of so many MiB; it finds the disk by the variable.
pub fn run(test: &str, mib: u32, variable: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let disk = folder.path().display();
    let script = format!("mount -t tmpfs -o size={mib}m none '{disk}' && exec \"$0\" --exact {test} --nocapture");
    let status = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &script])
        .arg(std::env::current_exe().expect("this program"))
        .env(variable, folder.path())
        .status()
        .expect("unshare (util-linux) runs");
    assert!(status.success(), "on the small disk: see above; where namespaces are forbidden, run the tests as root");
}
