//! A real PostgreSQL, started by the first test that needs it and stopped when the test process ends, however it ends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};

struct Server {
    /// Its standard input ends with this process, and the server with it.
    _shell: Mutex<Child>,
    folder: String,
}

static SERVER: LazyLock<Server> = LazyLock::new(start);
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A fresh database of its own. The server knows no password: it listens on a socket in a private folder only.
pub fn fresh() -> String {
    let name = format!("store_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let url = |database: &str| format!("postgres://postgres@localhost/{database}?host={}", SERVER.folder);
    let made = Command::new(tools().join("psql"))
        .args(["-q", "-d", &url("postgres"), "-c", &format!("CREATE DATABASE {name} TEMPLATE template0")])
        .status();
    assert!(made.expect("psql runs").success(), "the database {name} could not be made");
    url(&name)
}

fn tools() -> PathBuf {
    let mut versions: Vec<PathBuf> =
        std::fs::read_dir("/usr/lib/postgresql").map(|all| all.flatten().map(|one| one.path().join("bin")).collect()).unwrap_or_default();
    versions.retain(|bin| bin.join("initdb").exists());
    versions.sort();
    versions.pop().expect("PostgreSQL is not installed: `apt-get install postgresql` (Debian) and run the tests again")
}

fn start() -> Server {
    let mut shell = Command::new("sh")
        .args(["-c", SCRIPT, "sh", as_text(&tools())])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("a shell runs");
    let mut line = String::new();
    BufReader::new(shell.stdout.take().expect("the output is a pipe")).read_line(&mut line).expect("the shell answers");
    let folder = line.trim().strip_prefix("ready ").unwrap_or_else(|| panic!("PostgreSQL did not start: {line}")).to_owned();
    Server { _shell: Mutex::new(shell), folder }
}

fn as_text(path: &Path) -> &str {
    path.to_str().expect("the path is text")
}

/// PostgreSQL refuses to run as root, so root becomes `postgres`. `cat` ends when the tests do.
const SCRIPT: &str = r#"
set -e
folder=$(mktemp -d /tmp/qinglian-postgres.XXXXXX)
if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; as="runuser -u postgres --"; else as=""; fi
cd "$folder"
$as "$1/initdb" -D "$folder/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
$as "$1/pg_ctl" -D "$folder/data" -w -l "$folder/server.log" -o "-k $folder -c listen_addresses= -c fsync=off -c max_connections=500" start >/dev/null 2>&1 || { cat "$folder/server.log"; exit 1; }
echo "ready $folder"
exec >/dev/null 2>&1
cat || true
$as "$1/pg_ctl" -D "$folder/data" -m immediate stop || true
cd /
rm -rf "$folder"
"#;
