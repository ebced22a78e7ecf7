//! One-time links: a code short enough for a text message, thirteen signs of Crockford's base 32 (65 bits). Only its hash is kept, with
//! what it was made for and until when. Nothing says which entry came of it.

use crate::db::{Arg, Conn, Sql, args};
use crate::error::Result;
use crate::store::Store;
use engine::{Moment, UnitId};
use sha2::{Digest, Sha256};
use vault::{Entropy, SystemEntropy};

/// What a link was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortLink {
    pub unit: Option<UnitId>,
    /// A word of whoever made it: the stage of a visit.
    pub about: String,
    pub used: bool,
}

const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 13;
/// Links stored in one go.
const CHUNK: usize = 500;

impl Store {
    /// Makes links. Their codes are answered here and nowhere else.
    pub async fn make_links(&self, count: usize, unit: Option<UnitId>, about: &str, until: Moment) -> Result<Vec<String>> {
        let codes: Vec<String> = (0..count).map(|_| fresh_code()).collect();
        for chunk in codes.chunks(CHUNK) {
            let row = |code: &String| {
                let sql = "INSERT INTO short_links (tag, unit, about, until, used) VALUES ($1, $2, $3, $4, 0)";
                (sql.into(), args![tag_of(code), unit, about, until])
            };
            self.write(chunk.iter().map(row).collect()).await?;
        }
        Ok(codes)
    }

    /// What a code was made for. `None`: there is no such link, or its time is over.
    pub async fn short_link(&self, code: &str) -> Result<Option<ShortLink>> {
        let sql = "SELECT unit, about, used FROM short_links WHERE tag = $1 AND until > $2";
        let row = self.shared.db.fetch_one(sql, args![tag_of(code), self.now()]).await?;
        row.map(|row| {
            Ok(ShortLink { unit: row.text_or_none(0)?.and_then(|unit| UnitId::parse(&unit)), about: row.text(1)?, used: row.flag(2)? })
        })
        .transpose()
    }

    /// Links whose time is over are forgotten.
    pub(crate) async fn forget_old_links(&self) -> Result<()> {
        let sql = "SELECT COUNT(*) FROM short_links WHERE until <= $1";
        let row = self.shared.db.fetch_one(sql, args![self.now()]).await?;
        if row.map_or(Ok(0), |row| row.count(0))? > 0 {
            self.write_one("DELETE FROM short_links WHERE until <= $1", args![self.now()]).await?;
        }
        Ok(())
    }
}

/// Uses a link up, in the transaction of what came by it.
pub(crate) fn use_up(tag: &str) -> (Sql, Vec<Arg>) {
    ("UPDATE short_links SET used = 1 WHERE tag = $1".into(), args![tag])
}

/// Whether a link may still be used.
pub(crate) async fn is_unused(conn: &mut Conn, tag: &str, now: Moment) -> Result<bool> {
    let sql = "SELECT 1 FROM short_links WHERE tag = $1 AND used = 0 AND until > $2";
    Ok(!conn.fetch(sql, args![tag, now]).await?.is_empty())
}

fn fresh_code() -> String {
    let mut bytes = [0; LENGTH];
    SystemEntropy.fill(&mut bytes);
    // 32 signs divide 256 evenly, so every sign is equally likely.
    bytes.iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect()
}

/// Letters as people type them. 65 random bits need no salt.
pub(crate) fn tag_of(code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|sign| match sign.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    hex::encode(Sha256::digest(format!("qinglian/short-link/1/{plain}")))
}
