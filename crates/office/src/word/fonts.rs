//! The fonts of official papers. They are named, not embedded; where one is missing the other names are tried.
//!
//! Source: GB/T 9704-2012, 7.3 and 7.4.

/// Titles.
pub(crate) const XIAOBIAOSONG: &str = "方正小标宋简体";
/// Text.
pub(crate) const FANGSONG: &str = "仿宋_GB2312";
/// Labels of annexes and heads of tables.
pub(crate) const HEITI: &str = "黑体";
/// Digits and Latin letters.
pub(super) const LATIN: &str = "Times New Roman";

/// A font and the names it has elsewhere, the most alike first.
pub(super) struct Face {
    pub name: &'static str,
    pub also: &'static str,
    /// Kind of the letter forms by which Word chooses a substitute.
    pub family: &'static str,
    /// Character set in the notation of Windows.
    pub charset: &'static str,
}

pub(super) const FACES: [Face; 4] = [
    Face { name: XIAOBIAOSONG, also: "FZXiaoBiaoSong-B05S,方正小标宋_GBK,华文中宋,宋体,SimSun", family: "roman", charset: "86" },
    Face { name: FANGSONG, also: "仿宋,FangSong,FangSong_GB2312,华文仿宋", family: "modern", charset: "86" },
    Face { name: HEITI, also: "SimHei,微软雅黑", family: "swiss", charset: "86" },
    Face { name: LATIN, also: "Liberation Serif", family: "roman", charset: "00" },
];
