//! `qinglian serve`: pages, clocks and screening of one house.

use super::house::{self, House};
use crate::figures::HouseFigures;
use crate::screening::{self, Wake};
use anyhow::{Context, anyhow};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;

/// Serve a data folder until Ctrl-C
#[derive(Debug, Args)]
#[command(after_help = "JSON, one line when it is ready: {listening}; logs are JSON lines on standard error (RUST_LOG)")]
pub struct Command {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Where to listen; the configuration's address, else 127.0.0.1:8686
    #[arg(long, value_name = "ADDR")]
    addr: Option<String>,
    /// The configuration; `qinglian.toml` in the data folder without it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print where it listens as a line of JSON
    #[arg(long)]
    json: bool,
}

impl Command {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        super::trace();
        let house = House::read(&self.data, self.config.as_deref())?;
        let addr = self.addr.clone().or_else(|| house.serve.addr.clone()).unwrap_or_else(|| "127.0.0.1:8686".to_owned());
        super::runtime()?.block_on(async {
            let catalogue = house.catalogue(&self.data)?;
            let store = Store::open(house.config(&self.data, catalogue)).await.map_err(house::occupied)?;
            let listener = listen(&addr).await?;
            let listening = format!("{}://{}", if house.serve.certificate.is_some() { "https" } else { "http" }, listener.local_addr()?);
            if self.json {
                println!("{}", serde_json::json!({ "listening": listening }));
            } else {
                println!("清廉在 {listening} 运行，Ctrl-C 结束");
            }
            run(&self.data, &house, store, listener, None).await
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Binds the address, or says who may be in the way.
pub async fn listen(addr: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(addr)
        .await
        .with_context(|| format!("cannot listen on {addr}: is it in use by another program? try --addr with another port"))
}

/// Serves until Ctrl-C or a termination signal; clocks tick meanwhile. `tour`: the guide of a demo; nobody but the demo hands one over.
pub async fn run(data: &Path, house: &House, store: Store, listener: TcpListener, tour: Option<web::Tour>) -> anyhow::Result<()> {
    let certificate = match (&house.serve.certificate, &house.serve.key) {
        (Some(chain), Some(key)) => Some(web::Certificate { chain: data.join(chain), key: data.join(key) }),
        (None, None) => None,
        _ => return Err(anyhow!("[serve] needs both `certificate` and `key`, or neither")),
    };
    let mut config = web::Config::new(house.name.clone());
    config.secure = certificate.is_some();
    config.tour = tour.map(Arc::new);
    let usual = web::Flood::default();
    config.flood = web::Flood {
        each: house.flood.each.unwrap_or(usual.each),
        all: house.flood.all.unwrap_or(usual.all),
        proxies: house.serve.proxies.clone(),
    };
    if let Some(room) = house.flood.unclaimed_mb {
        config.unclaimed_limit = u64::from(room) << 20;
    }
    // A demo prints the address it listens at; a real house says its own.
    let listening = config.tour.as_ref().and_then(|_| Some(format!("http://{}", listener.local_addr().ok()?)));
    config.address = house.serve.public.as_ref().map(|address| address.trim_end_matches('/').to_owned()).or(listening);
    if let Some(exit) = &house.serve.exit {
        config.exit = exit.clone();
    }
    let wake = Wake::default();
    let figures = HouseFigures::new(data, house.name.zh.clone(), store.clone(), Arc::clone(&wake));
    let mail = crate::post::House::open(data, &house.post, &store, config.address.clone())?;
    config.post = mail.clone().map(|mail| Arc::new(mail) as Arc<dyn web::Post>);
    let app = web::App::new(store.clone(), Some(Arc::new(figures)), config)?;
    let ticking = tokio::spawn(tick(store.clone(), house.name.zh.clone()));
    let screening = tokio::spawn({
        let (data, store) = (data.to_path_buf(), store.clone());
        async move { screening::work(&data, &store, wake).await }
    });
    let mailing = mail.map(|mail| tokio::spawn(mail.work()));
    let served = web::serve(app, listener, certificate, ended()).await;
    ticking.abort();
    screening.abort();
    if let Some(mailing) = mailing {
        mailing.abort();
    }
    store.close().await;
    Ok(served?)
}

/// Lets deadlines speak when they come; looks again at least every minute.
async fn tick(store: Store, house: String) {
    // A report at fault is logged where pages load them.
    let reports = screen::report::Definition::load_all(store.catalogue()).unwrap_or_default();
    loop {
        if let Err(error) = store.tick().await {
            tracing::error!(error = %error, "clocks could not be looked at");
        }
        if let Err(error) = crate::figures::look_again(&store, &house, &reports).await {
            tracing::error!(error = %error, "asks for tables could not be looked at");
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

async fn ended() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
