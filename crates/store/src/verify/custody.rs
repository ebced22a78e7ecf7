//! Identities against the chain: each has a key that somebody holds, and it is the key its events were sealed to.

use super::{Finding, Report};
use crate::custody::from_json;
use crate::db::{Conn, args};
use crate::definitions::Definitions;
use crate::directory::read_entry;
use crate::error::Result;
use engine::Entry;
use vault::{Dealing, EntryKey};

pub(super) async fn check(conn: &mut Conn, definitions: &Definitions, report: &mut Report) -> Result<()> {
    let sql = "SELECT c.entry, c.recipient, c.dealing, b.body FROM custody c LEFT JOIN entries e ON e.id = c.entry \
               LEFT JOIN entry_bodies b ON b.nr = e.nr ORDER BY c.entry";
    for row in conn.fetch(sql, Vec::new()).await? {
        let (entry, recipient) = (row.text(0)?, row.text(1)?);
        let folded = row.text_or_none(3)?.map(|body| read_entry(&body)).transpose()?;
        let sealed_to = |folded: &Entry| folded.kept().next().is_some() && folded.kept().all(|kept| kept.recipient == recipient);
        if !folded.as_ref().is_some_and(sealed_to) {
            report.add(Finding::IdentityKeyDiffers { entry });
            continue;
        }
        let Some(dealing) = row.text_or_none(2)? else { continue };
        let is_of_it = |dealing: Dealing<EntryKey>| dealing.public().to_string() == recipient;
        if !from_json(&dealing, "a dealt key").is_ok_and(is_of_it) {
            report.add(Finding::IdentityKeyDiffers { entry });
        }
    }
    for register in definitions.all_today().filter(|register| register.custody.is_some()) {
        let sql = "SELECT e.id, b.body FROM entries e JOIN entry_bodies b ON b.nr = e.nr WHERE e.register = $1 \
                   AND e.id NOT IN (SELECT entry FROM custody) ORDER BY e.nr";
        for row in conn.fetch(sql, args![register.name.as_str()]).await? {
            if read_entry(&row.text(1)?)?.kept().next().is_some() {
                report.add(Finding::IdentityKeyMissing { entry: row.text(0)? });
            }
        }
    }
    Ok(())
}
