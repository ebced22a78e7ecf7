//! The house under load: a small demo hospital, served by the real binary in a folder of its own.

use crate::client::Client;
use crate::staff::Staff;
use anyhow::{Context, bail};
use serde::Deserialize;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

#[derive(Debug)]
pub struct House {
    binary: PathBuf,
    folder: Folder,
    server: Child,
    at: SocketAddr,
    staff: Account,
}

/// The limits against abuse.
#[derive(Debug, Clone, Copy)]
pub enum Flood {
    /// So high that nobody meets them.
    Raised,
    /// As shipped.
    Usual,
}

impl Flood {
    fn word(self) -> &'static str {
        match self {
            Flood::Raised => "raised",
            Flood::Usual => "usual",
        }
    }

    fn write(self, folder: &Path) -> anyhow::Result<()> {
        let path = folder.join("qinglian.toml");
        let house = std::fs::read_to_string(&path).context("the demo wrote no qinglian.toml")?;
        match self {
            Flood::Usual => Ok(()),
            Flood::Raised if house.contains("[flood]\n") => {
                Ok(std::fs::write(&path, house.replace("[flood]\n", "[flood]\neach = 1_000_000_000\nall = 1_000_000_000\n"))?)
            }
            Flood::Raised => Ok(std::fs::write(&path, format!("{house}\n[flood]\neach = 1_000_000_000\nall = 1_000_000_000\n"))?),
        }
    }
}

/// Removed when the house goes.
#[derive(Debug)]
struct Folder(PathBuf);

#[derive(Debug, Deserialize)]
struct Account {
    role: String,
    account: String,
    password: String,
}

impl House {
    /// Errors: the binary does not make a house, or does not serve it.
    pub async fn make(binary: &Path, flood: Flood) -> anyhow::Result<House> {
        let folder = Folder(std::env::temp_dir().join(format!("qinglian-load-{}-{}", std::process::id(), flood.word())));
        let mut making = Command::new(binary);
        let made = making.args(["demo", "--truth", "--lines", "50000", "--data"]).arg(&folder.0).stdin(Stdio::null()).output().await?;
        if !made.status.success() {
            bail!("{} demo: {}", binary.display(), String::from_utf8_lossy(&made.stderr));
        }
        flood.write(&folder.0)?;
        let accounts = std::fs::read_to_string(folder.0.join("accounts.json")).context("the demo wrote no accounts")?;
        let accounts: Vec<Account> = serde_json::from_str(&accounts).context("accounts.json")?;
        let staff = accounts.into_iter().find(|account| account.role == "inspector").context("the demo has no inspector")?;
        let at = free_address()?;
        let server = serve(binary, &folder.0, at)?;
        let house = House { binary: binary.to_owned(), folder, server, at, staff };
        house.wait().await?;
        Ok(house)
    }

    pub fn client(&self) -> Client {
        Client::new(self.at)
    }

    /// Errors: they are not let in.
    pub async fn staff(&self) -> anyhow::Result<Staff> {
        Staff::sign_in(self.client(), &self.staff.account, &self.staff.password).await
    }

    /// Ends the server and has the chain verified. Errors: it is not clean.
    pub async fn verify(mut self) -> anyhow::Result<()> {
        self.kill().await
    }

    /// SIGKILL, at once. Errors: it is dead already.
    pub fn strike(&mut self) -> anyhow::Result<()> {
        Ok(self.server.start_kill()?)
    }

    /// SIGKILL, a look at the chain, and served again where it was. Errors: the chain is not clean, or the house does not come back.
    pub async fn kill_and_serve(&mut self) -> anyhow::Result<()> {
        self.kill().await?;
        self.server = serve(&self.binary, &self.folder.0, self.at)?;
        self.wait().await
    }

    async fn kill(&mut self) -> anyhow::Result<()> {
        self.server.kill().await?;
        let verified = Command::new(&self.binary).arg("verify").arg("--data").arg(&self.folder.0).output().await?;
        if !verified.status.success() {
            bail!("qinglian verify: {}{}", String::from_utf8_lossy(&verified.stdout), String::from_utf8_lossy(&verified.stderr));
        }
        Ok(())
    }

    async fn wait(&self) -> anyhow::Result<()> {
        for _ in 0..200 {
            if self.client().get("/health").await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the house does not answer on {}: {}", self.at, std::fs::read_to_string(self.folder.0.join("load.log")).unwrap_or_default())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn serve(binary: &Path, folder: &Path, at: SocketAddr) -> anyhow::Result<Child> {
    let log = std::fs::File::options().create(true).append(true).open(folder.join("load.log"))?;
    let mut command = Command::new(binary);
    command.arg("serve").arg("--data").arg(folder).arg("--addr").arg(at.to_string()).kill_on_drop(true);
    Ok(command.stdout(log.try_clone()?).stderr(log).spawn()?)
}

/// Free at this moment.
fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
