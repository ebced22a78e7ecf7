//! Accounts against the chain: whoever can write to the database may put in a key of their own, and reports from then on would be
//! wrapped to it. The deeds on the chain say which key is the person's.

use super::{Finding, Report};
use crate::db::Conn;
use crate::error::Result;
use engine::Standing;
use std::collections::BTreeMap;

/// `folded`: what the events say, by the person's id.
pub(super) async fn check(conn: &mut Conn, mut folded: BTreeMap<String, Standing>, report: &mut Report) -> Result<()> {
    let recovery = conn.fetch_one("SELECT value FROM settings WHERE name = 'recovery'", Vec::new()).await?;
    let recovery = recovery.map(|row| row.text(0)).transpose()?;
    // A house from before the chain told of the key has none on it.
    if let Some(told) = crate::recovery::told(folded.values())
        && recovery.as_deref() != Some(told)
    {
        report.add(Finding::RecoveryKeyDiffers);
    }
    let shares = conn.fetch_one("SELECT value FROM settings WHERE name = $1", crate::db::args![crate::escrow::SHARES]).await?;
    let shares = shares.map(|row| row.text(0)).transpose()?;
    if !crate::escrow::are_told(engine::escrow::told(folded.values()), shares.as_deref()) {
        report.add(Finding::EscrowDiffers);
    }
    for row in conn.fetch("SELECT login, person, recipient, active, totp FROM accounts ORDER BY login", Vec::new()).await? {
        let (login, person) = (row.text(0)?, row.text(1)?);
        let Some(standing) = folded.remove(&person).filter(Standing::is_open) else {
            report.add(Finding::AccountSurplus { login });
            continue;
        };
        if row.text_or_none(2)? != standing.recipient {
            report.add(Finding::AccountKeyDiffers { login: login.clone() });
        }
        if standing.login.as_deref() != Some(login.as_str()) {
            report.add(Finding::AccountDiffers { login: login.clone(), what: "its login".to_owned() });
        }
        if row.text_or_none(4)?.is_some() != standing.factor {
            report.add(Finding::AccountDiffers { login: login.clone(), what: "its second factor".to_owned() });
        }
        if row.flag(3)? != standing.active {
            report.add(Finding::AccountDiffers { login, what: "whether it is stopped".to_owned() });
        }
    }
    for standing in folded.into_values().filter(Standing::is_open) {
        report.add(Finding::AccountMissing { login: standing.login.unwrap_or_default() });
    }
    Ok(())
}
