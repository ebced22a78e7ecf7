//! Deeds about content: who may hand out, mask, redact, keep clean copies and relate, and when another person is needed.

use super::Draft;
use super::effects::{self, Consequence};
use crate::content::ContentDeed;
use crate::event::Fact;
use crate::ids::PersonId;
use crate::refusal::{Code, Refusal};
use crate::rights;
use crate::value::Value;
use crate::viewer::Viewer;
use catalogue::RoleName;
use catalogue::register::{Handing, Verb, Who};
use indexmap::IndexMap;

pub(super) fn content(draft: &mut Draft<'_>, deed: &ContentDeed) -> Result<(), Refusal> {
    match deed {
        ContentDeed::HandAsked { .. } => return ask_to_hand(draft, deed),
        ContentDeed::HandDeclined => answer(draft, false)?,
        ContentDeed::HandAgreed => answer(draft, true)?,
        ContentDeed::HandMade { .. } => {
            hands(draft)?;
            let Some(handing) = draft.entry().content.handing.as_ref().filter(|handing| handing.agreed) else {
                return Err(Refusal::new(Code::NothingAsked, "移送还没有经另一人同意", "nobody agreed to handing it out yet"));
            };
            if handing.changed {
                return Err(changed());
            }
        }
        ContentDeed::HandConfirmed { sha256, words } => return confirm(draft, deed, sha256, words),
        ContentDeed::Masked { .. } => may(draft, Verb::Mask)?,
        ContentDeed::Unmasked { mark } => {
            may(draft, Verb::Mask)?;
            if !draft.entry().content.marks.contains_key(mark) {
                return Err(Refusal::new(Code::NothingAsked, "这处遮盖已经取消", "there is no such mask"));
            }
        }
        ContentDeed::RedactAsked { .. } => return ask_to_redact(draft, deed),
        ContentDeed::RedactDeclined => second(draft, true)?,
        ContentDeed::Redacted { asked_by, version, .. } => {
            second(draft, false)?;
            let asked = draft.entry().content.redaction.as_ref().and_then(|asked| asked.by);
            if draft.entry().version != *version || asked != *asked_by {
                return Err(Refusal::stale());
            }
        }
        ContentDeed::Cleaned { .. } => opens(draft)?,
        ContentDeed::Related { other, .. } | ContentDeed::Parted { other } => {
            may(draft, Verb::Edit)?;
            if *other == draft.command.entry {
                return Err(Refusal::new(Code::Condition, "不能与自己关联", "an entry is not related to itself"));
            }
        }
    }
    draft.push(Fact::Content(deed.clone()));
    Ok(())
}

fn ask_to_hand(draft: &mut Draft<'_>, deed: &ContentDeed) -> Result<(), Refusal> {
    let handing = hands(draft)?;
    if !handing.states.is_empty() && !handing.states.contains(&draft.entry().state) {
        return Err(Refusal::new(Code::WrongState, "这一状态不能移送内容", "content is not handed out in this state"));
    }
    if draft.entry().content.handing.is_some() {
        return Err(Refusal::new(
            Code::AlreadyAsked,
            "已有一次移送在办，先办完或退回",
            "a hand-over is under way: finish it or take it back first",
        ));
    }
    if matches!(deed, ContentDeed::HandAsked { fields, files: 0, letters: 0, timeline: false, .. } if fields.is_empty()) {
        return Err(Refusal::new(Code::Missing, "请选择移送哪些内容", "choose what goes"));
    }
    draft.push(Fact::Content(deed.clone()));
    tell(draft, &handing.approve, "hand");
    Ok(())
}

/// Who agrees, declines, or takes their own wish back.
fn answer(draft: &Draft<'_>, agrees: bool) -> Result<(), Refusal> {
    let handing = draft.register.handing.as_ref().ok_or_else(Refusal::not_allowed)?;
    let Some(asked) = draft.entry().content.handing.as_ref() else {
        return Err(Refusal::new(Code::NothingAsked, "没有在办的移送", "no hand-over is under way"));
    };
    if agrees && asked.agreed {
        return Err(Refusal::new(Code::AlreadyAsked, "已经同意过了", "it was agreed to already"));
    }
    if is_me(draft, asked.by) {
        return if agrees { Err(own()) } else { Ok(()) };
    }
    holds_one(draft, &handing.approve)?;
    let who: Vec<Who> = handing.approve.iter().cloned().map(Who::Role).collect();
    apart_from(draft, asked.by, !agrees, |viewer| rights::is_any(viewer, draft.register, draft.entry(), &who))
}

fn confirm(draft: &mut Draft<'_>, deed: &ContentDeed, sha256: &str, words: &str) -> Result<(), Refusal> {
    let handing = hands(draft)?;
    let waits = |handed: &crate::content::Handed| handed.sha256 == sha256 && handed.confirmed.is_none();
    if !draft.entry().content.handed.iter().any(waits) {
        return Err(Refusal::new(Code::NothingAsked, "没有待确认的移送包", "no package waits to be confirmed"));
    }
    draft.push(Fact::Content(deed.clone()));
    if let Some(field) = handing.receipt.filter(|field| draft.register.fields.contains_key(field)) {
        draft.push(Fact::Set { set: IndexMap::from([(field, Some(Value::Text(words.to_owned())))]) });
    }
    Ok(())
}

fn ask_to_redact(draft: &mut Draft<'_>, deed: &ContentDeed) -> Result<(), Refusal> {
    may(draft, Verb::Redact)?;
    if draft.entry().content.redaction.is_some() {
        return Err(Refusal::new(
            Code::AlreadyAsked,
            "已经有人申请涂除，等另一人审定",
            "somebody asked already; it waits for another person",
        ));
    }
    draft.push(Fact::Content(deed.clone()));
    let roles: Vec<RoleName> = draft.register.rights.verbs.get(&Verb::Redact).into_iter().flatten().map(|(role, _)| role.clone()).collect();
    tell(draft, &roles, "redact");
    Ok(())
}

/// Another person than the one who asked, with the same right; whoever asked may take it back.
fn second(draft: &Draft<'_>, takes_back: bool) -> Result<(), Refusal> {
    let Some(asked) = draft.entry().content.redaction.as_ref() else {
        return Err(Refusal::new(Code::NothingAsked, "没有待审定的涂除申请", "nobody asked to redact it"));
    };
    if is_me(draft, asked.by) {
        return if takes_back { Ok(()) } else { Err(own()) };
    }
    may(draft, Verb::Redact)?;
    apart_from(draft, asked.by, takes_back, |viewer| rights::may(viewer, draft.register, Verb::Redact, draft.entry()).is_ok())
}

/// Whoever has a right only in the place of the one who asked decides nothing with it; they may take it back.
fn apart_from(draft: &Draft<'_>, asked: Option<PersonId>, takes_back: bool, may: impl Fn(&Viewer) -> bool) -> Result<(), Refusal> {
    let is_apart = draft.viewer.is_some_and(|viewer| rights::may_but(viewer, |person| asked == Some(person), may));
    if takes_back || is_apart { Ok(()) } else { Err(own()) }
}

fn tell(draft: &mut Draft<'_>, roles: &[RoleName], why: &str) {
    let who: Vec<Who> = roles.iter().cloned().map(Who::Role).collect();
    let me = draft.command.actor.person();
    let mut people: Vec<PersonId> = effects::whos(draft, &who).into_iter().filter(|person| Some(*person) != me).collect();
    people.sort_unstable();
    people.dedup();
    if !people.is_empty() {
        draft.consequences.push(Consequence::Tell { people, entry: draft.command.entry, duty: true, why: why.to_owned() });
    }
}

/// Whoever hands out is one of those the definition names, and holds a right to the key.
fn hands(draft: &Draft<'_>) -> Result<Handing, Refusal> {
    let handing = draft.register.handing.clone().ok_or_else(Refusal::not_allowed)?;
    holds_one(draft, &handing.by)?;
    opens(draft)?;
    Ok(handing)
}

fn holds_one(draft: &Draft<'_>, roles: &[RoleName]) -> Result<(), Refusal> {
    let who: Vec<Who> = roles.iter().cloned().map(Who::Role).collect();
    let holds = draft.viewer.is_some_and(|viewer| rights::is_any(viewer, draft.register, draft.entry(), &who));
    if draft.is_person() && holds { Ok(()) } else { Err(Refusal::not_allowed()) }
}

fn opens(draft: &Draft<'_>) -> Result<(), Refusal> {
    let opens = draft.viewer.is_some_and(|viewer| rights::may_unseal(viewer, draft.register, draft.entry()));
    if draft.is_person() && opens { Ok(()) } else { Err(Refusal::not_allowed()) }
}

fn may(draft: &Draft<'_>, verb: Verb) -> Result<(), Refusal> {
    let viewer = draft.viewer.filter(|_| draft.is_person()).ok_or_else(Refusal::not_allowed)?;
    rights::may(viewer, draft.register, verb, draft.entry())
}

fn is_me(draft: &Draft<'_>, by: Option<PersonId>) -> bool {
    let me = draft.command.actor.person();
    me.is_some() && me == by
}

fn changed() -> Refusal {
    Refusal::new(
        Code::Stale,
        "同意之后，要移送的内容有改动：请撤回这次移送，重新选择并请另一人同意",
        "what is to be handed out was changed after it was agreed to: take this hand-over back, choose anew and have another person agree",
    )
}

fn own() -> Refusal {
    Refusal::new(Code::SelfApproval, "申请的人不能自己审定", "whoever asked does not decide")
}
