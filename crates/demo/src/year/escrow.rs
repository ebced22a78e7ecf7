//! The recovery key of the demo: dealt to three who may hold a share, and asked for by somebody whose key is new; one holder agreed.

use engine::{PersonId, RescueWish};
use store::{Failure, Store};
use vault::{HandlerKey, Stretch, SystemEntropy};

use super::Error;
use super::cast::Cast;
use super::identity::who;
use super::play::Player;

const KEEPER: &str = "secretary";
const HOLDERS: [&str; 3] = ["custodian", "custodian2", "party"];
const WHO_ASKS: &str = "inspector2";
const WHY: &str = "密码重置以后，以前的举报打不开。";
const AGREES: &str = "已在办公室当面核实是本人。";

/// Makes a recovery key and deals it. Nobody gets its sheet: the house is a made-up one.
pub(super) async fn deal(store: &Store, cast: &Cast) -> Result<(), Error> {
    let of = |login: &str| cast.by_login(login).map(|member| member.id);
    let holders: Vec<PersonId> = HOLDERS.iter().filter_map(|login| of(login)).collect();
    let (Some(keeper), true) = (of(KEEPER), holders.len() == HOLDERS.len()) else { return Ok(()) };
    let key = HandlerKey::generate(&mut SystemEntropy);
    let step = |what: &'static str| move |source: Failure| Error::Step { what: what.into(), source: Box::new(source) };
    store.set_recovery(&key.recipient(), keeper).await.map_err(step("the recovery key"))?;
    store.deal_escrow(&key, &holders, keeper, None).await.map_err(step("dealing the recovery key"))
}

/// Asks the holders, and lets the first of them agree.
pub(super) async fn ask(player: &Player, cast: &Cast) -> Result<(), Error> {
    asked(player, cast).await.map_err(|source| Error::Step { what: "asking the holders of shares".into(), source: Box::new(source) })
}

async fn asked(player: &Player, cast: &Cast) -> Result<(), Failure> {
    let store = &player.store;
    let (Some(concerned), Some((holder, share))) = (cast.by_login(WHO_ASKS), who(player, cast, HOLDERS[0]).await?) else { return Ok(()) };
    if store.escrow().await?.is_none_or(|state| !state.is_usable()) {
        return Ok(());
    }
    store.ask_rescue(concerned.id, concerned.id, RescueWish::Keys, WHY).await?;
    let stretch = Stretch::new(8 * 1024, 1, 1).expect("these are within the limits");
    store.agree_rescue(holder.person, concerned.id, &share, AGREES, stretch).await.map(|_| ())
}
