//! The recovery sheet in place of one of two custodians: whoever asked opens an identity with one custodian's consent and the sheet.

use super::{Held, PURPOSE, asking, from_json, open_kept};
use crate::db::args;
use crate::error::Failure;
use crate::sealing::Place;
use crate::store::Store;
use engine::{Code, EntryId, IdentityStep, Refusal, SecretValues, Viewer};
use vault::{Approval, HandlerKey, Keyring};

impl Store {
    /// Opens an identity to whoever asked, with the consent of one custodian and the recovery key of the house, once. The step and the
    /// look are on the disk before anything is answered, and the custodians are told.
    ///
    /// Errors: a refusal, when nobody agreed, the request is another's or over, the identity was dealt before this sheet was made, or it
    /// is no sheet of this house.
    pub async fn open_identity_with_sheet(
        &self,
        id: EntryId,
        viewer: &Viewer,
        keyring: &Keyring,
        sheet: &HandlerKey,
    ) -> Result<SecretValues, Failure> {
        if self.shared.recipients().recovery.as_ref() != Some(&sheet.recipient()) {
            return Err(other_sheet().into());
        }
        let found = self.entry(id, viewer).await?;
        let Some(Held::Dealt(dealing)) = self.held_of(id).await? else { return Err(asking::not_dealt(&found).into()) };
        let ask = self.ask_of(id).await?.ok_or_else(asking::nothing)?;
        let own = keyring.key(&ask.recipient).ok_or_else(asking::locked)?;
        let sql = "SELECT consent FROM custody_consents WHERE entry = $1 AND request = $2 ORDER BY at, person";
        let row = self.shared.db.fetch_one(sql, args![id, ask.nonce.as_str()]).await?.ok_or_else(nobody_yet)?;
        let consent: Approval = from_json(&row.text(0)?, "a consent")?;
        let (place, now) = (Place::of(&found.entry), self.now().0);
        let by_sheet = dealing.approve(&ask, sheet, &place.context(PURPOSE), now).map_err(asking::consent_spoiled)?;
        let key = dealing.open(&ask, [&consent, &by_sheet], own, &place.context(PURPOSE), now).map_err(asking::consent_spoiled)?;
        let values = open_kept(&key, &place, &found.entry)?;
        self.step(&found, viewer, IdentityStep::OpenBySheet { request: ask.nonce.clone() }, asking::over(id)).await?;
        self.saw_surely(viewer, &found.entry, &values.covers(), PURPOSE).await?;
        Ok(values)
    }
}

fn other_sheet() -> Refusal {
    Refusal::new(Code::Condition, "这不是本院现在的恢复单", "this is not the present recovery sheet of this house")
}

fn nobody_yet() -> Refusal {
    Refusal::new(
        Code::Condition,
        "还没有一名保密员同意：恢复单只代替两名中的一名",
        "no custodian agreed yet: the sheet stands for one of the two",
    )
}
