//! What goes into a package, in words: the same for the preview and for the package itself.

use super::choose::{WHYS, filled};
use super::words;
use crate::draw::Draw;
use crate::failure::{Answer, Failure};
use crate::pages::work::{Line, Sheet};
use crate::staff::Staff;
use catalogue::Lang;
use engine::content::{Left, cut};
use engine::{Fact, FileRef};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{Choice, Letter, Open, Parcel};
use vault::Speaker;

/// One field in words.
#[derive(Serialize)]
struct Said {
    label: String,
    text: String,
}

/// One file as it goes.
#[derive(Serialize)]
struct Going {
    name: String,
    /// Of the content, where a clean copy goes in the original's place.
    original_sha256: Option<String>,
    sha256: Option<String>,
}

/// The paper that lies on top, as a page and as JSON.
#[derive(Serialize)]
struct Cover {
    lang: &'static str,
    house: String,
    number: String,
    authority: String,
    register: String,
    why: String,
    when: String,
    facts: Vec<Said>,
    /// Words between house and reporter, oldest first.
    letters: Vec<Said>,
    timeline: Vec<String>,
    files: Vec<Going>,
    withheld: Vec<Left>,
}

/// What the approver sees: the words that go and those that do not.
pub(super) async fn preview(staff: &Staff, draw: &Draw<'_>, open: &Open) -> Answer<Vec<Sheet>> {
    let Some(choice) = open.choice()? else { return Ok(Vec::new()) };
    let letters = super::letters(staff, open).await?;
    let told = facts(staff, draw, open, &choice).into_iter().chain(letters_in_words(draw, &letters, &choice));
    let mut going: Vec<Line> = told.map(|said| Line::new(said.label, said.text)).collect();
    let names = |file: &FileRef| {
        let how = if choice.as_they_are.contains(&file.hash) { "hand-copy-original" } else { "hand-copy-clean" };
        Line::new(staff.say("hand-file"), format!("{} · {}", cut(&file.name, &choice.cut), staff.say(how)))
    };
    going.extend(open.files().iter().filter(|file| choice.files.contains(&file.hash)).map(names));
    going.push(Line::new(staff.say("hand-why"), choice.why.clone()));
    let left = left(staff, draw, open, &letters, &choice).into_iter().map(|(_, told)| Line::new(told.what, told.reason));
    Ok(vec![Sheet { title: staff.say("hand-goes"), lines: going }, Sheet { title: staff.say("hand-left"), lines: left.collect() }])
}

/// The parcel of the hand-over that was agreed to. Papers are Chinese: they are for authorities.
pub(super) async fn parcel(staff: &Staff, open: &Open) -> Answer<Parcel> {
    let entry = &open.found.entry;
    let (Some(choice), Some(handing)) = (open.choice()?, &entry.content.handing) else { return Err(Failure::NotFound) };
    let directory = crate::pages::find::directory_for(staff, &open.found.register, std::slice::from_ref(entry)).await?;
    let visit = crate::visit::Visit { lang: Lang::Zh, years: true, ..staff.on_paper() };
    let draw = Draw { visit: &visit, ..staff.draw_with(&open.found.register, &directory) };
    let (mut files, mut going) = (Vec::new(), Vec::new());
    for (nth, file) in open.files().into_iter().filter(|file| choice.files.contains(&file.hash)).enumerate() {
        let name = file_name(nth, &cut(&file.name, &choice.cut));
        let is_original = choice.as_they_are.contains(&file.hash);
        let copy = if is_original { file.clone() } else { clean(staff, open, &file).await? };
        // Asked for once more, since the copy may only just have been made.
        let again = super::open(staff, entry, vault::Purpose::HandOver).await?;
        let hashes = if is_original { None } else { staff.app.store.evidence_of(&again, &file)? };
        let (original_sha256, sha256) = hashes.unzip();
        going.push(Going { name: name.clone(), original_sha256, sha256 });
        files.push((name, copy));
    }
    let letters = super::letters(staff, open).await?;
    let (left, told): (Vec<Left>, Vec<Left>) = left(staff, &draw, open, &letters, &choice).into_iter().unzip();
    let cover = Cover {
        lang: Lang::Zh.tag(),
        house: staff.house().to_owned(),
        number: entry.number.clone(),
        authority: handing.authority.clone(),
        register: draw.title(),
        why: cut(&choice.why, &choice.cut),
        when: visit.moment(staff.now),
        facts: facts(staff, &draw, open, &choice),
        letters: letters_in_words(&draw, &letters, &choice),
        timeline: if choice.timeline { timeline(staff, &draw, open).await? } else { Vec::new() },
        files: going,
        withheld: told.clone(),
    };
    let page = staff.app.templates.render(Lang::Zh, "pages/package.html", &cover)?;
    let json = serde_json::to_vec_pretty(&cover).map_err(Failure::broken)?;
    let papers = vec![("00-移送材料.html".to_owned(), page.into_bytes()), ("00-移送材料.json".to_owned(), json)];
    let note = "收到并打开后，请按公开的电话向移送单位回告下面一行确认码。\nRead the line below back to the house that sent this, by a public telephone number.";
    Ok(Parcel { papers, files, left, told, note: note.to_owned() })
}

/// The clean copy of a file.
///
/// Errors: none can be made; then the original is chosen, or the file is left out, by a person.
async fn clean(staff: &Staff, open: &Open, file: &FileRef) -> Answer<FileRef> {
    let copy = staff.app.store.clean_copy(open, &staff.viewer, file).await?;
    copy.map_err(|unclean| {
        let (zh, en) = (unclean.text().zh, unclean.text().en);
        Failure::Unreadable(catalogue::Text::new(
            format!("{}：{zh}。可退回后改选原件，或不提供这个附件。", file.name),
            format!("{}: {en}. Take the hand-over back and choose the original, or leave this file out.", file.name),
        ))
    })
}

fn facts(staff: &Staff, draw: &Draw<'_>, open: &Open, choice: &Choice) -> Vec<Said> {
    let chosen = filled(staff, &open.found, open).into_iter().filter(|(field, _)| choice.fields.contains(&field.name));
    chosen.map(|(field, value)| Said { label: draw.text(&field.label), text: cut(&words(draw, field, value), &choice.cut) }).collect()
}

/// The letters that were chosen, with who wrote each on what day. The hour stays in the house: it could tell who.
fn letters_in_words(draw: &Draw<'_>, letters: &[Letter], choice: &Choice) -> Vec<Said> {
    let said = |letter: &Letter| {
        let key = if letter.by == Speaker::Reporter { "redact-by-reporter" } else { "redact-by-house" };
        let label = draw.visit.fill(key, &[("when", draw.visit.date(letter.at.date()).into())]);
        Said { label, text: cut(&letter.text, &choice.cut) }
    };
    letters.iter().filter(|letter| choice.letters.contains(&letter.seq)).map(said).collect()
}

/// What was left out, each thing with its own reason: for the chain by name, for people in words.
fn left(staff: &Staff, draw: &Draw<'_>, open: &Open, letters: &[Letter], choice: &Choice) -> Vec<(Left, Left)> {
    let why = |of: &str| choice.whys.get(of).unwrap_or(&choice.left_why).clone();
    let mut left: Vec<Left> = filled(staff, &open.found, open)
        .into_iter()
        .filter(|(field, _)| !choice.fields.contains(&field.name))
        .map(|(field, _)| Left { what: field.name.to_string(), reason: why(field.name.as_str()) })
        .collect();
    let mut files: BTreeMap<String, usize> = BTreeMap::new();
    for file in open.files().iter().filter(|file| !choice.files.contains(&file.hash)) {
        *files.entry(why(&file.hash)).or_default() += 1;
    }
    left.extend(files.into_iter().map(|(reason, count)| Left { what: format!("files:{count}"), reason }));
    let unsent = letters.iter().filter(|letter| !choice.letters.contains(&letter.seq)).count();
    // A letter goes as words; what was enclosed stays.
    let enclosed = letters.iter().map(|letter| letter.files.len()).sum::<usize>();
    for (kind, count) in [("letters", unsent), ("enclosures", enclosed), ("words", choice.cut.len())] {
        if count > 0 {
            left.push(Left { what: format!("{kind}:{count}"), reason: why(kind) });
        }
    }
    if !choice.timeline {
        left.push(Left { what: "timeline".to_owned(), reason: why("timeline") });
    }
    left.into_iter().map(|left| (left.clone(), in_words(draw, &left))).collect()
}

/// Something left out, as people read it.
pub(super) fn in_words(draw: &Draw<'_>, left: &Left) -> Left {
    let count = |key: &str, count: &str| draw.visit.fill(key, &[("n", count.to_owned().into())]);
    let what = match left.what.split_once(':') {
        Some(("files", n)) => count("hand-left-files", n),
        Some(("letters", n)) => count("hand-left-letters", n),
        Some(("enclosures", n)) => count("hand-left-enclosures", n),
        Some(("words", n)) => count("hand-left-words", n),
        _ if left.what == "timeline" => draw.visit.say("hand-timeline"),
        _ => draw.register.fields.get(left.what.as_str()).map_or_else(|| left.what.clone(), |field| draw.text(&field.label)),
    };
    let reason = WHYS.iter().find(|(word, _)| *word == left.reason).map(|(_, key)| draw.visit.say(key));
    Left { what, reason: reason.unwrap_or_default() }
}

/// What happened when, without a name.
async fn timeline(staff: &Staff, draw: &Draw<'_>, open: &Open) -> Answer<Vec<String>> {
    let events = staff.app.store.events_of(open.found.entry.id).await?;
    let told = events.iter().filter(|one| matches!(one.event.fact, Fact::Created { .. } | Fact::Moved { .. }));
    Ok(told.map(|one| format!("{} {}", draw.visit.date(one.event.at.date()), draw.what(&one.event.fact))).collect())
}

/// A name a package takes: numbered, so that no two are alike, and nothing a file's name cannot have.
fn file_name(nth: usize, name: &str) -> String {
    let fit: String = name.chars().filter(|symbol| !symbol.is_control() && !"/\\:*?\"<>|".contains(*symbol)).take(120).collect();
    let is_plain = |symbol: &char| symbol.is_alphanumeric() || " .-_()（）█".contains(*symbol);
    let fit: String = fit.chars().map(|symbol| if is_plain(&symbol) { symbol } else { '_' }).collect();
    format!("{:02}-{}", nth + 1, fit.trim_matches([' ', '.']))
}
