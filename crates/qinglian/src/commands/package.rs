//! `qinglian package`: the receiving side of a hand-over, with the same binary: a key of one's own, opening, checking.

use super::{Usage, house};
use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use std::fs::{self, File};
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vault::{HandlerKey, Package, Receipt, SystemEntropy, VerifyingKey};

const HELP: &str = "\
An authority makes a key once and gives the house its public half; the house compares the fingerprint by telephone. A package sealed to it is
an age file with a ZIP inside; one that is not sealed is the ZIP. Every hash and the house's signature are checked before anything is written.";

/// Keys, opening and checking of packages handed over by a house
#[derive(Debug, Args)]
#[command(name = "package", after_help = HELP)]
pub struct Command {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    #[command(after_help = "JSON: {recipient, fingerprint}")]
    /// Make a key of one's own that packages are sealed to
    Key {
        /// The file the secret half goes to; keep it and a copy on paper
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Print the public half as JSON
        #[arg(long)]
        json: bool,
    },
    #[command(after_help = "JSON: {institution, key, fingerprint}")]
    /// Print the key a house signs with, to be published
    House {
        /// The data folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    #[command(after_help = "JSON: {heading, items, withheld, code, folder}")]
    /// Check a package and write out what is in it
    Open {
        /// The package
        file: PathBuf,
        /// The file with the key it is sealed to; not needed for one that is not sealed
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// The public key of the house that sent it (ed25519:…), got from the house itself
        #[arg(long, value_name = "KEY")]
        house: String,
        /// The folder its files go to; made, and must not be there yet
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        /// Print what was in it as JSON
        #[arg(long)]
        json: bool,
    },
    #[command(after_help = "JSON: {sound, made, size}; made in milliseconds since 1970, size in bytes; ends with 1 where it is not sound")]
    /// Check that a receipt is the house's and that this package is the one it is of
    Verify {
        /// The package as it was handed over
        file: PathBuf,
        /// The receipt: JSON of hashes
        #[arg(long, value_name = "FILE")]
        receipt: PathBuf,
        /// The public key of the house (ed25519:…)
        #[arg(long, value_name = "KEY")]
        house: String,
        /// Print the answer as JSON
        #[arg(long)]
        json: bool,
    },
}

impl Command {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.deed {
            Deed::Key { out, json } => make_key(&out, json),
            Deed::House { data, json } => show_house(&data, json),
            Deed::Open { file, key, house, to, json } => open(&file, key.as_deref(), &house, &to, json),
            Deed::Verify { file, receipt, house, json } => verify(&file, &receipt, &house, json),
        }
    }
}

fn make_key(out: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let key = HandlerKey::generate(&mut SystemEntropy);
    let mut file = private(out).with_context(|| format!("cannot make {}: it must not be there yet", out.display()))?;
    key.to_printable().expose(|secret| writeln!(file, "{}", secret.replace(' ', ""))).context("cannot write the key")?;
    file.sync_all().context("cannot write the key")?;
    let recipient = key.recipient();
    if json {
        println!("{}", serde_json::json!({ "recipient": recipient.to_string(), "fingerprint": recipient.fingerprint() }));
    } else {
        println!("公钥 / public key: {recipient}\n指纹 / fingerprint: {}", recipient.fingerprint());
        println!("私钥在 {}：妥善保管；丢了就打不开已收到的移送包 / keep the file: without it no package opens", out.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn show_house(data: &Path, json: bool) -> anyhow::Result<ExitCode> {
    super::runtime()?.block_on(async {
        let (_, store) = house::open_for_reading(data).await?;
        let key =
            store.house_key().ok_or_else(|| anyhow!("keys/signing.key is not in {}: put it back from its safe-keeping", data.display()))?;
        let institution = &store.institution().0;
        if json {
            println!("{}", serde_json::json!({ "institution": institution, "key": key.to_string(), "fingerprint": key.fingerprint() }));
        } else {
            println!("{institution}\n{key}\n指纹 / fingerprint: {}", key.fingerprint());
        }
        store.close().await;
        Ok(ExitCode::SUCCESS)
    })
}

fn open(file: &Path, key: Option<&Path>, house: &str, to: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let house = signer(house)?;
    let sealed = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    // Plaintext on its way out: in a file nobody else reads, gone with the handle.
    let scratch = tempfile_in(to)?;
    let opened = match key {
        Some(path) => {
            let typed = zeroize::Zeroizing::new(fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?);
            let line = typed.lines().find(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty()).unwrap_or_default();
            let key = HandlerKey::from_printable(line).with_context(|| format!("{} holds no key", path.display()))?;
            Package::open(&key, &house, BufReader::new(sealed), scratch)
        }
        None if is_sealed(file)? => return Err(Usage::say("the package is sealed: say --key FILE")),
        None => Package::open_unsealed(&house, sealed),
    };
    let mut package = opened.map_err(|error| anyhow!("{}: {error}", file.display()))?;
    fs::create_dir(to).with_context(|| format!("cannot make {}: it must not be there yet", to.display()))?;
    let items: Vec<String> = package.manifest.items.iter().map(|item| item.name.clone()).collect();
    for (at, name) in items.iter().enumerate() {
        let path = to.join(plain(name)?);
        let mut out = private(&path).with_context(|| format!("cannot make {}", path.display()))?;
        package.read(at, &mut out).map_err(|error| anyhow!("{name}: {error}"))?;
    }
    let code = package.code.to_groups().expose(|code| code.to_string());
    let manifest = &package.manifest;
    if json {
        let told = serde_json::json!({
            "heading": manifest.heading, "items": manifest.items, "withheld": manifest.withheld, "code": code, "folder": to.display().to_string()
        });
        println!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} → {}，{}", manifest.heading.institution, manifest.heading.authority, manifest.heading.reference);
    items.iter().for_each(|name| println!("  {name}"));
    manifest.withheld.iter().for_each(|left| println!("  未提供 / left out: {} ({})", left.what, left.reason));
    println!("签名和哈希都对 / signature and hashes are right\n回告确认码 / tell this code back: {code}");
    Ok(ExitCode::SUCCESS)
}

fn verify(file: &Path, receipt: &Path, house: &str, json: bool) -> anyhow::Result<ExitCode> {
    let house = signer(house)?;
    let mut text = String::new();
    let from = File::open(receipt).with_context(|| format!("cannot read {}", receipt.display()))?;
    from.take(64 * 1024).read_to_string(&mut text).with_context(|| format!("cannot read {}", receipt.display()))?;
    let receipt: Receipt = serde_json::from_str(&text).context("this is no receipt")?;
    receipt.verify(&house).map_err(|error| anyhow!("the receipt: {error}"))?;
    let package = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let is_of = receipt.is_of(BufReader::new(package)).with_context(|| format!("cannot read {}", file.display()))?;
    if json {
        println!("{}", serde_json::json!({ "sound": is_of, "made": receipt.made_ms, "size": receipt.sealed_size }));
    } else if is_of {
        println!("回执是该单位签的，文件就是当时移送的 / the receipt is the house's, and this is the package it is of");
    }
    if !is_of && !json {
        bail!("the receipt is the house's, but of another package than {}", file.display());
    }
    Ok(if is_of { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn signer(text: &str) -> anyhow::Result<VerifyingKey> {
    text.trim()
        .parse()
        .map_err(|_| Usage::say("--house: a key begins with ed25519: and has 43 symbols; the house publishes it at /house-key"))
}

fn is_sealed(file: &Path) -> anyhow::Result<bool> {
    let mut start = Vec::new();
    File::open(file).and_then(|file| file.take(4).read_to_end(&mut start)).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(start != b"PK\x03\x04")
}

/// A name of one file in this folder; a manifest is signed, but a house may be wrong.
fn plain(name: &str) -> anyhow::Result<&str> {
    let is_plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':']) && !name.chars().any(char::is_control);
    if is_plain { Ok(name) } else { Err(anyhow!("a file in the package has a name that is no file's name")) }
}

/// A new file for its owner's eyes only.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// A scratch file beside the folder to be, already without a name where the system can.
fn tempfile_in(to: &Path) -> anyhow::Result<File> {
    let folder = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let path = folder.join(format!(".{}", uuid::Uuid::new_v4().simple()));
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(&path).with_context(|| format!("cannot write in {}", folder.display()))?;
    fs::remove_file(&path).with_context(|| format!("cannot write in {}", folder.display()))?;
    Ok(file)
}
