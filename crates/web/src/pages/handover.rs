//! The page after staff took down what somebody told them: the receipt code for the person it belongs to. It is made as on the public
//! page, shown this once, and kept nowhere; whoever took the report in cannot look it up again.

use crate::draw::entry_path;
use crate::failure::{Answer, Failure};
use crate::qr;
use crate::staff::Staff;
use crate::view::shell::Door;
use catalogue::Register;
use engine::rights;
use serde::Serialize;
use store::Done;
use vault::ReceiptCode;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    door: Door,
    heading: String,
    /// In groups, as it is read out.
    code: String,
    groups: Vec<Group>,
    svg: String,
    /// Where one asks with it.
    ask_at: String,
    /// The entry, for who may read it.
    entry: Option<String>,
    again: String,
}

#[derive(Serialize)]
struct Group {
    text: String,
    said: Vec<Said>,
}

/// A sign of the code and how it is said so that nobody mishears it.
#[derive(Serialize)]
struct Said {
    sign: String,
    word: String,
}

/// The signs a code is made of, in the order in which `spell-words` says them.
const SIGNS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Shows the code. The page answers the form itself, so that the code is in no address; sent again, the same form shows it again.
pub(crate) async fn show(staff: &Staff, register: &Register, done: &Done, code: &ReceiptCode) -> Answer {
    let entry = staff.app.store.fold_of(done.entry).await?.ok_or(Failure::NotFound)?;
    let reads = rights::may(&staff.viewer, register, catalogue::register::Verb::Read, &entry).is_ok();
    let heading = staff.say("handover-title");
    let words: Vec<String> = staff.say("spell-words").split_whitespace().map(str::to_owned).collect();
    let said =
        |sign: char| Said { sign: sign.to_string(), word: SIGNS.find(sign).and_then(|at| words.get(at)).cloned().unwrap_or_default() };
    let page = code.to_groups().expose(|text| Page {
        door: staff.door(&heading),
        heading,
        code: text.clone(),
        groups: text.split('-').map(|group| Group { text: group.to_owned(), said: group.chars().map(said).collect() }).collect(),
        svg: qr::svg(text, &staff.say("receipt-qr-label")).unwrap_or_default(),
        ask_at: staff.outside("/receipt"),
        entry: reads.then(|| entry_path(&entry)),
        again: format!("/r/{}/new", register.name),
    });
    staff.page("pages/handover.html", &page)
}
