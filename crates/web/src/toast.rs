//! What was just done, said once on the next page, with its undoing where it can be undone. It stands in the address as a word,
//! never as a text; what an undoing needs is carried there signed.

use crate::draw::list_path;
use crate::staff::Staff;
use crate::view::act::Give;
use crate::view::shell::{Toast, Undo};
use catalogue::Register;

/// Words an address may carry; anything else is silence.
const WORDS: [&str; 38] = [
    "keys-given",
    "identity-asked",
    "identity-withdrawn",
    "identity-dealt",
    "identity-answered",
    "masked",
    "redacting",
    "redact-asked",
    "mail-on",
    "mail-off",
    "factor-on",
    "factor-off",
    "deputy-asked",
    "rescue-asked",
    "rescue-declined",
    "rescue-first",
    "rescue-done",
    "escrow-dealt",
    "deputy-ended",
    "messaged",
    "created",
    "saved",
    "noted",
    "recused",
    "asked",
    "answered",
    "resumed",
    "unread",
    "view-saved",
    "view-dropped",
    "view-back",
    "password",
    "assigned",
    "account",
    "sessions-ended",
    "view-default",
    "view-reset",
    "erasing",
];

/// The toast of a page that was asked for with `done=…`: a word, or `move.` and a move.
pub(crate) fn of(staff: &Staff, register: Option<&Register>) -> Option<Toast> {
    let done = staff.query.get("done")?;
    if let Some(made) = done.strip_prefix("move.") {
        let step = register?.moves.get(made)?;
        let text = staff.fill("toast-moved", &[("move", staff.text(&step.label).to_owned().into())]);
        return Some(Toast { text, undo: None });
    }
    if let Some((done, skipped)) = done.strip_prefix("bulk.").and_then(|counts| counts.split_once('.')) {
        let (done, skipped) = (done.parse::<u32>().ok()?, skipped.parse::<u32>().ok()?);
        return Some(Toast { text: staff.fill("bulk-done", &[("done", done.into()), ("skipped", skipped.into())]), undo: None });
    }
    if let Some(given) = done.strip_prefix("given.") {
        return Some(Toast { text: staff.fill("given-done", &[("n", given.parse::<u32>().ok()?.into())]), undo: None });
    }
    if let Some((done, refused)) = done.strip_prefix("import.").and_then(|counts| counts.split_once('.')) {
        let (n, refused) = (done.parse::<u32>().ok()?, refused.parse::<u32>().ok()?);
        let key = if refused == 0 { "import-done" } else { "import-done-some" };
        return Some(Toast { text: staff.fill(key, &[("n", n.into()), ("refused", refused.into())]), undo: None });
    }
    if let Some((done, skipped)) = done.strip_prefix("reverted.").and_then(|counts| counts.split_once('.')) {
        let (done, skipped) = (done.parse::<u32>().ok()?, skipped.parse::<u32>().ok()?);
        return Some(Toast { text: staff.fill("import-reverted", &[("done", done.into()), ("skipped", skipped.into())]), undo: None });
    }
    if let Some(dropped) = done.strip_prefix("view-dropped.") {
        let undo = Undo { post: format!("{}/views", list_path(register?)), give: vec![Give::new("undo", dropped)] };
        return Some(Toast { text: staff.say("toast-view-dropped"), undo: Some(undo) });
    }
    if let Some(at) = done.strip_prefix("read.") {
        let at: i64 = at.parse().ok()?;
        let undo = Undo {
            post: "/notices/unread".to_owned(),
            give: vec![Give::new("at", at.to_string()), Give::new("back", staff.path.as_str())],
        };
        return Some(Toast { text: staff.say("toast-read"), undo: Some(undo) });
    }
    if done == "account-stopped" {
        return Some(Toast {
            text: staff.say("toast-account-stopped"),
            undo: Some(Undo { post: format!("{}/start", staff.path), give: Vec::new() }),
        });
    }
    WORDS.contains(&done).then(|| Toast { text: staff.say(&format!("toast-{done}")), undo: None })
}
