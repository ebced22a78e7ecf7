//! What a visitor of the demo may open: receipt codes to ask with, and for each role an entry that waits for it. Found by
//! asking the store when the year has been played.

use engine::{EntryId, Fact, World, offers};
use serde::Serialize;
use store::{Failure, Found, Page, Query};

use super::Error;
use super::play::Player;

/// What `guide.json` holds. Only a demo house writes its codes down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Guide {
    /// Receipt codes, the one most worth asking with first: answered, and still open to a word more.
    pub codes: Vec<String>,
    /// The same, with what each shows.
    pub reports: Vec<Report>,
    pub worth_opening: Vec<Worth>,
}

/// A report of the public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub code: String,
    pub number: String,
    pub state: String,
    /// Its reporter wrote something more.
    pub noted: bool,
    /// The house answered.
    pub answered: bool,
    /// Something more may be written.
    pub open: bool,
}

/// An entry that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Worth {
    /// The login of whoever may act.
    pub account: String,
    pub register: String,
    pub number: String,
    pub entry: String,
    /// The move that is theirs to make.
    pub step: String,
    pub zh: String,
    pub en: String,
}

/// Account, register, move, and what it is.
const WORTH: [(&str, &str, &str, &str, &str); 12] = [
    ("doctor", "alert", "explain", "待本人说明的数据疑点", "a finding that waits for the doctor's explanation"),
    ("head", "alert", "explain", "待科室说明的数据疑点", "a finding that waits for the department's explanation"),
    ("medical", "alert", "accept", "已说明、待研判的疑点", "a finding explained, to be decided"),
    ("inspector", "report", "accept", "待受理的举报", "a report to be accepted"),
    ("director", "report", "decline", "待审批的不予受理", "a report proposed not to be taken up"),
    ("director", "clue", "approve", "待审批的处置方式", "a clue whose mode of disposal is to be approved"),
    (
        "secretary",
        "report",
        "accept",
        "反映纪检部门、只有书记能看到的举报",
        "a report about the discipline office, seen by the secretary only",
    ),
    ("inspector", "gift", "accept", "待核验的红包上交", "a gift to be verified"),
    ("finance", "gift", "countersign", "待第二人会签的红包", "a gift that awaits the second signature"),
    ("conduct", "problem", "verify", "待验收证据的问题", "a problem whose evidence waits for its verifier"),
    ("conduct", "task", "verify", "待验收的任务", "a task to be verified"),
    ("staff", "talk", "confirm", "待本人确认的谈话", "a talk to be confirmed by whom it was held with"),
];

/// Codes that are written down, at most.
const CODES: usize = 6;
/// Entries looked through for one that waits.
const LOOKED_THROUGH: u64 = 500;

pub(super) async fn guide(player: &Player) -> Result<Guide, Error> {
    let reports = reports(player).await.map_err(broke)?;
    let mut worth_opening = Vec::new();
    for (account, register, step, zh, en) in WORTH {
        if let Some(found) = waiting(player, account, register, step).await.map_err(broke)? {
            worth_opening.push(Worth {
                account: account.to_owned(),
                register: register.to_owned(),
                number: found.entry.number.clone(),
                entry: found.entry.id.to_string(),
                step: step.to_owned(),
                zh: zh.to_owned(),
                en: en.to_owned(),
            });
        }
    }
    Ok(Guide { codes: reports.iter().map(|report| report.code.clone()).collect(), reports, worth_opening })
}

fn broke(source: store::Error) -> Error {
    Error::Step { what: "the guide".into(), source: Box::new(Failure::Error(source)) }
}

/// The most telling first: answered, with a word more from the reporter, still open; of the like the latest.
async fn reports(player: &Player) -> store::Result<Vec<Report>> {
    let mut reports = Vec::new();
    for (entry, code) in player.codes.iter().rev() {
        let Some(open) = player.store.open_with_code(code).await? else { continue };
        let found = &open.found;
        reports.push(Report {
            code: code.to_groups().expose(String::clone),
            number: found.entry.number.clone(),
            state: found.entry.state.to_string(),
            noted: noted(player, *entry).await?,
            answered: open.values.for_viewer_with_key().contains_key("answer"),
            open: engine::hears(&found.register, &found.entry, player.store.now()),
        });
    }
    reports.sort_by_key(|report| std::cmp::Reverse((report.answered, report.open, report.noted)));
    reports.truncate(CODES);
    Ok(reports)
}

async fn noted(player: &Player, entry: EntryId) -> store::Result<bool> {
    let events = player.store.events_of(entry).await?;
    Ok(events.iter().any(|kept| kept.event.actor == engine::Actor::Public && matches!(kept.event.fact, Fact::Noted { .. })))
}

/// The first entry of a register on which this account may make this move now; one of its own before any other.
async fn waiting(player: &Player, account: &str, register: &str, step: &str) -> store::Result<Option<Found>> {
    let Some(account) = player.store.account(account).await? else { return Ok(None) };
    let Some(viewer) = player.store.viewer(account.person) else { return Ok(None) };
    let query = Query { page: Page::At { offset: 0, limit: LOOKED_THROUGH }, ..Query::of(register) };
    let mut found = player.store.entries(&query, &viewer).await?;
    found.sort_by_key(|found| found.entry.owner != Some(viewer.person));
    let directory = player.store.directory();
    let world = World { catalogue: player.store.catalogue(), directory: &directory, now: player.store.now() };
    let may = |found: &Found| {
        offers(&world, &viewer, &found.register, &found.entry)
            .iter()
            .any(|offer| offer.step.name.as_str() == step && offer.refused.is_none())
    };
    Ok(found.into_iter().find(may))
}
