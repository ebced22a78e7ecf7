//! Values as people read them. Dates as 6月11日, money with two decimals, unknown as —.

use crate::directory::Directory;
use crate::entry::Clock;
use crate::time::Moment;
use crate::value::Value;
use catalogue::field::Kind;
use catalogue::{Calendar, Catalogue, Field, ItemName, Lang};
use jiff::civil::Date;

/// What showing needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    pub catalogue: &'a Catalogue,
    pub directory: &'a Directory,
    pub lang: Lang,
    pub today: Date,
}

/// One value in words. Tables show their row count; their rows are shown by the page.
pub fn value(shown: &Shown<'_>, field: &Field, value: &Value) -> String {
    let join = |parts: Vec<String>| parts.join(if shown.lang == Lang::Zh { "、" } else { ", " });
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => {
            let (decimals, unit) = match &field.kind {
                Kind::Number { decimals, unit } => (usize::from(*decimals), unit.as_ref().map(|unit| format!(" {}", unit.get(shown.lang)))),
                _ => (0, None),
            };
            format!("{}{}", grouped(&format!("{number:.decimals$}")), unit.unwrap_or_default())
        }
        Value::Fen(fen) => money(*fen),
        Value::Date(day) => date(*day, shown.lang, shown.today),
        Value::Moment(at) => moment(*at, shown.lang, shown.today),
        Value::Flag(truth) => match (truth, shown.lang) {
            (true, Lang::Zh) => "是".to_owned(),
            (false, Lang::Zh) => "否".to_owned(),
            (true, Lang::En) => "Yes".to_owned(),
            (false, Lang::En) => "No".to_owned(),
        },
        Value::Choice(_) | Value::Choices(_) => join(value.items().iter().map(|name| item(shown, field, name)).collect()),
        Value::Person(_) | Value::People(_) => {
            join(value.people().iter().map(|id| shown.directory.person(*id).map_or("—".to_owned(), |person| person.name.clone())).collect())
        }
        Value::Unit(_) | Value::Units(_) => {
            join(value.units().iter().map(|id| shown.directory.unit(*id).map_or("—".to_owned(), |unit| unit.name.clone())).collect())
        }
        Value::Supplier(id) | Value::Link(id) => shown.directory.names.get(id).cloned().unwrap_or_else(|| "—".to_owned()),
        Value::Files(files) => join(files.iter().map(|file| file.name.clone()).collect()),
        Value::Rows(rows) => match shown.lang {
            Lang::Zh => format!("{} 行", rows.len()),
            Lang::En => format!("{} row(s)", rows.len()),
        },
    }
}

/// An item's label; an item no list knows any more shows its name.
pub fn item(shown: &Shown<'_>, field: &Field, name: &ItemName) -> String {
    let list = match &field.kind {
        Kind::Choice { of, .. } => shown.catalogue.items(of),
        _ => None,
    };
    list.and_then(|list| list.items.get(name)).map_or_else(|| name.as_str().to_owned(), |item| item.label.get(shown.lang).to_owned())
}

/// Yuan with thousands separators and two decimals.
pub fn money(fen: i64) -> String {
    grouped(&yuan_plain(fen))
}

/// Yuan with two decimals, as typed.
pub fn yuan_plain(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.unsigned_abs() / 100, fen.unsigned_abs() % 100)
}

fn grouped(plain: &str) -> String {
    let (sign, rest) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
    let (whole, after) = rest.split_once('.').map_or((rest, None), |(whole, after)| (whole, Some(after)));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(after) = after {
        out.push('.');
        out.push_str(after);
    }
    out
}

/// 6月11日, with the year when it is another.
pub fn date(day: Date, lang: Lang, today: Date) -> String {
    match (lang, day.year() == today.year()) {
        (Lang::Zh, true) => format!("{}月{}日", day.month(), day.day()),
        (Lang::Zh, false) => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        (Lang::En, true) => day.strftime("%-d %b").to_string(),
        (Lang::En, false) => day.strftime("%-d %b %Y").to_string(),
    }
}

pub fn moment(at: Moment, lang: Lang, today: Date) -> String {
    format!("{} {}", date(at.date(), lang, today), at.local().strftime("%H:%M"))
}

/// A clock in words: the class and icon of the look, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockShown {
    /// `late`, `today`, `soon`, `ok`, `hold`, `done` or `none`.
    pub class: &'static str,
    pub words: String,
    /// The year of a due day still to come whose calendar is not published: the day is provisional.
    pub provisional: Option<i16>,
}

pub fn clock(clock: &Clock, now: Moment, calendar: &Calendar, lang: Lang) -> ClockShown {
    let zh = lang == Lang::Zh;
    let today = now.date();
    let say =
        |class, zh_words: String, en_words: String| ClockShown { class, words: if zh { zh_words } else { en_words }, provisional: None };
    if let Some(met) = clock.met {
        let day = date(met.date(), lang, today);
        return if clock.was_late() {
            say("done", format!("{day}（已逾期）"), format!("{day} (late)"))
        } else {
            say("done", day.clone(), day)
        };
    }
    if clock.held.is_some() {
        return say("hold", "暂停计时".into(), "clock held".into());
    }
    let due_day = clock.due.date();
    if now > clock.due {
        let late = (crate::time::day_number(today) - crate::time::day_number(due_day)).max(0);
        if late == 0 {
            let hours = ((now.0 - clock.due.0) / 3_600_000).max(1);
            return say("late", format!("逾期{hours}小时"), format!("{hours} h late"));
        }
        return say("late", format!("逾期{late}天"), format!("{late} d late"));
    }
    let ends_at_midnight = Moment::end_of(due_day) == clock.due;
    if due_day == today {
        let at = if ends_at_midnight { "24:00".to_owned() } else { clock.due.local().strftime("%H:%M").to_string() };
        return say("today", format!("今天{at}"), format!("today {at}"));
    }
    let provisional = (!calendar.publishes(due_day.year())).then_some(due_day.year());
    if now >= clock.soon {
        let left = crate::time::day_number(due_day) - crate::time::day_number(today);
        return ClockShown { provisional, ..say("soon", format!("还剩{left}天"), format!("{left} d left")) };
    }
    let day = date(due_day, lang, today);
    ClockShown { provisional, ..say("ok", day.clone(), day) }
}
