//! SQL that stands elsewhere than in the statement: in the views of a map, and in texts that a statement runs.

use super::{Made, analyse};
use crate::map::Map;
use crate::shape::{Shape, content};
use std::collections::HashMap;
use std::sync::Arc;

/// Reads the views of a map, in any order: those that stand on others come again once those are known.
pub fn views(map: &Map) -> (Made, Vec<String>) {
    let mut made: Made = HashMap::new();
    let mut faults = Vec::new();
    for round in 0..4 {
        for (name, sql) in &map.views {
            let mut shape = Shape::default();
            let quoting = crate::parse::quoting(sql, None);
            shape.take(sql, quoting);
            let create = format!("create view {name} as {sql}");
            shape.take(&create, quoting);
            match analyse(map, &made, &create, &shape, quoting, None) {
                Some(told) => made.extend(told.made.into_iter().map(|(name, out)| (name, Arc::new(out)))),
                None if round == 0 => faults.push(format!("views.{name}: 读不懂这个查询 | this query cannot be parsed")),
                None => {}
            }
        }
    }
    (made, faults)
}

/// SQL held in the texts of a statement that is no query itself: `EXECUTE IMMEDIATE 'select …'`.
pub fn held_in_texts(sql: &str, shape: &Shape) -> Vec<String> {
    use crate::lex::Sort as Token;
    let mut found: Vec<String> = Vec::new();
    let mut open: Option<usize> = None;
    for (at, token) in shape.tokens.iter().enumerate() {
        if token.sort != Token::Text {
            let raw = &sql[token.start..token.end];
            // Joined texts are one; what is joined between them stands as a bind variable.
            let joins = matches!(raw, "||" | "+") || token.sort == Token::Word && at > 0 && matches!(before(sql, shape, at), "||" | "+");
            if !joins {
                open = None;
            } else if token.sort == Token::Word
                && let Some(text) = open.and_then(|index| found.get_mut(index))
            {
                text.push_str(" :v ");
            }
            continue;
        }
        let text = content(sql, *token).replace("''", "'");
        match open.and_then(|index| found.get_mut(index)) {
            Some(begun) => begun.push_str(&text),
            None => {
                open = Some(found.len());
                found.push(text);
            }
        }
    }
    let begins = |text: &String| {
        let start = text.trim_start().get(..6).unwrap_or("").to_ascii_lowercase();
        ["select", "with ", "insert", "create"].iter().any(|word| start.starts_with(word))
    };
    found.retain(begins);
    found
}

fn before<'s>(sql: &'s str, shape: &Shape, at: usize) -> &'s str {
    shape.tokens.get(at.wrapping_sub(1)).map_or("", |token| &sql[token.start..token.end])
}
