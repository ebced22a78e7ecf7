//! Splits a condition into words.

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    Number(f64),
    Date(jiff::civil::Date),
    /// `7d` in `today + 7d`.
    Days(i64),
    /// `24h` in `now - 24h`.
    Hours(i64),
    Sign(&'static str),
}

impl Token {
    /// As it was written, for a fault.
    pub fn shown(&self) -> String {
        match self {
            Token::Word(word) => word.clone(),
            Token::Text(text) => format!("'{text}'"),
            Token::Number(number) => number.to_string(),
            Token::Date(date) => date.to_string(),
            Token::Days(days) => format!("{days}d"),
            Token::Hours(hours) => format!("{hours}h"),
            Token::Sign(sign) => (*sign).to_owned(),
        }
    }
}

const SIGNS: [&str; 11] = ["<=", ">=", "!=", "=", "<", ">", "(", ")", ",", "+", "-"];

/// Errors: (zh, en) for the first character that begins no word.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, (String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, used) = if first == '\'' {
            quoted(rest)?
        } else if first.is_ascii_digit() {
            numeric(rest)?
        } else if first.is_ascii_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            (Token::Word(rest[..end].to_owned()), end)
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            (Token::Sign(sign), sign.len())
        } else {
            return Err((format!("条件里不认识的字符 {first}"), format!("unexpected character {first:?} in the condition")));
        };
        found.push(token);
        rest = rest[used..].trim_start();
    }
    Ok(found)
}

fn quoted(rest: &str) -> Result<(Token, usize), (String, String)> {
    let Some(end) = rest[1..].find('\'') else {
        return Err(("条件里的引号没有配对".into(), "a quote in the condition is not closed".into()));
    };
    Ok((Token::Text(rest[1..=end].to_owned()), end + 2))
}

fn numeric(rest: &str) -> Result<(Token, usize), (String, String)> {
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).unwrap_or(rest.len());
    let word = &rest[..end];
    let wrong = || (format!("条件里的 {word} 不是数、日期、天数或小时数"), format!("`{word}` is no number, date or span of days or hours"));
    if let Ok(date) = word.parse() {
        return Ok((Token::Date(date), end));
    }
    if let Some(days) = word.strip_suffix('d') {
        // A century either way: beyond it dates end.
        let days = days.parse().ok().filter(|days| (0..=36_525).contains(days)).ok_or_else(wrong)?;
        return Ok((Token::Days(days), end));
    }
    if let Some(hours) = word.strip_suffix('h') {
        let hours = hours.parse().ok().filter(|hours| (0..=36_525 * 24).contains(hours)).ok_or_else(wrong)?;
        return Ok((Token::Hours(hours), end));
    }
    let number = word.parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(wrong)?;
    Ok((Token::Number(number), end))
}
