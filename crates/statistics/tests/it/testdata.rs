//! Data of others, found through `QINGLIAN_TESTDATA`; without it a test says loudly that it does less. The tests of other crates take this
//! file in by its path.

use std::io::Write;
use std::path::{Path, PathBuf};

/// One file of it. `None`: it is not there, and was said to be missing.
pub fn testdata(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("QINGLIAN_TESTDATA").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let found = Some(folder.join(path)).filter(|path| path.exists());
    if found.is_none() {
        // Written past the macros: what those print is shown of failing tests only.
        writeln!(std::io::stderr(), "SKIP: {path} is not there; set QINGLIAN_TESTDATA to the folder that holds it")
            .expect("standard error takes a line");
    }
    found
}
