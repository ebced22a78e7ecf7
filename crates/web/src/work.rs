//! Work beside the pages: long exports, and sweeping out what ran out.

use crate::app::App;
use crate::pages::export;
use engine::Moment;
use std::time::Duration;

/// How often waiting exports are looked for.
const PAUSE: Duration = Duration::from_millis(500);
/// How often what ran out is swept.
const SWEEP: Duration = Duration::from_secs(300);
/// Units: milliseconds. Keys of wishes answered so long ago are forgotten; uploads nobody finished go sooner.
const KEYS_MS: i64 = 2 * 86_400_000;
const FILES_MS: i64 = 3 * 3_600_000;

/// Works until it is dropped.
pub(crate) async fn run(app: App) {
    let mut swept = tokio::time::Instant::now();
    loop {
        match export::run_one(&app).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "waiting exports could not be looked for"),
        }
        if swept.elapsed() >= SWEEP {
            swept = tokio::time::Instant::now();
            if let Err(error) = sweep(&app).await {
                tracing::error!(%error, "what ran out could not be swept");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn sweep(app: &App) -> Result<(), store::Error> {
    let now = app.now();
    app.keyrings.sweep(now, app.config.idle);
    app.store.sweep(Moment(now.0 - KEYS_MS)).await?;
    app.store.sweep_files(Moment(now.0 - FILES_MS)).await.map(|_| ())
}
