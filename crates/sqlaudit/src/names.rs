//! Guesses what a table or column is by its name, where the map says nothing.

use crate::role::{Kind, Roles};
use crate::stem::{COLUMN, LOOKED_UP, TABLE, USED, WHOLE_COLUMN, words};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

static COLUMNS: LazyLock<HashMap<&str, Roles>> = LazyLock::new(|| first_of(COLUMN.iter().map(|(roles, list)| (*list, *roles))));
/// Rank of the kind, which decides among several words, and the kind.
static TABLES: LazyLock<HashMap<&str, (usize, Kind)>> =
    LazyLock::new(|| first_of(TABLE.iter().enumerate().map(|(rank, (kind, list))| (*list, (rank, *kind)))));
static USES: LazyLock<HashSet<&str>> = LazyLock::new(|| words(USED).collect());
static LOOKS: LazyLock<HashSet<&str>> = LazyLock::new(|| words(LOOKED_UP).collect());

/// Each word with what it stands under first.
fn first_of<T: Copy>(lists: impl Iterator<Item = (&'static str, T)>) -> HashMap<&'static str, T> {
    let mut known = HashMap::new();
    for (list, what) in lists {
        words(list).for_each(|word| {
            known.entry(word).or_insert(what);
        });
    }
    known
}

/// *Shape*: `name` in lower case, without quotes.
pub fn column(name: &str) -> Roles {
    if let Some((_, roles)) = WHOLE_COLUMN.iter().find(|(whole, _)| *whole == name) {
        return *roles;
    }
    let stem = |word: &str| COLUMNS.get(word).copied();
    let mut told = Roles::NONE;
    let mut end = "";
    for part in parts(name) {
        for word in cut(part, &|word| stem(word).is_some()) {
            end = word;
            if let Some(roles) = stem(word).filter(|roles| !roles.is_none()) {
                told = roles;
            }
        }
    }
    // A unit price, a specification or a producer is of a drug without naming one.
    let aside = [
        "dj",
        "gg",
        "dw",
        "cd",
        "py",
        "规格",
        "单位",
        "单价",
        "产地",
        "厂家",
        "剂型",
        "price",
        "spec",
        "route",
        "form",
        "freq",
        "frequency",
        "status",
        "flag",
        "zt",
        "bz",
    ];
    if aside.contains(&end) || aside.iter().any(|word| !word.is_ascii() && name.ends_with(word)) || name.ends_with("_price") {
        return Roles::NONE;
    }
    told
}

/// *Shape*: `name` in lower case, without quotes and without its schema.
pub fn table(name: &str) -> Kind {
    let kind_of = |word: &str| TABLES.get(word).map(|(_, kind)| *kind);
    let known = |word: &str| kind_of(word).is_some() || USES.contains(word) || LOOKS.contains(word);
    let words: Vec<&str> = parts(name).into_iter().flat_map(|part| cut(part, &known)).collect();
    let looked_up = words.first() == Some(&"d") || words.iter().any(|word| LOOKS.contains(word));
    let kind = words.iter().filter_map(|word| TABLES.get(word)).min_by_key(|(rank, _)| *rank).map_or(Kind::Unknown, |(_, kind)| *kind);
    let drug = words.iter().any(|word| kind_of(word) == Some(Kind::Drug));
    match kind {
        Kind::Prescription | Kind::Other if looked_up && drug => Kind::Drug,
        Kind::Prescription | Kind::Charge | Kind::Consumable if looked_up => Kind::Other,
        Kind::Drug if !looked_up && words.iter().any(|word| USES.contains(word)) => Kind::Prescription,
        Kind::Drug if words.contains(&"mx") || words.contains(&"明细") => Kind::Prescription,
        other => other,
    }
}

/// Pieces between underscores and digits, and between Latin and Chinese letters.
fn parts(name: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut before: Option<u8> = None;
    let class = |letter: char| match letter {
        letter if letter.is_ascii_alphabetic() => 1,
        letter if letter.is_alphabetic() => 2,
        _ => 0,
    };
    for (at, letter) in name.char_indices() {
        let now = class(letter);
        if before.is_some_and(|before| before != now) {
            found.push(&name[start..at]);
            start = at;
        }
        before = Some(now);
    }
    found.push(&name[start..]);
    found.retain(|part| part.chars().next().is_some_and(char::is_alphabetic));
    found
}

/// Cuts a piece into known words: whole, then as the fewest words that cover it, then by a long word at either end.
fn cut<'n>(part: &'n str, known: &dyn Fn(&str) -> bool) -> Vec<&'n str> {
    if known(part) || part.len() > 60 {
        return vec![part];
    }
    let stops: Vec<usize> = part.char_indices().map(|(at, _)| at).chain([part.len()]).collect();
    // The fewest words; among equals the longest last one, as the last decides.
    let mut best: Vec<Option<(usize, usize)>> = vec![None; stops.len()];
    best[0] = Some((0, 0));
    for to in 1..stops.len() {
        for from in 0..to {
            if let Some((count, _)) = best[from]
                && known(&part[stops[from]..stops[to]])
                && best[to].is_none_or(|(least, _)| count + 1 < least)
            {
                best[to] = Some((count + 1, from));
            }
        }
    }
    if best[stops.len() - 1].is_some() {
        let mut words = Vec::new();
        let mut to = stops.len() - 1;
        while to > 0 {
            let from = best[to].map_or(0, |(_, from)| from);
            words.push(&part[stops[from]..stops[to]]);
            to = from;
        }
        words.reverse();
        return words;
    }
    let chinese = !part.is_ascii();
    let long = |word: &str| if chinese { word.chars().count() >= 2 } else { word.len() >= 4 };
    let mut words = Vec::new();
    if chinese {
        // Known words anywhere, in order: 本月门诊药品销售数量.
        let mut from = 0;
        while from < stops.len() - 1 {
            let to = (from + 1..stops.len()).rev().find(|to| long(&part[stops[from]..stops[*to]]) && known(&part[stops[from]..stops[*to]]));
            if let Some(to) = to {
                words.push(&part[stops[from]..stops[to]]);
            }
            from = to.unwrap_or(from + 1);
        }
        return words;
    }
    if let Some(to) = (1..stops.len()).rev().find(|to| long(&part[..stops[*to]]) && known(&part[..stops[*to]])) {
        words.push(&part[..stops[to]]);
    }
    if let Some(from) = (0..stops.len() - 1).find(|from| long(&part[stops[*from]..]) && known(&part[stops[*from]..])) {
        words.push(&part[stops[from]..]);
    }
    words
}
