//! A real mail server for the tests: Debian's Dovecot (IMAP) and chasquid (SMTP), run as an ordinary user on free ports of this machine,
//! with certificates made here. Dropped, both are killed and their folder is gone.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const HOST: &str = "localhost";
/// Local part and password; the domain is [`DOMAIN`].
pub const USERS: [(&str, &str); 3] = [("qinglian", "Out-going-1"), ("hotline", "In-coming-2"), ("staff", "Own-mail-3")];
pub const DOMAIN: &str = "mail.test";

/// Debian's user without rights, whom root becomes: neither server has a use for root.
const NOBODY: u32 = 65_534;

pub struct MailServer {
    folder: TempDir,
    dovecot: Child,
    chasquid: Option<Child>,
    /// IMAP with STARTTLS, and from the first byte.
    pub imap: u16,
    pub imaps: u16,
    /// Submission with STARTTLS, and from the first byte.
    pub smtp: u16,
    pub smtps: u16,
    /// The authority that signed their certificate, and one that did not.
    pub ca: PathBuf,
    pub other_ca: PathBuf,
}

/// Whether the servers are there. Missing, they fail the test, or are said to be left out with `QINGLIAN_SKIP=1`.
pub fn is_installed() -> bool {
    let missing: Vec<&str> = ["/usr/sbin/dovecot", "/usr/bin/chasquid"].into_iter().filter(|path| !Path::new(path).exists()).collect();
    if missing.is_empty() {
        return true;
    }
    assert!(
        std::env::var("QINGLIAN_SKIP").is_ok_and(|skip| skip == "1"),
        "{} missing: run `make packages` (Debian: dovecot-imapd, chasquid), or QINGLIAN_SKIP=1 to leave the mail server out",
        missing.join(", ")
    );
    eprintln!("SKIP: {} missing, nothing was tried with a mail server", missing.join(", "));
    false
}

impl MailServer {
    pub fn start() -> Self {
        Self::able_of("")
    }

    /// One that tells these IMAP capabilities; none: all it has.
    pub fn able_of(capabilities: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("qinglian-mail.").tempdir().expect("a folder");
        let [imap, imaps, smtp, smtps] = free_ports();
        let at = folder.path();
        let (ca, other_ca) = certificates(at);
        for (user, _) in USERS {
            for part in ["cur", "new", "tmp"] {
                fs::create_dir_all(at.join("mail").join(user).join(part)).expect("a mailbox");
            }
        }
        dovecot_files(at, imap, imaps);
        if !capabilities.is_empty() {
            let file = at.join("dovecot.conf");
            let text = fs::read_to_string(&file).expect("just written") + &format!("imap_capability = {capabilities}\n");
            fs::write(&file, text).expect("written");
        }
        chasquid_files(at, smtp, smtps);
        hand_over(at);
        let dovecot = run(at, Command::new("/usr/sbin/dovecot").arg("-F").arg("-c").arg(at.join("dovecot.conf")), "dovecot");
        let mut server = Self { folder, dovecot, chasquid: None, imap, imaps, smtp, smtps, ca, other_ca };
        server.start_sending();
        server.wait(imaps, "dovecot");
        server
    }

    /// Starts the SMTP server, again after [`MailServer::stop_sending`].
    pub fn start_sending(&mut self) {
        let at = self.folder.path();
        self.chasquid =
            Some(run(at, Command::new("/usr/bin/chasquid").arg(format!("-config_dir={}", at.join("chasquid").display())), "chasquid"));
        self.wait(self.smtps, "chasquid");
    }

    pub fn stop_sending(&mut self) {
        if let Some(mut chasquid) = self.chasquid.take() {
            end(&mut chasquid);
        }
    }

    /// Puts a letter into a mailbox, as if it had just arrived.
    pub fn drop_in(&self, user: &str, letter: &[u8]) {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("{}.{}.{}", 1_700_000_000 + NEXT.fetch_add(1, Ordering::Relaxed), std::process::id(), HOST);
        let mailbox = self.folder.path().join("mail").join(user);
        let growing = mailbox.join("tmp").join(&name);
        fs::write(&growing, letter).expect("a letter is written");
        fs::set_permissions(&growing, fs::Permissions::from_mode(0o666)).expect("it is theirs to read");
        fs::rename(&growing, mailbox.join("new").join(&name)).expect("it arrives");
    }

    /// Letters of a folder of a mailbox, as they lie there; the empty name is the inbox.
    pub fn letters(&self, user: &str, folder: &str) -> Vec<Vec<u8>> {
        let mailbox = self.folder.path().join("mail").join(user);
        let mailbox = if folder.is_empty() { mailbox } else { mailbox.join(format!(".{folder}")) };
        let mut files: Vec<PathBuf> = ["new", "cur"]
            .into_iter()
            .filter_map(|part| fs::read_dir(mailbox.join(part)).ok())
            .flat_map(|entries| entries.flatten().map(|entry| entry.path()))
            .collect();
        files.sort();
        files.iter().filter_map(|file| fs::read(file).ok()).collect()
    }

    /// Marks every letter of an inbox as deleted, as another mail program would.
    #[allow(dead_code, reason = "of the two crates that share this server one uses it")]
    pub fn mark_deleted(&self, user: &str) {
        let mailbox = self.folder.path().join("mail").join(user);
        for file in fs::read_dir(mailbox.join("new")).expect("a mailbox").flatten() {
            let name = format!("{}:2,T", file.file_name().to_string_lossy());
            fs::rename(file.path(), mailbox.join("cur").join(name)).expect("it is marked");
        }
    }

    /// Makes a folder nobody can put a letter into, or has it opened again.
    #[allow(dead_code, reason = "of the two crates that share this server one uses it")]
    pub fn shut(&self, user: &str, folder: &str, is_shut: bool) {
        let path = self.folder.path().join("mail").join(user).join(format!(".{folder}"));
        if !path.exists() {
            fs::create_dir(&path).expect("a folder");
            hand_over(&path);
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(if is_shut { 0 } else { 0o700 })).expect("it is theirs");
    }

    /// Waits until so many letters have arrived.
    pub fn arrived(&self, user: &str, count: usize) -> Vec<Vec<u8>> {
        let begun = Instant::now();
        loop {
            let letters = self.letters(user, "");
            if letters.len() >= count || begun.elapsed() > Duration::from_secs(240) {
                assert_eq!(letters.len(), count, "letters of {user}; {}", self.log());
                return letters;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn wait(&self, port: u16, what: &str) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(120), "{what} did not start; {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        ["dovecot.log", "dovecot.out", "chasquid.out"].map(read).join("\n")
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.stop_sending();
        end(&mut self.dovecot);
    }
}

/// Ends a server and what it started: it leads a group of its own.
fn end(child: &mut Child) {
    let _ = Command::new("kill").args(["-TERM", "--", &format!("-{}", child.id())]).stderr(Stdio::null()).status();
    let _ = child.wait();
}

fn run(at: &Path, command: &mut Command, name: &str) -> Child {
    let log = fs::OpenOptions::new().create(true).append(true).open(at.join(format!("{name}.out"))).expect("a log");
    command.stdin(Stdio::null()).stdout(log.try_clone().expect("the log twice")).stderr(log).process_group(0).current_dir(at);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"))
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    String::from_utf8_lossy(&id.stdout).trim() == "0"
}

fn id(what: &str) -> String {
    if is_root() {
        return match what {
            "-un" => "nobody".to_owned(),
            "-gn" => "nogroup".to_owned(),
            _ => NOBODY.to_string(),
        };
    }
    String::from_utf8_lossy(&Command::new("id").arg(what).output().expect("id runs").stdout).trim().to_owned()
}

/// Gives the folder and all in it to whom the servers run as.
fn hand_over(path: &Path) {
    if !is_root() {
        return;
    }
    chown(path, Some(NOBODY), Some(NOBODY)).expect("root gives away");
    if path.is_dir() {
        fs::read_dir(path).expect("a folder").flatten().for_each(|entry| hand_over(&entry.path()));
    }
}

/// Below those the system deals out by itself, so that nobody else is given one before its server takes it.
fn free_ports() -> [u16; 4] {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let port = || 20_000 + ((u64::from(std::process::id()) * 64 + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000) as u16;
    [0; 4].map(|_| std::iter::repeat_with(port).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a free port"))
}

/// Two authorities, and a certificate for [`HOST`] of the first.
fn certificates(at: &Path) -> (PathBuf, PathBuf) {
    let authority = |name: &str| {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let path = at.join(format!("{name}.pem"));
        fs::write(&path, params.self_signed(&key).expect("a certificate").pem()).expect("written");
        (path, Issuer::new(params, key))
    };
    let (ca, issuer) = authority("authority");
    let (other_ca, _) = authority("other");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec![HOST.to_owned()]).expect("a name");
    let certificate = params.signed_by(&key, &issuer).expect("a certificate");
    fs::write(at.join("cert.pem"), certificate.pem()).expect("written");
    fs::write(at.join("key.pem"), key.serialize_pem()).expect("written");
    (ca, other_ca)
}

fn dovecot_files(at: &Path, imap: u16, imaps: u16) {
    let users: String = USERS.iter().map(|(user, password)| format!("{user}:{{PLAIN}}{password}\n")).collect();
    fs::write(at.join("users"), users).expect("written");
    let (folder, user, group, uid, gid) = (at.display(), id("-un"), id("-gn"), id("-u"), id("-g"));
    let text = format!(
        "base_dir = {folder}/run\nstate_dir = {folder}/state\nlog_path = {folder}/dovecot.log\nprotocols = imap\nlisten = 127.0.0.1\n\
         default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n\
         ssl = yes\nssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem\ndisable_plaintext_auth = yes\nauth_mechanisms = plain login\n\
         mail_location = maildir:{folder}/mail/%u\nfirst_valid_uid = 1\nmail_max_userip_connections = 100\nauth_failure_delay = 0\n\
         passdb {{\n  driver = passwd-file\n  args = username_format=%u {folder}/users\n}}\n\
         userdb {{\n  driver = static\n  args = uid={uid} gid={gid} home={folder}/mail/%u\n}}\n\
         service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {imap}\n  }}\n  inet_listener imaps {{\n    port = {imaps}\n    ssl = yes\n  }}\n}}\n\
         service anvil {{\n  chroot =\n}}\n"
    );
    fs::write(at.join("dovecot.conf"), text).expect("written");
}

fn chasquid_files(at: &Path, smtp: u16, smtps: u16) {
    let root = at.join("chasquid");
    let certs = root.join("certs").join(HOST);
    fs::create_dir_all(&certs).expect("a folder");
    fs::create_dir_all(root.join("domains").join(DOMAIN)).expect("a folder");
    fs::copy(at.join("cert.pem"), certs.join("fullchain.pem")).expect("copied");
    fs::copy(at.join("key.pem"), certs.join("privkey.pem")).expect("copied");
    let deliver = at.join("deliver.sh");
    let script = format!(
        "#!/bin/sh\nset -e\nbox={}/mail/$1\nname=$(date +%s.%N).$$\ncat >\"$box/tmp/$name\"\nmv \"$box/tmp/$name\" \"$box/new/$name\"\n",
        at.display()
    );
    fs::write(&deliver, script).expect("written");
    fs::set_permissions(&deliver, fs::Permissions::from_mode(0o755)).expect("it may run");
    let text = format!(
        "hostname: \"{HOST}\"\nsmtp_address: \"127.0.0.1:0\"\nsubmission_address: \"127.0.0.1:{smtp}\"\nsubmission_over_tls_address: \"127.0.0.1:{smtps}\"\n\
         data_dir: \"{0}/data\"\nmail_log_path: \"<stderr>\"\nmail_delivery_agent_bin: \"{1}\"\nmail_delivery_agent_args: \"%to_user%\"\n",
        root.display(),
        deliver.display()
    );
    fs::write(root.join("chasquid.conf"), text).expect("written");
    for (user, password) in USERS {
        let added = Command::new("chasquid-util")
            .args([
                format!("--configdir={}", root.display()),
                "user-add".to_owned(),
                format!("{user}@{DOMAIN}"),
                format!("--password={password}"),
            ])
            .output()
            .expect("chasquid-util runs");
        assert!(added.status.success(), "{user}: {}", String::from_utf8_lossy(&added.stderr));
    }
}
