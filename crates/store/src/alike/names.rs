//! Names as people type them: without titles, without words that name nobody.

use std::collections::BTreeSet;

/// What stands after a name, the longest first.
const TITLES: [&str; 30] = [
    "副主任医师",
    "主任医师",
    "主治医师",
    "住院医师",
    "医药代表",
    "护士长",
    "副院长",
    "副主任",
    "副科长",
    "副书记",
    "副教授",
    "副处长",
    "院长",
    "主任",
    "科长",
    "书记",
    "处长",
    "部长",
    "医师",
    "医生",
    "大夫",
    "护士",
    "药师",
    "教授",
    "老师",
    "代表",
    "经理",
    "先生",
    "女士",
    "同志",
];

/// Said where no name is known, or of somebody by their part in it.
const NOBODY: [&str; 27] = [
    "不清楚",
    "不知道",
    "不详",
    "不明",
    "未知",
    "某",
    "有人",
    "他们",
    "她们",
    "本人",
    "家属",
    "患者",
    "病人",
    "药代",
    "领导",
    "同事",
    "其他",
    "其它",
    "匿名",
    "没有",
    "几个",
    "几位",
    "一位",
    "两位",
    "一个",
    "两个",
    "全体",
];

/// Symbols of a name in Chinese, at least and at most.
const HAN: std::ops::RangeInclusive<usize> = 2..=4;

/// The names of a line such as “张三医生、李四”, as they are compared. A surname alone is no name.
pub(super) fn names(line: &str) -> BTreeSet<String> {
    let parts = line.split(|symbol: char| !symbol.is_alphanumeric() && !matches!(symbol, ' ' | '·' | '\'' | '.'));
    parts.flat_map(joined).filter_map(|part| name(&part)).collect()
}

/// “张三和李四” are two, “王和平” is one: both sides of the word must be names.
fn joined(part: &str) -> Vec<String> {
    let part = part.trim();
    if part.is_ascii() {
        return vec![part.to_owned()];
    }
    let words = part.split(' ').filter(|word| !word.is_empty());
    words
        .flat_map(|word| {
            let cut = ["以及", "和", "与", "及", "跟"].iter().find_map(|and| {
                let (one, other) = word.split_once(and)?;
                Some([one, other]).filter(|sides| sides.iter().all(|side| name(side).is_some()))
            });
            cut.map_or_else(|| vec![word.to_owned()], |sides| sides.map(str::to_owned).into())
        })
        .collect()
}

fn name(part: &str) -> Option<String> {
    let part = part.trim();
    if part.is_ascii() {
        // “Smith John” and “john smith” are one; a single word says too little.
        let mut words: Vec<String> = part
            .split([' ', '.'])
            .filter(|word| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic()))
            .map(str::to_lowercase)
            .collect();
        words.sort_unstable();
        return (words.len() > 1).then(|| words.join(" "));
    }
    let mut bare: String = part.chars().filter(|symbol| symbol.is_alphanumeric()).collect();
    while let Some(title) = TITLES.iter().find(|title| bare.ends_with(**title)) {
        bare.truncate(bare.len() - title.len());
    }
    let is_han = bare.chars().all(|symbol| ('\u{4e00}'..='\u{9fff}').contains(&symbol));
    let fits = is_han && HAN.contains(&bare.chars().count()) && !NOBODY.iter().any(|word| bare.contains(word));
    fits.then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::names;

    fn of(line: &str) -> String {
        names(line).into_iter().collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_name_is_the_same_whatever_stands_around_it() {
        for line in ["张小明", "张小明医生", "张小明 副主任医师", "张小明（主任）", " 张小明；", "张小明先生"]
        {
            assert_eq!(of(line), "张小明", "{line}");
        }
        assert_eq!(of("张小明、李四护士"), "张小明|李四");
        assert_eq!(of("张小明和李四"), "张小明|李四");
        assert_eq!(of("王和平"), "王和平", "a name with such a word in it");
        assert_eq!(of("John Smith"), of("smith  JOHN"));
    }

    #[test]
    fn what_names_nobody_is_no_name() {
        for line in ["不清楚", "张医生", "某医生", "一个护士", "医生", "两位医药代表", "Smith", "有人", "收费处窗口里的人"]
        {
            assert_eq!(of(line), "", "{line}");
        }
    }
}
