//! `qinglian export`: a register's list as a file, by the rights of whoever asks.

use super::{house, out, signing, tables};
use anyhow::anyhow;
use catalogue::Lang;
use clap::Args;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use web::clerk::{Shape, Wanted};

const HELP: &str = "\
The rights of USER decide which entries and columns leave; looks at confidential columns are recorded. The password comes from
QINGLIAN_PASSWORD, from the file QINGLIAN_PASSWORD_FILE names, from the standard input, or is asked for. Not beside a running server:
there the page has the same export.

Filters are those of the list's page: state=held, unit=CODE, received_at.from=2026-01-01, value.to=200, owner=me, q=words.

JSON printed with --json: {register, out, rows, columns: [name]}
JSON written to FILE.json: {register, title, made_at, about, columns: [{name, label, kind}], rows: [{NAME: cell}]}; money in fen";

/// Write a register's list to a file: XLSX, CSV or JSON
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Export {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The register, such as gift
    #[arg(long, value_name = "ID")]
    register: String,
    /// A .xlsx, .csv or .json file
    #[arg(long, value_name = "FILE", value_parser = |said: &str| out::ending(said, &["xlsx", "csv", "json"]))]
    out: PathBuf,
    /// Whose rights decide
    #[arg(long = "as", value_name = "USER")]
    user: String,
    /// A tab of the list; every entry in reach without it
    #[arg(long, value_name = "ID")]
    tab: Option<String>,
    /// A filter of the list, several add up
    #[arg(long = "filter", value_name = "NAME=VALUE", value_parser = tables::pair)]
    filters: Vec<(String, String)>,
    /// Columns by their names, with commas between; those of the list without it
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    columns: Vec<String>,
    /// Open sealed cells with USER's keys, each opening recorded; otherwise they print 〔密〕
    #[arg(long)]
    unlock: bool,
    /// Heads and labels in English
    #[arg(long)]
    english: bool,
    /// Print what was written as JSON
    #[arg(long)]
    json: bool,
}

impl Export {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let (bytes, rows) = super::runtime()?.block_on(self.make())?;
        out::write(&self.out, |file| Ok(file.write_all(&bytes)?))?;
        if self.json {
            let told = json!({ "register": self.register, "out": self.out, "rows": rows, "columns": self.columns });
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            println!("{}：{rows} 件 → {}", self.register, self.out.display());
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn make(&self) -> anyhow::Result<(Vec<u8>, u64)> {
        // Looks are recorded, which needs the writing side.
        let (house, store) = house::open(&self.data).await?;
        let made = self.with(&house, &store).await;
        store.flush_looks().await?;
        store.close().await;
        made
    }

    async fn with(&self, house: &house::House, store: &store::Store) -> anyhow::Result<(Vec<u8>, u64)> {
        let signed = signing::sign_in(store, &self.user).await?;
        let unlock = match (self.unlock, &signed.keyring) {
            (true, None) => return Err(anyhow!("{} holds no key: nothing sealed opens; leave --unlock out", self.user)),
            (true, keyring) => keyring.as_ref(),
            (false, _) => None,
        };
        let lang = if self.english { Lang::En } else { Lang::Zh };
        let clerk = tables::clerk(house, store, signed.viewer, &self.register, lang)?;
        let shape = match out::ending_of(&self.out).as_str() {
            "csv" => Shape::Csv,
            "json" => Shape::Json,
            _ => Shape::Xlsx,
        };
        let wanted = Wanted { tab: self.tab.as_deref(), filters: &self.filters, columns: &self.columns, unlock };
        clerk.export(&wanted, shape).await.map_err(|error| tables::told(error, &self.register))
    }
}
