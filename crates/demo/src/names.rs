//! Placeholders for people: a surname and a duty, never a person's name.

const SURNAMES: &str = "张李王刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";

/// Such as `张医生`; when the surnames are used up, `张医生2`.
pub(crate) fn doctor(number: usize) -> String {
    with_duty(number, "医生")
}

pub(crate) fn with_duty(number: usize, duty: &str) -> String {
    let count = SURNAMES.chars().count();
    let surname = SURNAMES.chars().nth(number % count).unwrap_or('张');
    match number / count {
        0 => format!("{surname}{duty}"),
        round => format!("{surname}{duty}{}", round + 1),
    }
}
