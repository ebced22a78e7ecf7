//! `qinglian identity`: who reported, opened by whoever asked with one custodian's consent and the recovery sheet in place of the other.

use super::{house, sheets, signing};
use anyhow::anyhow;
use catalogue::expr::Builtin;
use catalogue::register::Column;
use clap::Args;
use engine::SecretValues;
use std::path::PathBuf;
use std::process::ExitCode;
use store::{Failure, Filter, Query, Store, Test};

const HELP: &str = "\
Ask first on the entry's page (“Ask who reported”), with the reason, and let one custodian agree there. The sheet stands for the second, for
a house where only one custodian can be reached; with two, the page opens it. That it was opened with the sheet stands on the chain, and all
custodians are told. It is shown this once, to whoever asked: --as LOGIN, with their password from QINGLIAN_PASSWORD, from the file
QINGLIAN_PASSWORD_FILE names, or asked for.

JSON: {register, number, fields: {name: text}}";

/// Open who reported, with one custodian's consent and the recovery sheet
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Identity {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Who asked for it
    #[arg(long = "as", value_name = "USER")]
    user: String,
    /// The register of the entry
    register: String,
    /// The number of the entry
    number: String,
    /// A file with the key of the recovery sheet; twice for two half sheets
    #[arg(long, value_name = "FILE", required = true)]
    sheet_file: Vec<PathBuf>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

impl Identity {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        super::runtime()?.block_on(async {
            let (_, store) = house::open(&self.data).await?;
            let opened = self.open(&store).await;
            store.close().await;
            opened
        })?;
        Ok(ExitCode::SUCCESS)
    }

    async fn open(&self, store: &Store) -> anyhow::Result<()> {
        let sheet = sheets::read(&self.sheet_file)?;
        let signed = signing::sign_in(store, &self.user).await?;
        let keyring = signed.keyring.ok_or_else(|| anyhow!("{} has no key, so nothing is sealed to them", self.user))?;
        let filter = Filter { column: Column::Builtin(Builtin::Number), test: Test::Among(vec![self.number.clone()]) };
        let query = Query { filters: vec![filter], ..Query::of(self.register.as_str()) };
        let found = store.entries(&query, &signed.viewer).await?;
        let entry = found
            .first()
            .ok_or_else(|| anyhow!("{} {}: 没有这一件，或不在可见范围内 / there is no such entry to see", self.register, self.number))?;
        let values = store.open_identity_with_sheet(entry.entry.id, &signed.viewer, &keyring, &sheet).await.map_err(told)?;
        self.print(&entry.register, &values);
        Ok(())
    }

    fn print(&self, register: &catalogue::Register, values: &SecretValues) {
        let values = values.for_viewer_with_key();
        let shown = register.fields.values().filter_map(|field| Some((field, values.get(&field.name)?.as_text()?)));
        if self.json {
            let fields: serde_json::Map<_, _> = shown.map(|(field, text)| (field.name.to_string(), text.into())).collect();
            println!("{}", serde_json::json!({ "register": self.register, "number": self.number, "fields": fields }));
            return;
        }
        for (field, text) in shown {
            println!("{} / {}：{text}", field.label.zh, field.label.get(catalogue::Lang::En));
        }
    }
}

fn told(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Refusal(refusal) => anyhow!("{} / {}", refusal.text.zh, refusal.text.en),
        Failure::Error(error) => error.into(),
    }
}
