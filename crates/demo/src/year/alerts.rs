//! How people answer findings: the doctor explains, medical affairs decides; the latest ones still wait.

use engine::{Entry, EntryId, Moment, PersonId, Value};
use jiff::ToSpan;
use store::{Change, Done, Page, Query, Wish};

use super::Error;
use super::cast::Cast;
use super::play::Player;

/// Reason and words of an explanation.
const REASONS: [(&str, &str); 6] = [
    ("patient_mix", "当月收治危重患者增多，用量随病情变化，病历可查。"),
    ("substitution", "同类药品缺货，临时替代使用，已恢复。"),
    ("new_service", "新开诊疗组，收治病种变化。"),
    ("guideline", "按新的诊疗指南调整方案。"),
    ("sole_prescriber", "本组集中收治该病种，由一人开具。"),
    ("other", "核对后确有集中开具，已调整。"),
];

/// What is decided, one after another, the last of them twice in ten.
const DECISIONS: [&str; 10] = ["accept", "accept", "talk", "accept", "mend", "accept", "ask_more", "accept", "talk", "refer"];

/// Days after which each answers.
const EXPLAINED_AFTER: i64 = 3;
const DECIDED_AFTER: i64 = 8;
const REVOKED_AFTER: i64 = 12;

/// Days for which an accepted reason holds, in turn.
const QUIET_DAYS: [i64; 3] = [180, 28, 365];

/// Answers the open findings: most are explained, half of these decided, some wait, some are late.
pub(super) async fn answer(player: &mut Player, cast: &Cast, end: Moment) -> Result<(), Error> {
    let opened = player.clock.now();
    let mut alerts = open(player, cast).await?;
    keep_waiting(&mut alerts, cast);
    let (mut explained, count) = (Vec::new(), alerts.len());
    let later = |days: i64| Moment(Moment::from_local(opened.local().saturating_add(days.days())).0.min(end.0));
    player.until(later(EXPLAINED_AFTER)).await?;
    for (at, alert) in alerts.iter().enumerate().take((count * 7 / 10).min(count.saturating_sub(2))) {
        if let Some(owner) = alert.owner {
            explain(player, alert, owner, at).await?;
            explained.push((alert, owner));
        }
    }
    player.until(later(DECIDED_AFTER)).await?;
    let mut reasons = Vec::new();
    for (at, (alert, owner)) in explained.iter().enumerate().take(count / 2) {
        reasons.extend(decide(player, cast, alert, *owner, at).await?);
    }
    player.until(later(REVOKED_AFTER)).await?;
    if let Some((medical, reason)) = cast.by_login("medical").zip(reasons.first()) {
        make(player, medical.id, "whitelist", *reason, "revoke", Change::default(), Some("核对后理由不再成立。")).await?;
    }
    player.until(end).await
}

/// Of a doctor's findings and of a head's one each comes last, so that it still waits when visitors come.
fn keep_waiting(alerts: &mut Vec<Entry>, cast: &Cast) {
    for is_head in [false, true] {
        let owned = |alert: &Entry| {
            let owner = cast.members.iter().find(|member| Some(member.id) == alert.owner);
            owner.is_some_and(|member| member.prescriber.is_some() && member.roles.is_empty() != is_head)
        };
        if let Some(at) = alerts.iter().rposition(owned) {
            let alert = alerts.remove(at);
            alerts.push(alert);
        }
    }
}

/// All findings that wait for an explanation, as medical affairs sees them.
async fn open(player: &Player, cast: &Cast) -> Result<Vec<Entry>, Error> {
    let broke = |source| Error::Step { what: "the list of findings".into(), source: Box::new(store::Failure::Error(source)) };
    let Some(viewer) = cast.by_login("medical").and_then(|member| player.store.viewer(member.id)) else { return Ok(Vec::new()) };
    let query = Query { tab: Some("open".into()), page: Page::At { offset: 0, limit: 500 }, ..Query::of("alert") };
    let found = player.store.entries(&query, &viewer).await.map_err(broke)?;
    Ok(found.into_iter().map(|found| found.entry).collect())
}

/// People whose findings still wait for their explanation.
pub(super) async fn waiting(player: &Player, cast: &Cast) -> Result<Vec<PersonId>, Error> {
    Ok(open(player, cast).await?.into_iter().filter_map(|alert| alert.owner).collect())
}

async fn explain(player: &Player, alert: &Entry, owner: PersonId, at: usize) -> Result<(), Error> {
    let (reason, words) = REASONS[at % REASONS.len()];
    let change = Change::from([("reason", Value::Choice(reason.into())), ("explanation", Value::Text(words.to_owned()))]);
    make(player, owner, "alert", alert.id, "explain", change, None).await.map(|_| ())
}

/// Decides; answers the accepted reason, if it is one.
async fn decide(player: &Player, cast: &Cast, alert: &Entry, owner: PersonId, at: usize) -> Result<Option<EntryId>, Error> {
    let Some(medical) = cast.by_login("medical").map(|member| member.id).filter(|medical| *medical != owner) else { return Ok(None) };
    let today = player.clock.now().date();
    let opinion = ("opinion", Value::Text("已对照病历和同组数据研判。".to_owned()));
    let (make_it, change, note) = match DECISIONS[at % DECISIONS.len()] {
        "accept" => (
            "accept",
            Change::from([opinion, ("whitelist_until", Value::Date(today.saturating_add(QUIET_DAYS[at % QUIET_DAYS.len()].days())))]),
            None,
        ),
        "talk" => ("talk", Change::from([opinion]), None),
        "mend" => ("mend", Change::from([opinion, ("problem_due", Value::Date(today.saturating_add(45.days())))]), None),
        "ask_more" => ("ask_more", Change::default(), Some("请补充病种变化的数据。")),
        _ => ("refer", Change::default(), None),
    };
    let done = make(player, medical, "alert", alert.id, make_it, change, note).await?;
    Ok(done.opened.first().copied().filter(|_| make_it == "accept"))
}

async fn make(
    player: &Player,
    by: PersonId,
    register: &str,
    entry: EntryId,
    make: &str,
    change: Change,
    note: Option<&str>,
) -> Result<Done, Error> {
    let wish = Wish::Move { make: make.into(), change, note: note.map(str::to_owned) };
    player.now(by, register, entry, wish).await
}
