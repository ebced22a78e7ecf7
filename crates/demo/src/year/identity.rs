//! Somebody asked who reported by name: one custodian agreed, the other is still to answer.

use engine::Viewer;
use store::{Failure, LockOut, Page, Query, SignIn, Wanted};
use vault::{Keyring, Password, Stretch};

use super::Error;
use super::cast::Cast;
use super::found::PASSWORD;
use super::play::Player;

const WHO_ASKS: &str = "inspector";
const WHO_AGREES: &str = "custodian";
const WHY: &str = "所述时间与门诊记录不一致，需要联系举报人核对一次。";
/// Entries looked through for one by name.
const LOOKED_THROUGH: u64 = 500;

/// Asks about the latest report by name that is still open, and lets one of the two agree.
pub(super) async fn ask(player: &Player, cast: &Cast) -> Result<(), Error> {
    asked(player, cast).await.map_err(|source| Error::Step { what: "asking who reported".into(), source: Box::new(source) })
}

async fn asked(player: &Player, cast: &Cast) -> Result<(), Failure> {
    let store = &player.store;
    let (Some((inspector, own)), Some((custodian, share))) = (who(player, cast, WHO_ASKS).await?, who(player, cast, WHO_AGREES).await?)
    else {
        return Ok(());
    };
    let registers = store.catalogue().registers.values().filter(|register| register.custody.is_some());
    for register in registers {
        let query = Query { page: Page::At { offset: 0, limit: LOOKED_THROUGH }, ..Query::of(register.name.clone()) };
        let found = store.entries(&query, &inspector).await?;
        let is_open = |entry: &engine::Entry| register.states.get(&entry.state).is_some_and(|state| !state.end);
        let latest = found.into_iter().filter(|found| is_open(&found.entry) && found.entry.kept().next().is_some());
        let Some(found) = latest.max_by_key(|found| found.entry.created) else { continue };
        store.ask_identity(found.entry.id, &inspector, &own, Wanted::Open, WHY).await?;
        store.approve_identity(found.entry.id, &custodian, &share).await?;
    }
    Ok(())
}

/// Somebody of the cast with their key open.
pub(super) async fn who(player: &Player, cast: &Cast, login: &str) -> Result<Option<(Viewer, Keyring)>, Failure> {
    let Some(viewer) = cast.by_login(login).and_then(|member| player.store.viewer(member.id)) else { return Ok(None) };
    let stretch = Stretch::new(8 * 1024, 1, 1).expect("these are within the limits");
    let answer = player.store.sign_in(login, Password::new(PASSWORD.to_owned()), stretch, LockOut::default()).await?;
    Ok(match answer {
        SignIn::Welcome { keyring, .. } => keyring.map(|keyring| (viewer, keyring)),
        _ => None,
    })
}
