//! Cells to stored integers. Exact: nothing passes through floating point.

use crate::contract::Coding;
use crate::month::day_of_civil;
use crate::reason::Reason;

/// Hospitals in China keep UTC+8 the whole year; a time with a zone is brought to this clock.
const CLOCK_OFFSET_S: i64 = 8 * 3600;
const DAY_S: i64 = 86_400;
const FARTHEST: i32 = 1_000;

/// A decimal number in units of 10^-`scale`, rounded half away from zero.
///
/// *Errors*: [`Reason::NotANumber`], [`Reason::TooBig`].
pub fn decimal(text: &str, scale: u8) -> Result<i64, Reason> {
    let (mantissa, exponent) = scientific(text)?;
    shift(mantissa, exponent + i32::from(scale))
}

/// A whole number; `3.0` is one, `3.5` is [`Reason::NotWhole`].
pub fn integer(text: &str) -> Result<i64, Reason> {
    let (mantissa, exponent) = scientific(text)?;
    let value = shift(mantissa, exponent)?;
    if exponent < 0 && i128::from(value) * power(-exponent)? != mantissa {
        return Err(Reason::NotWhole);
    }
    Ok(value)
}

/// Takes the commas out of `12,345.6`; a comma anywhere else makes it no number.
pub fn without_thousands(text: &str) -> Result<String, Reason> {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (&text[..1], rest),
        None => ("", text),
    };
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = groups.clone().count() == 0 || (1..=3).contains(&first.len());
    if !grouped || groups.any(|group| group.len() != 3) || rest.contains(',') {
        return Err(Reason::NotANumber);
    }
    Ok(format!("{sign}{}{rest}", whole.replace(',', "")))
}

/// Mantissa and power of ten of `[+-]digits[.digits][e[+-]digits]`.
fn scientific(text: &str) -> Result<(i128, i32), Reason> {
    let bytes = text.as_bytes();
    let negative = bytes.first() == Some(&b'-');
    let mut at = usize::from(negative || bytes.first() == Some(&b'+'));
    let (mut mantissa, mut exponent, mut digits, mut point) = (0_i128, 0_i32, 0_u32, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => {
                if mantissa >= 10_i128.pow(30) {
                    return Err(Reason::TooBig);
                }
                mantissa = mantissa * 10 + i128::from(byte - b'0');
                digits += 1;
                exponent -= i32::from(point);
            }
            b'.' if !point => point = true,
            b'e' | b'E' if digits > 0 => {
                let power = text.get(at + 1..).unwrap_or_default();
                let power: i32 = power.parse().map_err(|_| Reason::NotANumber)?;
                // Nothing is left of a number beyond either end.
                exponent = exponent.saturating_add(power).clamp(-FARTHEST, FARTHEST);
                break;
            }
            _ => return Err(Reason::NotANumber),
        }
        at += 1;
    }
    match digits {
        0 => Err(Reason::NotANumber),
        _ => Ok((if negative { -mantissa } else { mantissa }, exponent)),
    }
}

fn power(exponent: i32) -> Result<i128, Reason> {
    10_i128.checked_pow(exponent.unsigned_abs()).ok_or(Reason::TooBig)
}

fn shift(mantissa: i128, exponent: i32) -> Result<i64, Reason> {
    let value = if mantissa == 0 {
        0
    } else if exponent >= 0 {
        mantissa.checked_mul(power(exponent)?).ok_or(Reason::TooBig)?
    } else {
        // Past 10^38 every mantissa rounds to zero.
        power(exponent).map_or(0, |divisor| (mantissa + mantissa.signum() * (divisor / 2)) / divisor)
    };
    i64::try_from(value).map_err(|_| Reason::TooBig)
}

/// Days since 1970-01-01 of a date, or of the date of a time.
pub fn date(text: &str) -> Result<i32, Reason> {
    datetime(text).map(|second| second.div_euclid(DAY_S) as i32)
}

/// Seconds since 1970-01-01 on the hospital's own clock.
///
/// Understood: `2024-01-31`, `2024/1/31 8:05`, `2024.1.31 08:05:09.123`, `2024年1月31日 8时5分9秒`, `20240131`,
/// `20240131080509`, with a space or `T` between; `Z` or `+08:00` behind brings the time to UTC+8.
pub fn datetime(text: &str) -> Result<i64, Reason> {
    let mut scan = Scan { rest: text.as_bytes() };
    let compact = scan.digits_ahead();
    if matches!(compact, 8 | 12 | 14) {
        return scan.compact(compact);
    }
    let (year, year_digits) = scan.number()?;
    if year_digits != 4 {
        return Err(Reason::NotADate);
    }
    scan.one_of(&["-", "/", ".", "年"])?;
    let (month, _) = scan.number()?;
    scan.one_of(&["-", "/", ".", "月"])?;
    let (day, _) = scan.number()?;
    let _ = scan.one_of(&["日"]);
    let day = civil(year, month, day)?;
    if scan.rest.is_empty() {
        return Ok(day * DAY_S);
    }
    scan.clock(day)
}

/// A time in a format of its own, such as `%d-%b-%y %H:%M` (strptime).
pub fn datetime_as(format: &str, text: &str) -> Result<i64, Reason> {
    let parts = jiff::fmt::strtime::parse(format, text).map_err(|_| Reason::NotADate)?;
    let date = parts.to_date().map_err(|_| Reason::NotADate)?;
    let day = civil(i64::from(date.year()), date.month() as i64, date.day() as i64)?;
    let field = |value: Option<i8>| i64::from(value.unwrap_or(0));
    let second = field(parts.hour()) * 3600 + field(parts.minute()) * 60 + field(parts.second());
    Ok(day * DAY_S + second)
}

fn civil(year: i64, month: i64, day: i64) -> Result<i64, Reason> {
    let valid = jiff::civil::Date::new(year as i16, month as i8, day as i8).is_ok() && month < 100 && day < 100;
    if !valid {
        return Err(Reason::NotADate);
    }
    Ok(i64::from(day_of_civil(year as i32, month as u8, day as u8)))
}

struct Scan<'a> {
    rest: &'a [u8],
}

impl Scan<'_> {
    fn digits_ahead(&self) -> usize {
        self.rest.iter().take_while(|b| b.is_ascii_digit()).count()
    }

    /// A number of one to four digits, and how many they were.
    fn number(&mut self) -> Result<(i64, usize), Reason> {
        let count = self.digits_ahead();
        if !(1..=4).contains(&count) {
            return Err(Reason::NotADate);
        }
        Ok((self.take(count), count))
    }

    fn take(&mut self, count: usize) -> i64 {
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        digits.iter().fold(0, |value, b| value * 10 + i64::from(b - b'0'))
    }

    fn one_of(&mut self, signs: &[&str]) -> Result<(), Reason> {
        let rest = signs.iter().find_map(|s| self.rest.strip_prefix(s.as_bytes())).ok_or(Reason::NotADate)?;
        self.rest = rest;
        Ok(())
    }

    fn compact(&mut self, count: usize) -> Result<i64, Reason> {
        let day = civil(self.take(4), self.take(2), self.take(2))?;
        let hour = if count > 8 { self.take(2) } else { 0 };
        let minute = if count > 8 { self.take(2) } else { 0 };
        let second = if count > 12 { self.take(2) } else { 0 };
        if count == 8 && !self.rest.is_empty() {
            return self.clock(day);
        }
        self.end(day, hour, minute, second)
    }

    /// The time behind a date.
    fn clock(&mut self, day: i64) -> Result<i64, Reason> {
        self.one_of(&["T", " "])?;
        while self.one_of(&[" "]).is_ok() {}
        let (hour, _) = self.number()?;
        self.one_of(&[":", "时"])?;
        let (minute, _) = self.number()?;
        let _ = self.one_of(&["分"]);
        let mut second = 0;
        if self.one_of(&[":"]).is_ok() || self.digits_ahead() > 0 {
            second = self.number()?.0;
            if self.one_of(&["."]).is_ok() {
                // Fractions of a second are not kept.
                let fraction = self.digits_ahead();
                self.rest = &self.rest[fraction..];
            }
            let _ = self.one_of(&["秒"]);
        }
        self.end(day, hour, minute, second)
    }

    fn end(&mut self, day: i64, hour: i64, minute: i64, second: i64) -> Result<i64, Reason> {
        if hour > 23 || minute > 59 || second > 59 {
            return Err(Reason::NotADate);
        }
        let local = day * DAY_S + hour * 3600 + minute * 60 + second;
        if self.rest.is_empty() {
            return Ok(local);
        }
        let offset = self.offset()?;
        Ok(local - offset + CLOCK_OFFSET_S)
    }

    fn offset(&mut self) -> Result<i64, Reason> {
        if self.rest == b"Z" {
            return Ok(0);
        }
        let sign = if self.one_of(&["+"]).is_ok() { 1 } else { -1 };
        if sign < 0 {
            self.one_of(&["-"])?;
        }
        if self.digits_ahead() < 2 {
            return Err(Reason::NotADate);
        }
        let hours = self.take(2);
        let _ = self.one_of(&[":"]);
        let minutes = if self.digits_ahead() == 2 { self.take(2) } else { 0 };
        match (self.rest.is_empty(), hours <= 14, minutes <= 59) {
            (true, true, true) => Ok(sign * (hours * 3600 + minutes * 60)),
            _ => Err(Reason::NotADate),
        }
    }
}

pub fn flag(text: &str) -> Result<bool, Reason> {
    match text {
        "1" | "是" | "有" | "真" => Ok(true),
        "0" | "否" | "无" | "假" => Ok(false),
        _ => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" => Ok(true),
            "false" | "f" | "no" | "n" => Ok(false),
            _ => Err(Reason::NotAFlag),
        },
    }
}

/// A bound of a contract in the column's stored unit; `None` if it is no value of the column or the column has no order.
pub(crate) fn bound(coding: &Coding, text: &str) -> Option<i64> {
    match coding {
        Coding::Integer => integer(text).ok(),
        Coding::Scaled(scale) => decimal(text, *scale).ok(),
        Coding::Fen => integer(text).ok(),
        Coding::Day => date(text).ok().map(i64::from),
        Coding::Second => datetime(text).ok(),
        Coding::Text | Coding::Code(_) | Coding::Id(_) | Coding::Flag | Coding::Float => None,
    }
}
