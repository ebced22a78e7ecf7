//! Erasing: two persons of the roles the definition names, when it says so, and nothing after it.

use super::Draft;
use super::effects::{self, Consequence};
use crate::erasure::{EraseStep, Erasure, Rest, ground};
use crate::event::{Fact, Note};
use crate::ids::PersonId;
use crate::refusal::{Code, Refusal};
use crate::rights;
use crate::viewer::Viewer;
use catalogue::register::Who;

pub(super) fn erase(draft: &mut Draft<'_>, step: &EraseStep) -> Result<(), Refusal> {
    let retention = draft.register.retention.clone().ok_or_else(Refusal::not_allowed)?;
    let [by, approve] = [&retention.by, &retention.approve].map(|roles| roles.iter().cloned().map(Who::Role).collect::<Vec<_>>());
    let asked = match &draft.entry().erasure {
        Some(Erasure::Asked { by, .. }) => Some(*by),
        _ => None,
    };
    match step {
        EraseStep::Ask(reason) => ask(draft, (&by, &approve), reason, asked.is_some()),
        EraseStep::Decline => {
            another(draft, &approve, asked, true)?;
            draft.push(Fact::EraseDeclined);
            Ok(())
        }
        EraseStep::Agree { past, is_needed } => {
            another(draft, &approve, asked, false)?;
            if *is_needed {
                return Err(Refusal::new(
                    Code::Condition,
                    "还有关联到本件的件没有办完，办完后才能销毁",
                    "an entry that points to this one is still under way; it can be erased when that has ended",
                ));
            }
            let ground = ground(draft.register, draft.entry(), draft.world.now).ok_or_else(too_early)?;
            let rest = Rest::of(draft.entry(), &retention, past).ok_or_else(Refusal::stale)?;
            draft.push(Fact::Erased { ground, asked_by: asked.flatten(), rest });
            Ok(())
        }
    }
}

fn ask(draft: &mut Draft<'_>, (by, approve): (&[Who], &[Who]), reason: &Note, is_asked: bool) -> Result<(), Refusal> {
    holds_one(draft, by)?;
    if is_asked {
        return Err(Refusal::new(
            Code::AlreadyAsked,
            "已经有人申请销毁，等另一人审定",
            "somebody asked already; it waits for another person",
        ));
    }
    if reason.is_blank() {
        return Err(Refusal::new(Code::Missing, "请写明销毁的理由", "say why it is to be erased"));
    }
    ground(draft.register, draft.entry(), draft.world.now).ok_or_else(too_early)?;
    let me = draft.command.actor.person();
    let people = effects::whos(draft, approve).into_iter().filter(|person| Some(*person) != me).collect();
    draft.push(Fact::EraseAsked { reason: reason.clone() });
    draft.consequences.push(Consequence::Tell { people, entry: draft.command.entry, duty: true, why: "erase".to_owned() });
    Ok(())
}

/// `may_be_same`: whoever asked may take it back.
fn another(draft: &Draft<'_>, roles: &[Who], asked: Option<Option<PersonId>>, may_be_same: bool) -> Result<(), Refusal> {
    let Some(by) = asked else {
        return Err(Refusal::new(Code::NothingAsked, "没有待审定的销毁申请", "nobody asked to erase it"));
    };
    let me = draft.command.actor.person();
    if me.is_some() && me == by {
        return if may_be_same { Ok(()) } else { Err(own()) };
    }
    holds_one(draft, roles)?;
    let holds = |viewer: &Viewer| rights::is_any(viewer, draft.register, draft.entry(), roles);
    let in_their_place = |viewer| !rights::may_but(viewer, |person| by == Some(person), holds);
    if draft.viewer.is_some_and(in_their_place) && !may_be_same { Err(own()) } else { Ok(()) }
}

fn own() -> Refusal {
    Refusal::new(Code::SelfApproval, "申请的人不能自己审定", "whoever asked does not decide")
}

fn holds_one(draft: &Draft<'_>, roles: &[Who]) -> Result<(), Refusal> {
    let holds = draft.viewer.is_some_and(|viewer| rights::is_any(viewer, draft.register, draft.entry(), roles));
    // Neither the clock nor an effect erases anything.
    if draft.is_person() && holds { Ok(()) } else { Err(Refusal::not_allowed()) }
}

fn too_early() -> Refusal {
    Refusal::new(
        Code::Condition,
        "保存期未满，也没有移交并收到回执，不能销毁",
        "its years of keeping are not over, and it was not handed up with a receipt",
    )
}
