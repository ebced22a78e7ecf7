//! The recovery key on paper: on one sheet, or on two halves of which neither is worth anything alone.

use anyhow::{Context, anyhow, bail};
use serde_json::{Value, json};
use std::io::Read;
use std::path::PathBuf;
use vault::{HandlerKey, SystemEntropy};
use zeroize::Zeroizing;

/// Longest sheet that is read. Units: bytes.
const MOST: u64 = 10_000;
/// How the line with the key begins.
const WHOLE: &str = "AGE-SECRET-KEY-1";
const HALF: &str = "QINGLIAN-HALF-1";

/// The sheets of a new key, for JSON: `recovery`, or `halves`.
pub fn to_json(key: &HandlerKey, halves: bool) -> (&'static str, Value) {
    if !halves {
        return ("recovery", key.to_printable().expose(|sheet| json!(sheet)));
    }
    let [one, other] = key.to_halves(&mut SystemEntropy);
    ("halves", one.expose(|one| other.expose(|other| json!([one, other]))))
}

/// The sheets of a new key, to be printed.
pub fn print(key: &HandlerKey, halves: bool) {
    println!();
    if !halves {
        println!("── 恢复单（打印一份，密封后交由两人保管；屏幕上只显示这一次）");
        println!("── Recovery sheet: print it, seal it, keep it with two persons; it is shown this once; `qinglian user rescue` uses it");
        key.to_printable().expose(|sheet| println!("\n    {sheet}\n"));
        return;
    }
    println!("── 恢复单分两张（各打印一份，交由两人分别保管；缺一张就打不开；屏幕上只显示这一次）");
    println!("── Two half sheets: print each, keep them with two persons apart; one alone opens nothing; they are shown this once");
    for (number, half) in (1..).zip(key.to_halves(&mut SystemEntropy)) {
        half.expose(|half| println!("\n  {number}/2  {half}"));
    }
    println!();
}

/// The key from what was printed: one sheet, or two halves, in files or on the standard input.
pub fn read(files: &[PathBuf]) -> anyhow::Result<HandlerKey> {
    let mut text = Zeroizing::new(String::new());
    for path in files {
        let file = std::fs::File::open(path).map_err(|error| super::out::unread(path, &error))?;
        file.take(MOST).read_to_string(&mut text).with_context(|| format!("cannot read {}", path.display()))?;
        text.push('\n');
    }
    if files.is_empty() {
        std::io::stdin().take(MOST).read_to_string(&mut text).context("cannot read the sheet from the standard input")?;
    }
    key(&text)
}

/// The key on a sheet: alone, or on a line of its own among what was printed with it.
fn key(text: &str) -> anyhow::Result<HandlerKey> {
    let begins = |line: &str, with: &str| line.to_uppercase().find(with).map(|at| line[at..].to_owned());
    let halves: Vec<Zeroizing<String>> = text.lines().filter_map(|line| begins(line, HALF)).map(Zeroizing::new).collect();
    match halves.as_slice() {
        [] => {
            let line = text.lines().find_map(|line| begins(line, WHOLE)).map(Zeroizing::new);
            let line = line.as_ref().map_or(text, |line| line.as_str());
            HandlerKey::from_printable(line).map_err(|error| anyhow!("the recovery key cannot be read: {error}; compare it with the sheet"))
        }
        [one, other] => HandlerKey::from_halves(one, other).map_err(|error| anyhow!("the two half sheets give no key: {error}")),
        [_] => bail!("this is one half sheet: the other one is needed too, give --sheet-file twice"),
        _ => bail!("these are more than two half sheets: give the two that were printed together"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_from_one_sheet_or_from_two_halves() {
        let whole = HandlerKey::generate(&mut SystemEntropy);
        let printed = whole.to_printable().expose(|sheet| format!("数据目录  /x\n    {sheet}\n"));
        assert_eq!(key(&printed).expect("it reads").recipient(), whole.recipient());
        let halves = whole.to_halves(&mut SystemEntropy).map(|half| half.expose(|half| format!("  1/2  {half}\n")));
        assert_eq!(key(&format!("{}{}", halves[1], halves[0])).expect("in either order").recipient(), whole.recipient());
        assert!(key(&halves[0]).is_err(), "one half is none");
        assert!(key(&format!("{}{}", halves[0], halves[0])).is_err(), "nor is the same one twice");
        let others = whole.to_halves(&mut SystemEntropy).map(|half| half.expose(|half| half.to_owned()));
        assert!(key(&format!("{}{}", halves[0], others[1])).is_err(), "nor are halves of two printings");
    }
}
