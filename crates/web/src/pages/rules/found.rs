//! What a run of a rule found: each finding with its numbers, its group, and what became of it.

use super::{by, failed, figures, months, rules, said, strip};
use crate::address::Pairs;
use crate::draw::entry_path;
use crate::failure::{Answer, Failure};
use crate::figures::{Came, Fate, Hit, Hits, Rule};
use crate::pages::area::area_of;
use crate::staff::Staff;
use crate::view::act::Act;
use crate::view::cell::{Cell, Fact};
use crate::view::field::{Choice, Control, Field, Look};
use crate::view::ledger::{Column, Ledger, Pager, Sort};
use crate::view::list::{Chip, Empty, Filter};
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::Path;
use catalogue::register::{Scope, Verb};
use catalogue::{AreaPage, Register};
use engine::{EntryId, rights};
use serde::Serialize;
use std::cmp::Ordering;

/// Findings of one page.
const LINES: usize = 100;
/// What became of findings, as an address says it and as people read it.
const FATES: [(&str, &str); 7] = [
    ("opened", "fate-opened"),
    ("known", "fate-known"),
    ("quiet", "fate-quiet"),
    ("ranking", "fate-ranking"),
    ("draft", "fate-draft"),
    ("past", "fate-past"),
    ("refused", "fate-refused"),
];

#[derive(Serialize)]
struct Found {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    code: String,
    lede: String,
    facts: Vec<Fact>,
    chips: Vec<Chip>,
    filter: Filter,
    saves: Vec<Act>,
    ledger: Option<Ledger>,
    empty: Option<Empty>,
    pager: Pager,
    version: String,
    params: String,
}

/// A run as one person reads it.
pub(super) struct Reading {
    pub rule: Rule,
    pub hits: Hits,
    /// Whether people are named: to those who read alerts of the whole institution.
    pub names: bool,
}

/// The run an address names, for one who reads its rule, without the findings that became entries they are kept out of.
pub(super) async fn read(staff: &Staff, rule: &str, run: &str) -> Answer<Reading> {
    let rule = rules(staff).await?.into_iter().find(|known| known.id == rule).ok_or(Failure::NotFound)?;
    let mut hits = figures(staff)?.hits(&rule.id, run).await.map_err(failed)?.ok_or(Failure::NotFound)?;
    let reads = reaches(staff, &rule, Verb::Read);
    let names = !staff.viewer.nameless && reads;
    let mut shown = Vec::with_capacity(hits.rows.len());
    for hit in std::mem::take(&mut hits.rows) {
        match is_kept_from(staff, hit.fate, reads).await? {
            true => leave_out(&mut hits.ran.came, hit.fate),
            false => shown.push(hit),
        }
    }
    hits.rows = shown;
    Ok(Reading { rule, hits, names })
}

/// What a run came to for this person: without the findings that are kept from them, so that no total tells that there are any.
pub(super) async fn came(staff: &Staff, rule: &Rule, run: &str, came: &Came) -> Answer<Came> {
    // Ranks become no entries, and what was not run found nothing.
    if rule.ranks || came.not_run.is_some() || came.findings == 0 {
        return Ok(came.clone());
    }
    let Some(hits) = figures(staff)?.hits(&rule.id, run).await.map_err(failed)? else { return Ok(came.clone()) };
    let (reads, mut left) = (reaches(staff, rule, Verb::Read), came.clone());
    for hit in hits.rows {
        if is_kept_from(staff, hit.fate, reads).await? {
            leave_out(&mut left, hit.fate);
        }
    }
    Ok(left)
}

fn leave_out(came: &mut Came, fate: Fate) {
    let less = |count: &mut u64| *count = count.saturating_sub(1);
    less(&mut came.findings);
    match fate {
        Fate::Opened(_) => less(&mut came.opened),
        Fate::Known(_) => less(&mut came.known),
        Fate::Quiet(_) => less(&mut came.whitelisted),
        Fate::Ranking | Fate::Draft | Fate::Past | Fate::Refused => {}
    }
}

/// Whether a finding became an entry that bars this person, or one they cannot read though they read all others. Whoever reads no
/// entries at all reads findings without names.
async fn is_kept_from(staff: &Staff, fate: Fate, reads: bool) -> Answer<bool> {
    let (Fate::Opened(entry) | Fate::Known(entry) | Fate::Quiet(entry)) = fate else { return Ok(false) };
    match staff.app.store.fold_of(entry).await? {
        Some(entry) if entry.bars(&staff.viewer.tag) => Ok(true),
        Some(entry) if reads => {
            let register = staff.catalogue.register(entry.register.as_str());
            Ok(register.is_some_and(|register| rights::may(&staff.viewer, register, Verb::Read, &entry).is_err()))
        }
        Some(_) | None => Ok(false),
    }
}

/// The register a rule's findings open entries in.
pub(super) fn alerts<'s>(staff: &'s Staff, rule: &Rule) -> Option<&'s Register> {
    let (register, _) = rule.alerts.as_ref()?;
    staff.catalogue.register(register.as_str())
}

/// Whether this person's right to the rule's alerts reaches the whole institution.
pub(super) fn reaches(staff: &Staff, rule: &Rule, verb: Verb) -> bool {
    alerts(staff, rule).is_some_and(|register| reaches_in(staff, register, verb))
}

pub(super) fn reaches_in(staff: &Staff, register: &Register, verb: Verb) -> bool {
    rights::reach(&staff.viewer, register, verb).parts.iter().any(|part| part.scope >= Scope::Institution)
}

/// `GET /rules/{id}/runs/{run}?month=…&fate=…&sort=…&page=…`
pub(crate) async fn show(staff: Staff, Path((id, run)): Path<(String, String)>) -> Answer {
    let reading = read(&staff, &id, &run).await?;
    let Reading { rule, hits, .. } = &reading;
    let path = super::run_path(&rule.id, &hits.ran.run);
    let here = staff.query.without(&["lang", "done"]);
    let wanted = reading.wanted(&here);
    let page = here.get("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1).max(1);
    let from = ((page - 1) * LINES).min(wanted.len());
    let until = (from + LINES).min(wanted.len());
    let turn = |page: usize| here.without(&["page"]).with("page", page.to_string()).at(&path);
    let ledger = (from < until).then_some(&wanted[from..until]);
    let page = Found {
        shell: staff
            .shell(&staff.fill("found-title", &[("rule", staff.text(&rule.title).into())]), area_of(&staff, AreaPage::Rules))
            .await?,
        back: Link::new(staff.text(&rule.title), format!("/rules/{}", rule.id)),
        code: rule.id.clone(),
        lede: staff.say(if reading.names { "found-note" } else { "found-note-nameless" }),
        facts: facts(&staff, &reading),
        chips: chips(&staff, &here, &path),
        filter: filter(&staff, &reading, &here, &path),
        saves: saves(&staff, rule, &here, &path),
        ledger: match ledger {
            Some(rows) => Some(table(&staff, &reading, rows, &here, &path).await?),
            None => None,
        },
        empty: wanted.is_empty().then(|| Empty { title: staff.say("found-none"), text: staff.say("found-none-text"), act: None }),
        pager: Pager {
            first: (from + usize::from(from < until)).to_string(),
            last: until.to_string(),
            total: wanted.len().to_string(),
            filtered: wanted.len() < hits.rows.len(),
            prev: (page > 1).then(|| turn(page - 1)),
            next: (until < wanted.len()).then(|| turn(page + 1)),
        },
        version: hits.version.clone(),
        params: said(&staff, &hits.parameters),
    };
    staff.page("pages/findings.html", &page)
}

impl Reading {
    /// The findings the filters let through, in the order asked for.
    pub(super) fn wanted(&self, pairs: &Pairs) -> Vec<&Hit> {
        let given = |name: &str| pairs.get(name).filter(|text| !text.is_empty());
        let fits =
            |hit: &&Hit| given("month").is_none_or(|month| hit.month == month) && given("fate").is_none_or(|fate| word(hit.fate) == fate);
        let mut rows: Vec<&Hit> = self.hits.rows.iter().filter(fits).collect();
        let (key, down) = order(pairs);
        if let Some(key) = key.filter(|key| self.sorts_by(key)) {
            rows.sort_by(|a, b| {
                let ordering = compare(a, b, key);
                if down { ordering.reverse() } else { ordering }
            });
        }
        rows
    }

    /// What a person may not see is nothing to sort by either.
    fn sorts_by(&self, key: &str) -> bool {
        key.parse::<usize>().ok().is_none_or(|at| self.hits.columns.get(at).is_some_and(|column| self.names || !column.person))
    }

    /// The places of the columns this person sees; `all`: those of a file too.
    pub(super) fn columns(&self, all: bool) -> Vec<usize> {
        let columns = self.hits.columns.iter().enumerate();
        columns.filter(|(_, column)| (all || column.shown) && (self.names || !column.person)).map(|(at, _)| at).collect()
    }
}

/// `-3` is the fourth column, the largest first. By default the latest month comes first, within it the order of the rule.
fn order(pairs: &Pairs) -> (Option<&str>, bool) {
    match pairs.get("sort").filter(|sort| !sort.is_empty()) {
        Some(sort) => (Some(sort.trim_start_matches('-')), sort.starts_with('-')),
        None => (Some("month"), true),
    }
}

/// What has no number comes before what has one.
fn compare(a: &Hit, b: &Hit, key: &str) -> Ordering {
    match key.parse::<usize>() {
        Ok(at) => {
            let (a, b) = (a.cells.get(at), b.cells.get(at));
            let number = |cell: Option<&crate::figures::HitCell>| cell.and_then(|cell| cell.number);
            let words = |cell: Option<&crate::figures::HitCell>| cell.map(|cell| cell.shown.zh.clone());
            number(a).partial_cmp(&number(b)).unwrap_or(Ordering::Equal).then_with(|| words(a).cmp(&words(b)))
        }
        Err(_) if key == "fate" => place(a.fate).cmp(&place(b.fate)),
        Err(_) => a.month.cmp(&b.month),
    }
}

/// The word of the house for what became of a finding.
pub(super) fn key(fate: Fate) -> &'static str {
    FATES[place(fate)].1
}

fn word(fate: Fate) -> &'static str {
    FATES[place(fate)].0
}

fn place(fate: Fate) -> usize {
    match fate {
        Fate::Opened(_) => 0,
        Fate::Known(_) => 1,
        Fate::Quiet(_) => 2,
        Fate::Ranking => 3,
        Fate::Draft => 4,
        Fate::Past => 5,
        Fate::Refused => 6,
    }
}

fn facts(staff: &Staff, reading: &Reading) -> Vec<Fact> {
    let ran = &reading.hits.ran;
    let fact = |key: &str, value: Cell| Fact { label: staff.say(key), value, wide: false, seen: None };
    let count = |key: &str, n: u64| fact(key, Cell::num(n.to_string()));
    let mut facts = vec![
        fact("run-at", Cell::text(staff.moment(ran.at))),
        fact("run-by", Cell::text(by(staff, ran))),
        fact("run-months", Cell::text(months(staff, ran))),
        count("run-findings", ran.came.findings),
    ];
    let asked = reading.hits.rows.iter().any(|hit| !matches!(hit.fate, Fate::Ranking | Fate::Draft));
    if asked {
        facts.extend([count("run-opened", ran.came.opened), count("run-known", ran.came.known), count("run-quiet", ran.came.whitelisted)]);
    }
    if ran.came.refused > 0 {
        facts.push(count("run-refused", ran.came.refused));
    }
    facts
}

fn chips(staff: &Staff, here: &Pairs, path: &str) -> Vec<Chip> {
    let chip = |(name, key): (&str, &str)| {
        let value = here.get(name).filter(|value| !value.is_empty())?;
        let fate = FATES.iter().find(|(word, _)| name == "fate" && *word == value);
        let value = fate.map_or_else(|| value.to_owned(), |(_, key)| staff.say(key));
        Some(Chip { label: staff.say(key), value, drop: here.without(&[name, "page"]).at(path) })
    };
    [("month", "found-month"), ("fate", "found-fate")].into_iter().filter_map(chip).collect()
}

fn filter(staff: &Staff, reading: &Reading, here: &Pairs, path: &str) -> Filter {
    let select = |name: &str, key: &str, options: Vec<(String, String)>| {
        let on = here.get(name).unwrap_or_default();
        let options = options.into_iter().map(|(value, label)| Choice { on: value == on, value, label, hint: None }).collect();
        Field::new(name, staff.say(key), Control::Choice { look: Look::Select, options })
    };
    let mut found: Vec<String> = reading.hits.rows.iter().map(|hit| hit.month.clone()).collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.dedup();
    let there = |(fate, _): &(&str, &str)| reading.hits.rows.iter().any(|hit| word(hit.fate) == *fate);
    let fates = FATES.into_iter().filter(there).map(|(fate, key)| (fate.to_owned(), staff.say(key)));
    let fields = vec![
        select("month", "found-month", found.into_iter().map(|month| (month.clone(), month)).collect()),
        select("fate", "found-fate", fates.collect()),
    ];
    Filter { action: path.to_owned(), keep: crate::pages::list::tools::gives(&here.without(&["month", "fate", "page"])), fields }
}

/// Files are for those who may save the alerts of the whole institution.
fn saves(staff: &Staff, rule: &Rule, here: &Pairs, path: &str) -> Vec<Act> {
    if !reaches(staff, rule, Verb::Export) {
        return Vec::new();
    }
    let save = |(key, end): (&str, &str)| Act::link(staff.say(key), here.without(&["page"]).at(&format!("{path}/{end}"))).icon("save");
    [("list-export-xlsx", "findings.xlsx"), ("list-export-csv", "findings.csv")].map(save).into()
}

async fn table(staff: &Staff, reading: &Reading, rows: &[&Hit], here: &Pairs, path: &str) -> Answer<Ledger> {
    let (by, down) = order(here);
    let sort = |key: String, first_down: bool| {
        let on = by == Some(key.as_str());
        let falls = if on { !down } else { first_down };
        let dir = if !on {
            "none"
        } else if down {
            "descending"
        } else {
            "ascending"
        };
        let to = if falls { format!("-{key}") } else { key };
        Some(Sort { href: here.without(&["sort", "page"]).with("sort", to).at(path), dir })
    };
    let seen = reading.columns(false);
    let grouped = reading.hits.rows.iter().any(|hit| hit.group.is_some());
    let mut columns = vec![
        Column { sort: sort("month".into(), true), ..Column::plain(staff.say("found-month")) },
        Column { sort: sort("fate".into(), false), ..Column::plain(staff.say("found-fate")) },
    ];
    if grouped {
        columns.push(Column::plain(staff.say("found-group")));
    }
    for at in &seen {
        let column = &reading.hits.columns[*at];
        let plain = Column::plain(staff.text(&column.label));
        columns.push(Column { num: column.number, sort: sort(at.to_string(), column.number), ..plain });
    }
    let mut lines = Vec::new();
    for hit in rows {
        let mut cells = vec![Cell::text(&hit.month), fate(staff, hit.fate).await?];
        if grouped {
            let drawn = hit.group.and_then(|group| strip(&staff.visit, group));
            cells.push(drawn.map_or(Cell::None, |svg| Cell::Drawn { svg }));
        }
        cells.extend(seen.iter().map(|at| cell(staff, reading, hit, *at)));
        lines.push(cells);
    }
    Ok(Ledger::tight(staff.say("found-list"), columns, lines))
}

fn cell(staff: &Staff, reading: &Reading, hit: &Hit, at: usize) -> Cell {
    let text = hit.cells.get(at).map(|cell| staff.text(&cell.shown).to_owned()).filter(|text| !text.is_empty());
    match text {
        Some(text) if reading.hits.columns[at].number => Cell::num(text),
        Some(text) => Cell::text(text),
        None => Cell::None,
    }
}

/// What became of a finding, with the entry for whoever may see it.
async fn fate(staff: &Staff, fate: Fate) -> Answer<Cell> {
    let said = staff.say(key(fate));
    let (Fate::Opened(entry) | Fate::Known(entry) | Fate::Quiet(entry)) = fate else { return Ok(Cell::text(said)) };
    Ok(match seen(staff, entry).await? {
        Some((number, state, path)) => Cell::link(format!("{said} {number} {state}"), path),
        None => Cell::text(said),
    })
}

/// Number, state and page of an entry; nothing for whoever may not see it.
async fn seen(staff: &Staff, entry: EntryId) -> Answer<Option<(String, String, String)>> {
    match staff.app.store.entry(entry, &staff.viewer).await {
        Ok(found) => {
            let state = staff.draw(&found.register).state(&found.entry.state).text;
            Ok(Some((found.entry.number.clone(), state, entry_path(&found.entry))))
        }
        Err(store::Failure::Refusal(_)) => Ok(None),
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}
