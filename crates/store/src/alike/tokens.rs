//! What entries are compared by: numbers, names and words of what stands open, as digests under a key that hold none of them.

use super::names::names;
use crate::masking::texts;
use crate::unsealing::Open;
use catalogue::Kind;
use engine::{Directory, Value, runs};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::BTreeSet;

pub(super) const NUMBER: &str = "number";
/// Somebody chosen from the house's people.
pub(super) const PERSON: &str = "named";
/// A name as it was typed.
pub(super) const NAME: &str = "name";
pub(super) const WORDS: &str = "words";
/// Words of an account too short to be compared by longer runs: one token that holds all its values.
pub(super) const SHORT: &str = "pairs";
/// Not compared: what the tokens were made of, and how.
pub(super) const VERSION: &str = "version";

/// Digits that make a telephone or an id: fewer are days, rooms and amounts.
const DIGITS: usize = 7;
/// Symbols a run of words is compared by.
const GRAM: usize = 4;
/// Least values kept of a text.
const LEAST: usize = 16;
/// Fewer runs say too little of a text.
const FEWEST: usize = 30;
/// In a short account: pairs of symbols, of which a few sentences share many although they say it in other words. An account of fewer
/// says too little; one of more is compared by its runs.
const PAIR: usize = 2;
const PAIRS: std::ops::RangeInclusive<usize> = 8..=80;
/// Least values kept of a short account: few decide by chance, as its pairs are few.
pub(super) const LEAST_SHORT: usize = 64;
/// Of each of them so many bits are kept, a hexadecimal digit: all pairs of a script could be tried under a key that was stolen, and so few
/// bits fit millions of them. Units: a mask.
const KEPT_BITS: u64 = 0xf;

/// The tokens of an entry that stands open.
pub(super) fn tokens(key: &[u8; 32], open: &Open, directory: &Directory) -> BTreeSet<(&'static str, String)> {
    let mut found = BTreeSet::new();
    let (mut words, mut account) = (String::new(), String::new());
    let name = |name: &str| (NAME, token(key, NAME, name));
    let known: BTreeSet<String> = directory.people.values().flat_map(|person| names(&person.name)).collect();
    for (field, value) in open.values.for_viewer_with_key() {
        found.extend(value.people().iter().map(|person| (PERSON, token(key, PERSON, &person.to_string()))));
        let chosen = value.people().iter().filter_map(|id| directory.person(*id));
        found.extend(chosen.flat_map(|person| names(&person.name)).map(|one| name(&one)));
        // What a file is called says little of what it tells.
        if matches!(value, Value::Files(_)) {
            continue;
        }
        let field = open.found.register.fields.get(field);
        for text in texts(value) {
            found.extend(numbers(&text).into_iter().map(|number| (NUMBER, token(key, NUMBER, &number))));
            found.extend(mentioned(&text, &known).map(|one| name(one)));
            if field.is_some_and(|field| field.names) {
                found.extend(names(&text).iter().map(|one| name(one)));
            }
            words.push_str(&text);
            words.push('\n');
            if field.is_some_and(|field| matches!(field.kind, Kind::LongText)) {
                account.push_str(&text);
            }
        }
    }
    found.extend(least(key, &words).into_iter().enumerate().map(|(place, least)| (WORDS, format!("{place}:{least:016x}"))));
    found.extend(pairs(key, &account).map(|values| (SHORT, values)));
    found
}

/// How many values two short accounts have in common. Values of another length were made in another way and have none.
pub(super) fn shared(one: &str, other: &str) -> u64 {
    if one.len() != other.len() { 0 } else { one.bytes().zip(other.bytes()).filter(|(one, other)| one == other).count() as u64 }
}

/// Names of the house's people that stand in a text. Two symbols may be any word: whoever is called so has to be named as a name.
fn mentioned<'k>(text: &str, known: &'k BTreeSet<String>) -> impl Iterator<Item = &'k String> {
    let text = text.to_owned();
    known.iter().filter(move |name| name.chars().count() > 2 && !name.is_ascii() && text.contains(name.as_str()))
}

fn mac(key: &[u8; 32], kind: &str, word: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(kind.as_bytes());
    mac.update(&[0]);
    mac.update(word.as_bytes());
    mac.finalize().into_bytes().into()
}

pub(super) fn token(key: &[u8; 32], kind: &str, word: &str) -> String {
    hex::encode(&mac(key, kind, word)[..16])
}

/// Runs of digits long enough to be a telephone or an id; single spaces and hyphens within one say nothing, nor does full width.
fn numbers(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (mut digits, mut gap) = (String::new(), false);
    for symbol in text.chars().chain(['\n']) {
        let digit = match symbol {
            '0'..='9' => Some(symbol),
            '０'..='９' => char::from_u32(u32::from(symbol) - 0xFEE0),
            'x' | 'X' if digits.len() == 17 => Some('X'),
            _ => None,
        };
        match digit {
            Some(digit) => {
                digits.push(digit);
                gap = false;
            }
            None if matches!(symbol, ' ' | '-' | '－') && !digits.is_empty() && !gap => gap = true,
            None => {
                if digits.len() >= DIGITS {
                    found.insert(std::mem::take(&mut digits));
                }
                digits.clear();
                gap = false;
            }
        }
    }
    found
}

/// The least of the keyed hashes of a text's runs, by sixteen orders. Nothing where there are too few runs.
fn least(key: &[u8; 32], text: &str) -> Vec<u64> {
    let grams = grams(text, GRAM);
    if grams.len() < FEWEST { Vec::new() } else { of_each_order(key, WORDS, &grams, LEAST).collect() }
}

/// The same of a short account by pairs of symbols, a few bits of each. *Shape*: a digit each.
fn pairs(key: &[u8; 32], text: &str) -> Option<String> {
    let grams = grams(text, PAIR);
    let digits = || of_each_order(key, SHORT, &grams, LEAST_SHORT).map(|least| format!("{:x}", least & KEPT_BITS)).collect();
    PAIRS.contains(&grams.len()).then(digits)
}

fn grams(text: &str, length: usize) -> BTreeSet<String> {
    let symbols: Vec<char> = runs(text).into_iter().flat_map(|run| run.symbols).collect();
    symbols.windows(length).map(|gram| gram.iter().collect()).collect()
}

fn of_each_order(key: &[u8; 32], kind: &str, grams: &BTreeSet<String>, orders: usize) -> impl Iterator<Item = u64> {
    let hash = |gram: &String| u64::from_be_bytes(mac(key, kind, gram)[..8].try_into().expect("eight of thirty-two bytes"));
    let hashes: Vec<u64> = grams.iter().map(hash).collect();
    (0..orders as u64).map(move |order| hashes.iter().map(|hash| mixed(hash ^ mixed(order + 1))).min().unwrap_or_default())
}

/// SplitMix64: another order of the same hashes.
fn mixed(hash: u64) -> u64 {
    let hash = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alike::{SHARED, SHARED_SHORT};

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn a_telephone_is_the_same_however_it_is_written() {
        let only = |text: &str| numbers(text).into_iter().collect::<Vec<_>>().join("|");
        for text in ["电话13800000000。", "138 0000 0000", "138-0000-0000,", "１３８００００００００"] {
            assert_eq!(only(text), "13800000000", "{text}");
        }
        assert_eq!(only("11010519491231002x"), "11010519491231002X");
        assert_eq!(only("800元 2026-01-02"), "20260102");
        assert_eq!(only("3号楼12室 800"), "");
    }

    #[test]
    fn texts_that_share_much_share_many_values() {
        let story = "三月五日下午我在三号楼二层的缴费窗口旁边看见一位医药代表把一个装着现金的信封交给了当班的药师，药师收下以后放进了抽屉，旁边还有两位护士在场，可以作证，请有关部门核查处理。";
        let again = story.replace("请有关部门核查处理", "希望查清楚") + "另外";
        let other = "食堂的饭菜价格比去年高了许多而且份量变少，很多职工反映采购的渠道不公开，供应商多年没有更换，建议院里公开招标并把价格贴在墙上让大家监督。";
        let same =
            |one: &str, other: &str| least(&KEY, one).iter().zip(least(&KEY, other)).filter(|(one, other)| **one == *other).count() as u64;
        assert!(same(story, &again) >= SHARED, "{}", same(story, &again));
        assert!(same(story, other) < SHARED, "{}", same(story, other));
        assert!(least(&KEY, "太短").is_empty());
        assert_ne!(least(&KEY, story), least(&[8; 32], story), "another house, other values");
    }

    fn pairs_of(text: &str) -> String {
        pairs(&KEY, text).expect("a short account")
    }

    #[test]
    fn short_accounts_of_the_same_share_many_values_and_others_few() {
        let told = "护士长让家属把红包放进抽屉，说大家都这样";
        for again in
            ["护士长叫家属把红包放进抽屉里，说大家都这样的", "听说护士长让家属把红包放进抽屉", "护士长让家属把红包放进她的抽屉，大家都这样"]
        {
            assert!(shared(&pairs_of(told), &pairs_of(again)) >= SHARED_SHORT, "{again}");
            assert!(least(&KEY, told).is_empty(), "too short to be compared by runs");
        }
        for other in ["食堂采购不公开，多年没有更换供应商", "停车场收费没有票据，保安态度很差", "医生让家属到院外的药店买药，说医院没有"]
        {
            assert!(shared(&pairs_of(told), &pairs_of(other)) < SHARED_SHORT, "{other}");
        }
    }

    #[test]
    fn an_account_of_a_few_words_is_not_compared_at_all() {
        assert!(pairs(&KEY, "有人收红包").is_none());
        assert_eq!(pairs_of("不同的字句写了很长很长").len(), LEAST_SHORT);
        let long: String = (0..200u32).filter_map(|at| char::from_u32(0x4e00 + at * 7)).collect();
        assert!(pairs(&KEY, &long).is_none(), "a long one is compared by its runs");
        assert_eq!(shared("0123", "012"), 0, "values made in another way say nothing");
    }

    /// Who, where, what and how it goes on: two accounts are told apart when the matter differs, though most of their words may be the same.
    const WHO: [&str; 8] = ["护士长", "药房主任", "收费员", "采购科的人", "一位医生", "保安队长", "设备科长", "食堂经理"];
    const WHERE: [&str; 8] = ["在病房里", "在三号楼门口", "在缴费窗口旁", "在值班室", "在停车场", "在仓库后面", "在走廊尽头", "在办公室"];
    const WHAT: [&str; 16] = [
        "让家属把红包放进抽屉",
        "收了药商送的购物卡",
        "叫患者到院外药店买药",
        "把公家的耗材搬上私车",
        "替亲戚插队做检查",
        "要供应商请吃饭",
        "虚开了加班单",
        "私自卖号给外面的人",
        "用会议费出去旅游",
        "把病历卖给保险公司",
        "收停车费不给票",
        "重复收取床位费",
        "指定一家公司做标书",
        "把旧设备当新的验收",
        "让学生替他写论文",
        "拿走捐赠的轮椅",
    ];
    const THEN: [&str; 6] = ["，说大家都这样", "，旁边还有人看见", "，已经不止一次", "，希望查一查", "，没有人管", "，我有照片"];

    fn account(what: usize, turn: usize) -> String {
        let one = |all: &[&'static str], at: usize| all[at % all.len()];
        format!("{}{}{}{}", one(&WHO, turn / 3), one(&WHERE, turn / 5 + turn), WHAT[what], one(&THEN, turn / 7 + turn * 5))
    }

    /// The former way: sixteen values of eight bits, alike from six on.
    fn formerly(text: &str) -> Vec<u64> {
        of_each_order(&KEY, "short", &grams(text, PAIR), 16).map(|least| least & 0xff).collect()
    }

    /// How much of their pairs two accounts have in common. Units: per cent.
    fn in_common(one: &str, other: &str) -> usize {
        let (one, other) = (grams(one, PAIR), grams(other, PAIR));
        one.intersection(&other).count() * 100 / one.union(&other).count()
    }

    /// Of accounts of different matters that have less than a quarter of their pairs in common, how many are taken for alike; of the same
    /// matters told by another, how many are not. Units: per ten thousand.
    fn mistaken<T>(of: impl Fn(&str) -> T, is_alike: impl Fn(&T, &T) -> bool) -> (u64, u64) {
        let told = (0..WHAT.len() * 20).map(|at| (at % WHAT.len(), account(at % WHAT.len(), at)));
        let all: Vec<(usize, String, T)> = told.map(|(what, text)| (what, text.clone(), of(&text))).collect();
        let (mut others, mut false_ones) = (0, 0);
        for (at, one) in all.iter().enumerate() {
            for other in all[..at].iter().filter(|other| other.0 != one.0 && in_common(&one.1, &other.1) < 25) {
                others += 1;
                false_ones += u64::from(is_alike(&one.2, &other.2));
            }
        }
        let again = |what: usize, turn: usize| of(&format!("反映一件事，{}{}", WHAT[what], THEN[(turn / 7 + turn * 5) % THEN.len()]));
        let missed = all.iter().enumerate().filter(|(at, one)| !is_alike(&one.2, &again(one.0, *at))).count() as u64;
        (false_ones * 10_000 / others, missed * 10_000 / all.len() as u64)
    }

    #[test]
    fn other_matters_are_seldom_taken_for_the_same() {
        let before = mistaken(formerly, |one, other| one.iter().zip(other).filter(|(one, other)| one == other).count() >= 6);
        let now = mistaken(pairs_of, |one, other| shared(one, other) >= SHARED_SHORT);
        println!("false and missed of 10,000: {before:?} by sixteen values, {now:?} by sixty-four");
        assert!(now.0 < 10 && now.0 * 5 < before.0, "false likenesses of 10,000: {} before, {} now", before.0, now.0);
        assert!(now.1 < before.1 && now.1 < 500, "the same that is missed, of 10,000: {} before, {} now", before.1, now.1);
    }
}
