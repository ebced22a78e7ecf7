//! Reads scenarios: headings, list lines, words.

use indexmap::IndexMap;

pub(super) struct Scenario {
    pub title: String,
    /// Line number from 1, and the step without its dash.
    pub steps: Vec<(usize, String)>,
}

/// Headings of the second level, each with its list lines.
pub(super) fn scenarios(text: &str) -> Vec<Scenario> {
    let mut found: Vec<Scenario> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if let Some(title) = line.strip_prefix("## ") {
            found.push(Scenario { title: title.trim().to_owned(), steps: Vec::new() });
        } else if let (Some(step), Some(scenario)) = (line.strip_prefix("- "), found.last_mut()) {
            scenario.steps.push((at + 1, step.trim().to_owned()));
        }
    }
    found
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    On { day: String, time: String },
    As { who: Who, register: Option<String>, act: String, words: Vec<String>, given: IndexMap<String, String>, outcome: Expected },
    Expect(Expectation),
}

/// `zhang(staff, head@surgery)`; `public` for somebody without an account.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Who {
    pub name: String,
    pub roles: Option<Vec<String>>,
    pub unit: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expected {
    Ok,
    Refused(String),
    Word(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expectation {
    Due(String),
    Overdue(bool),
    Told { name: String, is: bool },
    Opened { register: String, is: bool },
    Condition { register: Option<String>, text: String },
}

pub(super) fn step(text: &str) -> Result<Step, String> {
    if let Some(rest) = text.strip_prefix("on ") {
        let (day, time) = rest.trim().split_once(' ').unwrap_or((rest.trim(), "09:00"));
        return Ok(Step::On { day: day.to_owned(), time: time.trim().to_owned() });
    }
    if let Some(rest) = text.strip_prefix("expect ") {
        return Ok(Step::Expect(expectation(rest.trim())));
    }
    if let Some(rest) = text.strip_prefix("as ") {
        return acting(rest);
    }
    Err("a step begins with `on`, `as` or `expect`".to_owned())
}

fn expectation(text: &str) -> Expectation {
    let (negated, rest) = text.strip_prefix("not ").map_or((false, text), |rest| (true, rest));
    if rest == "overdue" {
        return Expectation::Overdue(!negated);
    }
    if let Some(day) = text.strip_prefix("due ") {
        return Expectation::Due(day.trim().to_owned());
    }
    if let Some(name) = rest.strip_prefix("told ") {
        return Expectation::Told { name: name.trim().to_owned(), is: !negated };
    }
    if let Some(register) = rest.strip_prefix("opened ") {
        return Expectation::Opened { register: register.trim().to_owned(), is: !negated };
    }
    if let Some((register, text)) = text.strip_prefix("in ").and_then(|rest| rest.split_once(':')) {
        return Expectation::Condition { register: Some(register.trim().to_owned()), text: text.trim().to_owned() };
    }
    Expectation::Condition { register: None, text: text.to_owned() }
}

fn acting(text: &str) -> Result<Step, String> {
    // `rule:u02` is a name with a colon of its own.
    let skip = if text.starts_with("rule:") { "rule:".len() } else { 0 };
    let (head, tail) = split_top(&text[skip..], ':').ok_or("a colon after who acts is missing")?;
    let head = &text[..skip + head.len()];
    let (who, register) = head.split_once(" in ").map_or((head, None), |(who, register)| (who, Some(register.trim().to_owned())));
    let (body, outcome) = tail.rsplit_once('→').or_else(|| tail.rsplit_once("->")).ok_or("an outcome after → is missing")?;
    let mut words = Vec::new();
    let mut given = IndexMap::new();
    for word in split_words(body)? {
        match word.split_once('=') {
            Some((key, value)) if key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
                given.insert(key.to_owned(), unquoted(value));
            }
            _ => words.push(unquoted(&word)),
        }
    }
    if words.is_empty() {
        return Err("what is done is missing".to_owned());
    }
    let act = words.remove(0);
    let outcome = match outcome.trim().split_once(' ') {
        Some(("refused", code)) => Expected::Refused(code.trim().to_owned()),
        _ if outcome.trim() == "ok" => Expected::Ok,
        _ => Expected::Word(outcome.trim().to_owned()),
    };
    Ok(Step::As { who: self::who(who.trim())?, register, act, words, given, outcome })
}

fn who(text: &str) -> Result<Who, String> {
    let Some((name, inside)) = text.split_once('(') else {
        return Ok(Who { name: text.to_owned(), roles: None, unit: None });
    };
    let inside = inside.strip_suffix(')').ok_or("the parenthesis after a name is not closed")?;
    let (roles, unit) = inside.split_once('@').map_or((inside, None), |(roles, unit)| (roles, Some(unit.trim().to_owned())));
    // Everything after @ is the unit: `staff@ward, director` would be a unit of that name and no director.
    if let Some(unit) = unit.as_deref().filter(|unit| unit.is_empty() || unit.contains(|c: char| c.is_whitespace() || ",，@".contains(c)))
    {
        return Err(format!("`{unit}` is no unit: one word after @, and every role before it"));
    }
    let roles = roles.split(',').map(|role| role.trim().to_owned()).filter(|role| !role.is_empty()).collect();
    Ok(Who { name: name.trim().to_owned(), roles: Some(roles), unit })
}

/// Splits at the first such character outside quotes and parentheses.
fn split_top(text: &str, at: char) -> Option<(&str, &str)> {
    let (mut quoted, mut deep) = (false, 0);
    for (index, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => deep += 1,
            ')' | ']' | '}' if !quoted => deep -= 1,
            _ if c == at && !quoted && deep == 0 => return Some((&text[..index], &text[index + c.len_utf8()..])),
            _ => {}
        }
    }
    None
}

/// Words separated by blanks; quotes and brackets keep theirs together.
fn split_words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let (mut word, mut quoted, mut deep) = (String::new(), false, 0);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => deep += 1,
            ']' | '}' if !quoted => deep -= 1,
            _ => {}
        }
        if c.is_whitespace() && !quoted && deep == 0 {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
        } else {
            word.push(c);
        }
    }
    if quoted || deep != 0 {
        return Err("a quote or bracket is not closed".to_owned());
    }
    if !word.is_empty() {
        words.push(word);
    }
    Ok(words)
}

fn unquoted(text: &str) -> String {
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text).to_owned()
}

/// `[{form=cash, count=8}, {…}]` as rows of cells.
pub(super) fn rows(text: &str) -> Result<Vec<IndexMap<String, String>>, String> {
    let inside = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).ok_or("sub-rows are written [{…}, {…}]")?;
    let mut rows = Vec::new();
    let mut rest = inside.trim();
    while !rest.is_empty() {
        let (row, after) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).ok_or("a sub-row is written {column=value, …}")?;
        let cells = cells(row)?;
        rows.push(cells);
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    Ok(rows)
}

fn cells(row: &str) -> Result<IndexMap<String, String>, String> {
    let mut found = IndexMap::new();
    let mut rest = row.trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=').ok_or("a cell is written column=value")?;
        let end = match after.strip_prefix('"') {
            Some(inner) => inner.find('"').map(|end| end + 2).ok_or("a quote in a sub-row is not closed")?,
            None => after.find(',').unwrap_or(after.len()),
        };
        found.insert(key.trim().to_owned(), unquoted(after[..end].trim()));
        rest = after[end..].trim_start().trim_start_matches(',').trim_start();
    }
    Ok(found)
}
