//! My desk: what is due today, what waits for me, what changed.

pub(crate) mod pile;

use crate::draw::{cells, entry_path};
use crate::failure::Answer;
use crate::pages::{find, identity, kept, notices};
use crate::staff::Staff;
use crate::toast;
use crate::view::act::Act;
use crate::view::desk::{Day, Line, News};
use crate::view::shell::Shell;
use crate::view::top::Link;
use catalogue::DayKind;
use catalogue::register::Verb;
use engine::{Entry, Moment};
use jiff::civil::Date;
use serde::Serialize;
use store::{Desk, Found, Pile, Together};

/// Lines of each list; a page of its own has the rest.
const LINES: usize = 12;
const DAYS: usize = 14;
/// Registers one may begin an entry in straight from the desk.
const BEGINNINGS: usize = 2;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    acts: Vec<Act>,
    /// What one can do here, where nothing waits.
    lead: Option<Lead>,
    /// Content this person may ask to erase, or soon may.
    kept: Option<Lead>,
    /// A second factor is recommended to this person.
    advice: Option<Lead>,
    lede: String,
    days: Vec<Day>,
    due: Part<Line>,
    waiting: Part<Line>,
    news: NewsPart,
}

#[derive(Serialize)]
struct Lead {
    text: String,
    act: Option<Act>,
}

#[derive(Serialize)]
struct Part<T> {
    note: String,
    lines: Vec<T>,
    /// How many are not shown here, and where they are.
    more: Option<Link>,
}

#[derive(Serialize)]
struct NewsPart {
    note: String,
    lines: Vec<News>,
    more: Option<Link>,
    read: Act,
}

/// The first page of whoever is signed in.
pub(crate) async fn show(staff: Staff) -> Answer {
    let since = Moment(staff.now.0 - 3 * 86_400_000);
    let desk = staff.app.store.desk(&staff.viewer, since, LINES as u64).await?;
    let unseen = staff.app.store.unseen_count(&staff.viewer).await?;
    let (due, due_shown) = drawn(&staff, &[&desk.overdue, &desk.due_today], "due").await?;
    let mut asked = identity::keeping::lines(&staff).await?;
    asked.extend(crate::pages::escrow::lines(&staff).await?);
    let of_custody = asked.len() as u64;
    let waiting_count = desk.waiting.count + of_custody;
    let (waits, waiting_shown) = drawn(&staff, &[&desk.waiting], "waiting").await?;
    let waiting: Vec<Line> = asked.into_iter().chain(waits).collect();
    let waiting_shown = waiting_shown + of_custody;
    let more = |count: u64, shown: u64, href: &str| {
        let left = count.saturating_sub(shown);
        (left > 0).then(|| Link::new(staff.fill("desk-more", &[("n", left.into())]), href))
    };
    let (more_due, more_waiting) =
        (more(desk.overdue.count + desk.due_today.count, due_shown, "/desk/due"), more(waiting_count, waiting_shown, "/desk/waiting"));
    let counts = [("today", desk.due_today.count.into()), ("late", desk.overdue.count.into())];
    let lede = staff.fill(
        "desk-lede",
        &[
            ("today", desk.due_today.count.into()),
            ("late", desk.overdue.count.into()),
            ("waiting", waiting_count.into()),
            ("news", unseen.into()),
        ],
    );
    let page = Page {
        shell: Shell { toast: toast::of(&staff, None), ..staff.shell(&staff.say("desk"), Some("desk")).await? },
        acts: beginnings(&staff),
        lead: if desk.overdue.count + desk.due_today.count + waiting_count == 0 { lead(&staff) } else { None },
        kept: kept_lead(&staff).await?,
        advice: advice(&staff),
        lede,
        days: days(&staff, &desk),
        due: Part { note: staff.fill("desk-due-note", &counts), lines: due, more: more_due },
        waiting: Part { note: staff.fill("desk-waiting-note", &[("n", waiting_count.into())]), lines: waiting, more: more_waiting },
        news: NewsPart {
            note: staff.fill("desk-news-note", &[("n", unseen.into())]),
            lines: news(&staff, desk.changed.entries).await?,
            more: more(unseen, LINES as u64, "/notices"),
            read: Act::post(staff.say("desk-read"), "/notices/read").give("back", "/"),
        },
    };
    staff.page("pages/desk.html", &page)
}

/// How many entries have had their years, have them soon, or were handed up.
async fn kept_lead(staff: &Staff) -> Answer<Option<Lead>> {
    let count = kept::kept(staff).await?.len();
    let act = || Act::link(staff.say("kept-see"), "/kept");
    Ok((count > 0).then(|| Lead { text: staff.fill("kept-lead", &[("n", count.into())]), act: Some(act()) }))
}

fn advice(staff: &Staff) -> Option<Lead> {
    let offered = engine::account::factor(&staff.catalogue, &staff.viewer) >= catalogue::role::Factor::Offered;
    let has = staff.app.store.standing(staff.viewer.person).is_some_and(|standing| standing.factor);
    let act = || Act::link(staff.say("factor-start"), "/me/factor");
    (offered && !has).then(|| Lead { text: staff.say("factor-advice"), act: Some(act()) })
}

/// What the first of this person's roles that says so can do here.
fn lead(staff: &Staff) -> Option<Lead> {
    let role = staff.catalogue.roles.values().find(|role| role.desk.is_some() && staff.viewer.holds(role.name.as_str()))?;
    let act = role.leads.as_ref().map(|to| Act::link(staff.say("desk-lead"), to.clone()));
    Some(Lead { text: staff.text(role.desk.as_ref()?).to_owned(), act })
}

fn beginnings(staff: &Staff) -> Vec<Act> {
    let is_offered = |area: &str| staff.catalogue.areas.iter().any(|known| known.name == area && known.offered);
    let mut registers: Vec<_> =
        staff.catalogue.registers.values().filter(|register| staff.may(register, Verb::Create) && is_offered(&register.area)).collect();
    let place = |area: &str| staff.catalogue.areas.iter().position(|known| known.name == area).unwrap_or(usize::MAX);
    registers.sort_by_key(|register| (place(&register.area), register.order));
    let act = |register: &catalogue::Register| Act::link(staff.begin(register), format!("/r/{}/new", register.name)).icon("plus");
    registers.into_iter().take(BEGINNINGS).map(act).collect()
}

/// The lines of a pile, what is of one kind as one of them, and how many entries they stand for.
async fn drawn(staff: &Staff, piles: &[&Pile], name: &str) -> Answer<(Vec<Line>, u64)> {
    let mut lines = Vec::new();
    let mut stand_for = 0;
    for pile in piles {
        lines.extend(pile.together.iter().map(|kind| together(staff, kind, name)));
        stand_for += pile.together.iter().map(|kind| kind.count).sum::<u64>();
        for found in pile.entries.iter().take(LINES) {
            stand_for += 1;
            lines.push(line(staff, found).await?);
        }
    }
    Ok((lines, stand_for))
}

/// Entries of one kind: how many, the clock of the soonest, and the way to all of them.
fn together(staff: &Staff, kind: &Together, pile: &str) -> Line {
    let found = &kind.first;
    let draw = staff.draw(&found.register);
    let said = found.register.list.gather.as_ref().and_then(|name| {
        let (field, value) = (found.register.field(name.as_str())?, found.entry.values.get(name)?);
        Some(engine::show::value(&draw.shown(), field, value))
    });
    let words = [("what", said.unwrap_or_default().into()), ("n", kind.count.into())];
    let path = format!("/desk/{pile}/{}/{}", kind.among.register, kind.among.item);
    let title = staff.fill("desk-together", &words);
    let full = format!("{}：{title}", staff.say("desk-all"));
    Line {
        clock: draw.due(&found.entry),
        title,
        href: path.clone(),
        small: format!("{} · {}", draw.title(), staff.fill("desk-together-first", &[("number", found.entry.number.clone().into())])),
        act: Some(Act::link(staff.say("desk-all"), path).full(full)),
    }
}

async fn line(staff: &Staff, found: &Found) -> Answer<Line> {
    let directory = find::directory_for(staff, &found.register, std::slice::from_ref(&found.entry)).await?;
    let draw = staff.draw_with(&found.register, &directory);
    let entry = &found.entry;
    let next = draw.steps(entry).next;
    let title = draw.entry_title(entry);
    let standing = draw.standing(entry);
    let state = [Some(standing.text), standing.mail].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let act = next.map_or_else(
        || Act::link(staff.say("desk-open"), entry_path(entry)).full(format!("{}：{}", staff.say("desk-open"), entry.number)),
        |act| Act { kind: Default::default(), ..act },
    );
    Ok(Line {
        clock: draw.due(entry),
        title: if title.is_empty() { state.clone() } else { format!("{title} · {state}") },
        href: entry_path(entry),
        small: format!("{} · {}", entry.number, draw.title()),
        act: Some(act),
    })
}

/// Fourteen days with what is due on each, weekends and holidays named.
fn days(staff: &Staff, desk: &Desk) -> Vec<Day> {
    let today = staff.today();
    let mut days = Vec::with_capacity(DAYS);
    let mut day = today;
    while days.len() < DAYS {
        days.push(one_day(staff, day, day == today, desk.days.get(&day).copied().unwrap_or_default()));
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    days
}

fn one_day(staff: &Staff, day: Date, today: bool, count: u64) -> Day {
    let kind = staff.catalogue.calendar.kind(day);
    let off = matches!(kind, DayKind::Weekend | DayKind::Holiday(_));
    let name = match kind {
        _ if today => staff.say("desk-today"),
        DayKind::Holiday(name) if staff.lang == catalogue::Lang::Zh => name.to_owned(),
        DayKind::Holiday(_) | DayKind::Weekend => staff.say("desk-off"),
        DayKind::MakeUp => staff.say("desk-make-up"),
        DayKind::Working => staff.weekday(day.weekday()),
    };
    let text = match (count, off) {
        (0, true) => "·".to_owned(),
        (0, false) => staff.say("desk-none"),
        _ => staff.fill("n-items", &[("n", count.into())]),
    };
    Day { name, day: day.day().to_string(), text, off }
}

/// Notices not yet seen, and one's own entries that changed.
async fn news(staff: &Staff, changed: Vec<Found>) -> Answer<Vec<News>> {
    let notices = staff.app.store.notices(&staff.viewer, true, LINES as u64).await?;
    let mut all: Vec<(Moment, News)> = Vec::new();
    for notice in &notices {
        all.push((notice.at, notices::news(staff, notice).await));
    }
    let told: Vec<_> = notices.iter().map(|notice| notice.entry).collect();
    let changed = changed.into_iter().filter(|found| !told.contains(&found.entry.id));
    all.extend(changed.map(|found| (found.entry.changed, own(staff, &found.entry, &found))));
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(all.into_iter().take(LINES).map(|(_, news)| news).collect())
}

fn own(staff: &Staff, entry: &Entry, found: &Found) -> News {
    let draw = staff.draw(&found.register);
    News {
        at: cells::machine_time(entry.changed),
        when: when(staff, entry.changed),
        title: format!("{} · {}", draw.title(), draw.state(&entry.state).text),
        href: entry_path(entry),
        small: entry.number.clone(),
    }
}

/// `09:12` today, `昨天`, else the day.
pub(crate) fn when(staff: &Staff, at: Moment) -> String {
    match staff.now.day_number() - at.day_number() {
        0 => at.local().strftime("%H:%M").to_string(),
        1 => staff.say("yesterday"),
        _ => staff.date(at.date()),
    }
}
