//! Numbers of entries, handed out within the transaction that uses them: none twice, none lost to a refusal.

use super::Writer;
use super::group::Group;
use crate::db::args;
use crate::error::Result;
use catalogue::Register;
use catalogue::register::{NumberFormat, NumberPart};
use engine::{InstitutionId, number};
use std::collections::HashMap;

/// Last number handed out, by counter. Only this process counts, so what it read once stays true.
#[derive(Debug, Default)]
pub(super) struct Counters {
    last: HashMap<String, i64>,
    changed: Vec<String>,
}

impl Counters {
    /// Counters that moved since the last call, with their values.
    pub(super) fn take_changed(&mut self) -> Vec<(String, i64)> {
        let names = std::mem::take(&mut self.changed);
        let mut unique: Vec<(String, i64)> =
            names.into_iter().map(|name| (name.clone(), self.last.get(&name).copied().unwrap_or(0))).collect();
        unique.sort();
        unique.dedup();
        unique
    }

    /// Moves a counter; answers where it stood.
    pub(super) fn set(&mut self, name: String, value: i64) -> i64 {
        self.changed.push(name.clone());
        self.last.insert(name, value).unwrap_or(0)
    }
}

/// How often a random number may fall on one already given before the format is plainly too short.
const TRIES: usize = 1_000;

impl Writer {
    /// The next free number, with the counter to move if the command is stored.
    pub(super) async fn next_number(
        &mut self,
        group: &mut Group,
        register: &Register,
        institution: &InstitutionId,
    ) -> Result<(String, Option<(String, i64)>)> {
        let format = &register.number;
        let now = group.now;
        if format.is_random() {
            for _ in 0..TRIES {
                let random: Vec<u8> = (0..number::randomness(format)).map(|_| rand::random()).collect();
                let text = number::render(format, now, None, &random);
                if !self.is_taken(group, institution, register.name.as_str(), &text).await? {
                    return Ok((text, None));
                }
            }
        }
        let counter = counter_name(institution, register, &number::key(format, now));
        let mut seq = self.counted(&counter).await?;
        loop {
            seq += 1;
            let text = number::render(format, now, u64::try_from(seq).ok(), &[]);
            // An import may have brought numbers along that the counter has not reached.
            if !group.is_careful || !self.is_taken(group, institution, register.name.as_str(), &text).await? {
                return Ok((text, Some((counter, seq))));
            }
        }
    }

    async fn counted(&mut self, counter: &str) -> Result<i64> {
        if let Some(last) = self.counters.last.get(counter) {
            return Ok(*last);
        }
        let row = self.conn().await?.fetch_one("SELECT value FROM counters WHERE name = $1", args![counter]).await?;
        let last = row.map(|row| row.int(0)).transpose()?.unwrap_or(0);
        self.counters.last.insert(counter.to_owned(), last);
        Ok(last)
    }

    /// Whether a number is given already, in the database or in this group.
    pub(super) async fn is_taken(&mut self, group: &Group, institution: &InstitutionId, register: &str, number: &str) -> Result<bool> {
        if group.numbers.contains(&(institution.0.clone(), register.to_owned(), number.to_owned())) {
            return Ok(true);
        }
        let sql = "SELECT 1 FROM entries WHERE institution = $1 AND register = $2 AND number = $3";
        Ok(!self.conn().await?.fetch(sql, args![institution.0.as_str(), register, number]).await?.is_empty())
    }

    /// The counter an imported number belongs to, if it moves it on.
    pub(super) async fn counted_by_import(
        &mut self,
        register: &Register,
        institution: &InstitutionId,
        number: &str,
    ) -> Result<Option<(String, i64)>> {
        let Some((key, seq)) = parse(&register.number, number) else { return Ok(None) };
        let counter = counter_name(institution, register, &key);
        let last = self.counted(&counter).await?;
        Ok((seq > last).then_some((counter, seq)))
    }
}

fn counter_name(institution: &InstitutionId, register: &Register, key: &str) -> String {
    format!("{institution}/{}/{key}", register.name)
}

/// Reads a counted number back: everything but the count, and the count.
fn parse(format: &NumberFormat, text: &str) -> Option<(String, i64)> {
    let mut rest = text;
    let mut key = String::new();
    let mut seq = None;
    for (at, part) in format.0.iter().enumerate() {
        match part {
            NumberPart::Literal(literal) => {
                rest = rest.strip_prefix(literal.as_str())?;
                key.push_str(literal);
            }
            NumberPart::Year | NumberPart::Month => {
                let width = if matches!(part, NumberPart::Year) { 4 } else { 2 };
                let digits = rest.get(..width).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
                key.push_str(digits);
                rest = &rest[width..];
            }
            NumberPart::Seq(_) => {
                let end = rest.bytes().take_while(u8::is_ascii_digit).count();
                // Two counts side by side cannot be told apart.
                let is_last_digits = !matches!(format.0.get(at + 1), Some(NumberPart::Year | NumberPart::Month | NumberPart::Seq(_)));
                seq = rest.get(..end).filter(|_| is_last_digits)?.parse().ok();
                rest = &rest[end..];
            }
            NumberPart::Random(_) => return None,
        }
    }
    rest.is_empty().then_some((key, seq?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Moment;

    #[test]
    fn an_imported_number_names_its_counter() {
        let format =
            NumberFormat(vec![NumberPart::Literal("LP-".into()), NumberPart::Year, NumberPart::Literal("-".into()), NumberPart::Seq(4)]);
        assert_eq!(parse(&format, "LP-2026-0107"), Some(("LP-2026-".to_owned(), 107)));
        assert_eq!(parse(&format, "LP-26-0107"), None);
        assert_eq!(parse(&format, "LP-2026-"), None);
        assert_eq!(number::key(&format, Moment(1_790_000_000_000)), "LP-2026-");
    }
}
