//! Screening of a house: rules run over its lake, what they find opens alerts, and what each came to is kept for its page.

mod runs;
mod work;

pub use runs::{Kept, found, read as runs_kept};
pub use work::{Wake, queue, work};

use crate::alerts::{self, Opened};
use crate::commands::{lake_of, said, screen_over, tables_for_rules};
use catalogue::Text;
use engine::PersonId;
use lake::Month;
use screen::{Findings, Maturity, Ran, Screen, Severity};
use std::path::Path;
use store::Store;
use web::{Came, Fate, ScreenedRule};

/// Alerts are opened for so many months back where nobody named one: what is older is history, not something to explain now.
const RECENT: i32 = 3;

/// A house about to be screened.
pub struct Pass<'a> {
    data: &'a Path,
    store: &'a Store,
    pub screen: Screen,
    /// First and last month the rules look at.
    span: (Month, Month),
    /// The first month whose findings open alerts.
    asked: Month,
    /// Who asked for it; nobody where a command did.
    by: Option<PersonId>,
}

/// What one rule came to.
pub struct Step {
    pub rule: String,
    pub ran: Ran,
    pub opened: Opened,
    /// As it is kept.
    pub kept: web::Ran,
}

/// What a pass came to so far.
#[derive(Debug, Clone, Default)]
pub struct Total {
    pub findings: u64,
    pub opened: Opened,
    /// Rule by rule.
    pub rules: Vec<ScreenedRule>,
}

impl Total {
    pub fn add(&mut self, step: &Step) {
        if let Ran::Found(found) = &step.ran {
            self.findings += found.rows.len() as u64;
        }
        self.opened += step.opened;
        self.rules.push(ScreenedRule { rule: step.rule.clone(), run: step.kept.run.clone(), came: step.kept.came.clone() });
    }
}

/// Months with order lines of a data folder, the first and the last. `None`: nothing was handed in yet.
pub fn months(data: &Path) -> Option<(Month, Month)> {
    let months = lake::Lake::open(&lake_of(data)).ok()?.months("order_line");
    Some((*months.first()?, *months.last()?))
}

impl<'a> Pass<'a> {
    /// Opens the lake beside an open store. `span`: these months, each finding in which opens an alert; without it all months, of
    /// which the last three do.
    ///
    /// Errors: there is no lake or no line in it, in those months neither; a rule is at fault.
    pub async fn over(data: &'a Path, store: &'a Store, span: Option<(Month, Month)>) -> anyhow::Result<Self> {
        let catalogue = store.catalogue().clone();
        let registers = tables_for_rules(store, &catalogue).await?;
        // Folding a new file into its marts takes a while and is no work for the threads that answer pages.
        let folder = data.to_path_buf();
        let screen = tokio::task::spawn_blocking(move || screen_over(&folder, catalogue, registers)).await??;
        let all = crate::commands::months_of(&screen)?;
        if let Some((first, last)) = span {
            anyhow::ensure!(first <= last, "the months run backwards: {first} to {last}");
            anyhow::ensure!(
                all.0 <= last && first <= all.1,
                "there are no lines from {first} to {last}; the lake has {} to {}",
                all.0,
                all.1
            );
        }
        let asked = span.map_or_else(|| all.1.plus(1 - RECENT), |(first, _)| first);
        Ok(Self { data, store, screen, span: span.unwrap_or(all), asked, by: None })
    }

    /// The same, asked for by somebody.
    pub fn asked_by(self, by: Option<PersonId>) -> Self {
        Self { by, ..self }
    }

    pub fn rules(&self) -> Vec<String> {
        self.screen.rules().iter().map(|rule| rule.head.id.clone()).collect()
    }

    /// Runs a rule, opens alerts for what it found, and keeps the run.
    ///
    /// Errors: the query or the store failed; alerts opened before stay.
    pub async fn rule(&self, id: &str) -> anyhow::Result<Step> {
        let head = &self.screen.rule(id).map_err(said)?.head;
        let ran = self.screen.run(id, self.span.0, self.span.1, &Default::default()).await.map_err(said)?;
        let mut opened = Opened::default();
        let came = match &ran {
            Ran::Found(found) => {
                let fates = self.fates(head, found).await?;
                fates.iter().for_each(|fate| opened.count(*fate));
                let Opened { opened, known, whitelisted, refused } = opened;
                let came = Came { findings: found.rows.len() as u64, opened, known, whitelisted, refused, not_run: None };
                Ok((came, Kept { findings: found.clone(), fates }))
            }
            Ran::Lacking(lacking) => Err(lacking.sentence.clone()),
        };
        let kept = runs::note(self.data, &head.id, self.store.now(), self.by, came)?;
        Ok(Step { rule: head.id.clone(), ran, opened, kept })
    }

    /// What becomes of each finding. Rankings are read, not explained, and drafts are tried, not acted on.
    async fn fates(&self, head: &screen::Head, found: &Findings) -> anyhow::Result<Vec<Fate>> {
        if head.severity == Severity::Info {
            return Ok(vec![Fate::Ranking; found.rows.len()]);
        }
        if head.maturity == Maturity::Draft {
            return Ok(vec![Fate::Draft; found.rows.len()]);
        }
        alerts::open(self.store, &self.screen, found, self.asked).await
    }
}

/// Runs every rule over all months; `said` hears of each. Answers what the rules came to.
pub async fn screen_house(data: &Path, store: &Store, mut said: impl FnMut(&str, &Step)) -> anyhow::Result<Total> {
    let pass = Pass::over(data, store, None).await?;
    let mut total = Total::default();
    for rule in pass.rules() {
        let step = pass.rule(&rule).await?;
        said(&rule, &step);
        total.add(&step);
    }
    Ok(total)
}

/// A total as a sentence.
pub fn told(total: &Total) -> Text {
    let (found, Opened { opened, known, whitelisted, refused }) = (total.findings, total.opened);
    let mut told = Text::new(
        format!("疑点 {found} 条。需说明的：新开 {opened} 件，此前已开 {known} 件，白名单内 {whitelisted} 件"),
        format!("{found} findings. To be explained: {opened} opened, {known} known, {whitelisted} whitelisted"),
    );
    if refused > 0 {
        told.zh.push_str(&format!("；{refused} 件没有开出，原因见运行日志"));
        told.en.push_str(&format!("; {refused} not opened, the log says why"));
    }
    told
}
