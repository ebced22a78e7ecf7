//! Choosing what goes: fields, files, the timeline, words left out, to whom and why.

use crate::draw::Draw;
use crate::draw::cells::unclean;
use crate::failure::Answer;
use crate::pages::cover;
use crate::pages::hand::words;
use crate::pages::work::{Line, Sheet, WorkPage};
use crate::posted::Posted;
use crate::staff::Staff;
use crate::view::act::Act;
use crate::view::field::{Choice as Option_, Control, Field, Look, Part};
use catalogue::field::Kind;
use catalogue::{FieldName, Sensitivity};
use engine::{Code, EntryId, FileRef, Refusal, Value, rights};
use store::{AuthorityKey, Choice, Found, Letter, Open};

/// Why something is left out, and what says it in words.
pub(super) const WHYS: [(&str, &str); 4] =
    [("identity", "hand-why-identity"), ("third", "hand-why-third"), ("unrelated", "hand-why-unrelated"), ("other", "hand-why-other")];

/// What may stay beside fields and files, and what says it in words.
const KINDS: [(&str, &str); 4] =
    [("letters", "redact-letters"), ("enclosures", "stage-files"), ("words", "hand-cut"), ("timeline", "hand-timeline")];

/// Fields an entry fills that may go, each with its value as this person sees it.
pub(super) fn filled<'a>(staff: &Staff, found: &'a Found, open: &'a Open) -> Vec<(&'a catalogue::Field, &'a Value)> {
    let values = open.values.for_viewer_with_key();
    let value = |field: &'a catalogue::Field| match field.sensitivity {
        Sensitivity::Sealed => values.get(&field.name),
        _ if rights::sees(&staff.viewer, &found.register, &found.entry, field) => found.entry.values.get(&field.name),
        _ => None,
    };
    found
        .register
        .fields
        .values()
        .filter(|field| !matches!(field.kind, Kind::File { .. }))
        .filter_map(|field| Some((field, value(field)?)))
        .collect()
}

/// The way to open it, or the form once it stands open.
pub(super) async fn offer(
    staff: &Staff,
    draw: &Draw<'_>,
    found: &Found,
    open: Option<&Open>,
    posted: &Posted,
    path: &str,
    page: &mut WorkPage,
) -> Answer<()> {
    let Some(open) = open else {
        let act = staff.app.keyrings.holds(&staff.session).then(|| Act::post(staff.say("hand-choose"), path).give("step", "open"));
        page.say(staff.say(if act.is_some() { "hand-choose-about" } else { "open-no-key" }), act);
        return Ok(());
    };
    let authorities = staff.app.store.authorities(&staff.viewer).await?;
    if authorities.is_empty() {
        page.say(staff.say("hand-no-authority"), None);
        return Ok(());
    }
    let typed = |name: &str| posted.pairs.get(name).unwrap_or_default().to_owned();
    let on = |name: &str, value: &str| posted.pairs.0.iter().any(|(key, one)| key == name && one == value);
    let option = |value: String, label: String, hint: Option<String>, on: bool| Option_ { value, label, hint, on };
    let to = authorities.iter().map(|authority| {
        let hint = match &authority.key {
            AuthorityKey::Checked(key) => staff.fill("hand-key-checked", &[("fingerprint", key.fingerprint().into())]),
            AuthorityKey::Unchecked(_) => staff.say("hand-key-unchecked"),
            AuthorityKey::None => staff.say("hand-key-none"),
        };
        let id = authority.entry.to_string();
        option(id.clone(), authority.name.clone(), Some(hint), on("to", &id))
    });
    let to = Control::Choice { look: Look::Radio, options: to.collect() };
    let fields = filled(staff, found, open).into_iter().map(|(field, value)| {
        let name = field.name.to_string();
        let chosen = on("fields", &name);
        option(name, draw.text(&field.label), Some(begun(&words(draw, field, value))), chosen)
    });
    let fields = Control::Multi { look: Look::Checks, options: fields.collect() };
    let mut about = vec![
        Field::new("to", staff.say("hand-to"), to).required(true),
        Field::new("fields", staff.say("hand-fields"), fields).required(true),
    ];
    about.extend(open.files().iter().map(|file| file_choice(staff, file, posted)));
    let letters = super::letters(staff, open).await?.into_iter().map(|letter| {
        let seq = letter.seq.to_string();
        option(seq.clone(), cover::said_by(staff, &letter), Some(begun(&letter.text)), on("letters", &seq))
    });
    let letters: Vec<Option_> = letters.collect();
    if !letters.is_empty() {
        let control = Control::Multi { look: Look::Checks, options: letters };
        about.push(Field::new("letters", staff.say("redact-letters"), control).hint(Some(staff.say("hand-letters-hint"))));
    }
    let timeline = vec![option("yes".to_owned(), staff.say("hand-timeline-yes"), None, on("timeline", "yes"))];
    about.push(Field::new("timeline", staff.say("hand-timeline"), Control::Multi { look: Look::Checks, options: timeline }));
    let cut = Field::new("cut", staff.say("hand-cut"), Control::long(typed("cut"), Some(4_000))).hint(Some(staff.say("hand-cut-hint")));
    let whys = WHYS.map(|(word, key)| option(word.to_owned(), staff.say(key), None, on("left_why", word)));
    let left = Field::new("left_why", staff.say("hand-left-why"), Control::Choice { look: Look::Select, options: whys.into() });
    let why = Field::new("why", staff.say("hand-why"), Control::long(typed("why"), Some(500))).required(true);
    let whys = Part::folded(staff.say("hand-whys"), whys_apart(posted), whys_of(staff, draw, found, open, posted));
    let parts = vec![Part::plain(None, about), Part::plain(None, vec![cut, left.required(true)]), whys, Part::plain(None, vec![why])];
    page.form(staff, path, "ask", parts, "hand-ask");
    let lines = filled(staff, found, open).into_iter().map(|(field, value)| Line::new(draw.text(&field.label), words(draw, field, value)));
    page.sheets.push(Sheet { title: staff.say("hand-content"), lines: lines.collect() });
    page.sheets.extend(cover::letters(staff, found, open).await?);
    Ok(())
}

/// A question for each thing that may stay: why, where the reason is not that of the rest.
fn whys_of(staff: &Staff, draw: &Draw<'_>, found: &Found, open: &Open, posted: &Posted) -> Vec<Field> {
    let fields = filled(staff, found, open).into_iter().map(|(field, _)| (field.name.to_string(), draw.text(&field.label)));
    let files = open.files().into_iter().map(|file| (file.hash, staff.fill("hand-file-how", &[("name", file.name.into())])));
    let kinds = KINDS.map(|(kind, key)| (kind.to_owned(), staff.say(key)));
    let question = |(of, label): (String, String)| {
        let name = format!("why-{of}");
        let chosen = posted.pairs.get(&name).unwrap_or_default();
        let option = |(word, key): (&str, &str)| Option_ { value: word.to_owned(), label: staff.say(key), hint: None, on: chosen == word };
        Field::new(&name, label, Control::Choice { look: Look::Select, options: WHYS.map(option).into() })
    };
    fields.chain(files).chain(kinds).map(question).collect()
}

/// Whether a reason of its own was given.
fn whys_apart(posted: &Posted) -> bool {
    posted.pairs.0.iter().any(|(name, why)| name.starts_with("why-") && !why.is_empty())
}

/// How words begin: enough to tell two letters of one minute apart.
fn begun(text: &str) -> String {
    const SHOWN: usize = 40;
    let start: String = text.chars().take(SHOWN).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}

/// How a file goes, if at all: nothing is chosen beforehand, and no copy is offered that cannot be made.
fn file_choice(staff: &Staff, file: &FileRef, posted: &Posted) -> Field {
    let name = format!("file-{}", file.hash);
    let chosen = posted.pairs.get(&name).unwrap_or_default();
    let option = |word: &str, key: &str| Option_ { value: word.to_owned(), label: staff.say(key), hint: None, on: chosen == word };
    let unclean = unclean(&file.name);
    let copy = unclean.is_none().then(|| option("clean", "hand-copy-clean"));
    let options = copy.into_iter().chain([option("original", "hand-copy-original")]).collect();
    let label = staff.fill("hand-file-how", &[("name", file.name.clone().into())]);
    Field::new(&name, label, Control::Choice { look: Look::Select, options }).hint(Some(staff.say(unclean.unwrap_or("hand-copy-hint"))))
}

/// Makes the copies that were chosen, before anybody is asked to agree to them.
///
/// Errors: one cannot be made; which, and what to choose instead.
pub(super) async fn copies(staff: &Staff, open: &Open, choice: &Choice) -> Result<(), store::Failure> {
    let as_copies = |file: &FileRef| choice.files.contains(&file.hash) && !choice.as_they_are.contains(&file.hash);
    for file in open.files().into_iter().filter(as_copies) {
        if let Err(unclean) = staff.app.store.clean_copy(open, &staff.viewer, &file).await? {
            let (zh, en) = (unclean.text().zh, unclean.text().en);
            let zh = format!("{}：{zh}。请改选原件，或不移送这个附件", file.name);
            let en = format!("{}: {en}. Choose the original, or leave this file out", file.name);
            return Err(Refusal::new(Code::Condition, zh, en).into());
        }
    }
    Ok(())
}

/// What was chosen, of what stands open.
pub(super) fn read(staff: &Staff, found: &Found, open: &Open, letters: &[Letter], posted: &Posted) -> Result<(EntryId, Choice), Refusal> {
    let all = |name: &str| posted.pairs.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect::<Vec<_>>();
    let text = |name: &str| posted.pairs.get(name).unwrap_or_default().trim().to_owned();
    let known: Vec<FieldName> = filled(staff, found, open).into_iter().map(|(field, _)| field.name.clone()).collect();
    let to = EntryId::parse(&text("to"))
        .ok_or_else(|| Refusal::new(Code::Missing, "请选择移送给哪个机关", "choose the authority it goes to"))?;
    let left_why = text("left_why");
    if !WHYS.iter().any(|(word, _)| *word == left_why) {
        return Err(Refusal::new(Code::Missing, "请选择不提供部分的原因", "choose why the rest is left out"));
    }
    let asked = all("fields");
    let how = |file: &FileRef| text(&format!("file-{}", file.hash));
    let files =
        |words: &[&str]| open.files().into_iter().filter(|file| words.contains(&how(file).as_str())).map(|file| file.hash).collect();
    let choice = Choice {
        fields: known.into_iter().filter(|name| asked.iter().any(|one| one == name.as_str())).collect(),
        files: files(&["clean", "original"]),
        as_they_are: files(&["original"]),
        letters: letters.iter().map(|letter| letter.seq).filter(|seq| all("letters").contains(&seq.to_string())).collect(),
        timeline: text("timeline") == "yes",
        cut: text("cut").lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect(),
        left_why,
        whys: posted
            .pairs
            .0
            .iter()
            .filter(|(_, why)| WHYS.iter().any(|(word, _)| word == why))
            .filter_map(|(name, why)| Some((name.strip_prefix("why-")?.to_owned(), why.clone())))
            .collect(),
        why: text("why"),
    };
    if choice.fields.is_empty() && choice.files.is_empty() && choice.letters.is_empty() {
        return Err(Refusal::new(Code::Missing, "请选择移送的内容", "choose what goes"));
    }
    Ok((to, choice))
}
