//! Choosing what goes: fields, files, the timeline, words left out, to whom and why.

use crate::draw::Draw;
use crate::failure::Answer;
use crate::pages::hand::words;
use crate::pages::work::{Line, Sheet, WorkPage};
use crate::posted::Posted;
use crate::staff::Staff;
use crate::view::act::Act;
use crate::view::field::{Choice as Option_, Control, Field, Look, Part};
use catalogue::field::Kind;
use catalogue::{FieldName, Sensitivity};
use engine::{Code, EntryId, Refusal, Value, rights};
use store::{AuthorityKey, Choice, Found, Open};

/// Why something is left out, and what says it in words.
pub(super) const WHYS: [(&str, &str); 4] =
    [("identity", "hand-why-identity"), ("third", "hand-why-third"), ("unrelated", "hand-why-unrelated"), ("other", "hand-why-other")];

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
    let first = posted.pairs.get("why").is_none();
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
    let fields = filled(staff, found, open).into_iter().map(|(field, _)| {
        let name = field.name.to_string();
        // Who reported and who kept it out is not on the list of what goes by itself.
        let chosen = if first { field.sensitivity == Sensitivity::Sealed && !field.bars } else { on("fields", &name) };
        option(name, draw.text(&field.label), None, chosen)
    });
    let fields = Control::Multi { look: Look::Checks, options: fields.collect() };
    let mut about = vec![Field::new("to", staff.say("hand-to"), to).required(true), Field::new("fields", staff.say("hand-fields"), fields)];
    let files = open.files();
    if !files.is_empty() {
        let options = files.iter().map(|file| option(file.hash.clone(), file.name.clone(), None, first || on("files", &file.hash)));
        let options = Control::Multi { look: Look::Checks, options: options.collect() };
        about.push(Field::new("files", staff.say("hand-files"), options));
        let copies = [("clean", "hand-copy-clean", "hand-copy-clean-hint"), ("original", "hand-copy-original", "hand-copy-original-hint")];
        let options = copies.map(|(word, key, hint)| {
            option(word.to_owned(), staff.say(key), Some(staff.say(hint)), if first { word == "clean" } else { on("copy", word) })
        });
        about.push(Field::new("copy", staff.say("hand-copy"), Control::Choice { look: Look::Radio, options: options.into() }));
    }
    let timeline = vec![option("yes".to_owned(), staff.say("hand-timeline-yes"), None, on("timeline", "yes"))];
    about.push(Field::new("timeline", staff.say("hand-timeline"), Control::Multi { look: Look::Checks, options: timeline }));
    let cut = Field::new("cut", staff.say("hand-cut"), Control::long(typed("cut"), Some(4_000))).hint(Some(staff.say("hand-cut-hint")));
    let whys = WHYS.map(|(word, key)| option(word.to_owned(), staff.say(key), None, on("left_why", word)));
    let left = Field::new("left_why", staff.say("hand-left-why"), Control::Choice { look: Look::Select, options: whys.into() });
    let why = Field::new("why", staff.say("hand-why"), Control::long(typed("why"), Some(500))).required(true);
    let parts = vec![Part::plain(None, about), Part::plain(None, vec![cut, left.required(true), why])];
    page.form(staff, path, "ask", parts, "hand-ask");
    let lines = filled(staff, found, open).into_iter().map(|(field, value)| Line::new(draw.text(&field.label), words(draw, field, value)));
    page.sheets.push(Sheet { title: staff.say("hand-content"), lines: lines.collect() });
    Ok(())
}

/// What was chosen.
pub(super) fn read(staff: &Staff, found: &Found, open: &Open, posted: &Posted) -> Result<(EntryId, Choice), Refusal> {
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
    let choice = Choice {
        fields: known.into_iter().filter(|name| asked.iter().any(|one| one == name.as_str())).collect(),
        files: open.files().into_iter().map(|file| file.hash).filter(|hash| all("files").contains(hash)).collect(),
        originals: text("copy") == "original",
        timeline: text("timeline") == "yes",
        cut: text("cut").lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect(),
        left_why,
        why: text("why"),
    };
    Ok((to, choice))
}
