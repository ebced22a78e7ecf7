//! What the house tells everybody: announcements in force, ways to report with their hours. Without an account, script or cookie; what
//! is published or withdrawn shows at once.

use crate::app::App;
use crate::failure::Answer;
use crate::outward;
use crate::view::shell::Door;
use crate::visit::Visit;
use axum::extract::State;
use catalogue::{Lang, Sensitivity, Service};
use engine::{Value, Values, show};
use serde::Serialize;
use store::Found;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    door: Door,
    heading: String,
    announcements: Vec<Announcement>,
    channels: Vec<Channel>,
    rules: Vec<String>,
    report: String,
    receipt: String,
}

#[derive(Serialize)]
struct Announcement {
    number: String,
    heading: String,
    issued: Option<String>,
    facts: Vec<Fact>,
}

#[derive(Serialize)]
struct Fact {
    label: String,
    text: String,
}

/// A way to report as pages and posters show it.
#[derive(Serialize)]
pub(crate) struct Channel {
    pub label: String,
    pub contact: String,
    /// To call or write to it at a touch, where it is a number or an address of mail.
    pub href: Option<String>,
    pub hours: String,
    pub remark: Option<String>,
}

/// `GET /notice`
pub(crate) async fn show(State(app): State<App>, visit: Visit) -> Answer {
    let heading = visit.say("notice-title");
    let mut announcements = outward::published(&app, Service::Announcements).await?;
    announcements.reverse();
    let tail = if visit.lang == Lang::En { "?lang=en" } else { "" };
    let page = Page {
        door: visit.door(&heading),
        heading,
        announcements: announcements.iter().map(|found| announcement(&visit, found)).collect(),
        channels: channels(&visit).await?,
        rules: ["public-rule-secret", "public-rule-true", "notice-rule-retaliation"].map(|key| visit.say(key)).into(),
        report: format!("/report{tail}"),
        receipt: format!("/receipt{tail}"),
    };
    visit.page("pages/notice_public.html", &page)
}

/// Every field that is public, in the order of the definition; the heading and the day stand above them.
fn announcement(visit: &Visit, found: &Found) -> Announcement {
    let directory = visit.app.store.directory();
    let paper = visit.on_paper();
    let shown = show::Shown { catalogue: visit.app.store.catalogue(), directory: &directory, lang: visit.lang, today: paper.near() };
    let above = ["heading", "issued_on"];
    let is_told = |field: &&catalogue::Field| field.sensitivity == Sensitivity::Public && !above.contains(&field.name.as_str());
    let fact = |field: &catalogue::Field| {
        let text = show::value(&shown, field, found.entry.values.get(&field.name)?);
        Some(Fact { label: visit.text(&field.label).to_owned(), text })
    };
    let issued = match found.entry.values.get("issued_on") {
        Some(Value::Date(day)) => Some(paper.date(*day)),
        _ => None,
    };
    Announcement {
        number: found.entry.number.clone(),
        heading: outward::text(&found.entry, "heading").unwrap_or_default().to_owned(),
        issued,
        facts: found.register.fields.values().filter(is_told).filter_map(fact).collect(),
    }
}

/// The ways to report that are published.
pub(crate) async fn channels(visit: &Visit) -> Answer<Vec<Channel>> {
    let published = outward::published(&visit.app, Service::Channels).await?;
    Ok(published.iter().filter_map(|found| channel(visit, found)).collect())
}

fn channel(visit: &Visit, found: &Found) -> Option<Channel> {
    let catalogue = visit.app.store.catalogue();
    let directory = visit.app.store.directory();
    let shown = show::Shown { catalogue, directory: &directory, lang: visit.lang, today: visit.today() };
    let said = |name: &str, values: &Values| {
        let field = found.register.field(name)?;
        Some(show::value(&shown, field, values.get(name)?))
    };
    let values = &found.entry.values;
    let days = said("days", values)?;
    let columns = match &found.register.field("hours")?.kind {
        catalogue::Kind::Table { columns } => columns,
        _ => return None,
    };
    let span = |row: &Values| {
        let bound = |name: &str| Some(show::value(&shown, columns.get(name)?, row.get(name)?));
        Some(format!("{}–{}", bound("from")?, bound("until")?))
    };
    let spans: Vec<String> = match values.get("hours") {
        Some(Value::Rows(rows)) => rows.iter().filter_map(span).collect(),
        _ => Vec::new(),
    };
    let hours =
        std::iter::once(days).chain((!spans.is_empty()).then(|| spans.join(&visit.say("list-comma")))).collect::<Vec<_>>().join(" ");
    let contact = said("contact", values)?;
    Some(Channel { label: said("channel", values)?, href: touch(&contact), contact, hours, remark: said("remark", values) })
}

/// Digits a telephone number has at least.
const DIGITS: usize = 5;

/// `tel:` of a contact that begins with a number, `mailto:` of one that begins with an address; neither of a street or a room.
fn touch(contact: &str) -> Option<String> {
    let ends = |symbol: char| !symbol.is_ascii() || matches!(symbol, '(' | ',' | ';');
    let first = contact.split(ends).next().unwrap_or_default().trim();
    let is_dialled = first.chars().all(|symbol| symbol.is_ascii_digit() || matches!(symbol, '+' | '-' | ' '));
    let digits: String = first.chars().filter(|symbol| symbol.is_ascii_digit() || *symbol == '+').collect();
    if is_dialled && digits.len() >= DIGITS {
        return Some(format!("tel:{digits}"));
    }
    let is_mail = first.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')) && !first.contains(' ');
    is_mail.then(|| format!("mailto:{first}"))
}

#[cfg(test)]
mod tests {
    use super::touch;

    #[test]
    fn a_number_is_dialled_an_address_written_to_and_a_street_neither() {
        for (contact, href) in [
            ("000-0001（示例电话）", Some("tel:0000001")),
            ("+86 000 0000", Some("tel:+860000000")),
            ("000-0001", Some("tel:0000001")),
            ("jubao@example.org（示例）", Some("mailto:jubao@example.org")),
            ("1 号楼 205 室", None),
            ("12-3 示例路", None),
            ("示例路 1 号 纪检监察室收", None),
            ("写信 a@example.org", None),
        ] {
            assert_eq!(touch(contact).as_deref(), href, "{contact}");
        }
    }
}
