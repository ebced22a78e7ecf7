//! How long a time a statement reaches over.

/// One limit a statement puts on a column of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    pub side: Side,
    pub value: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    From,
    /// Up to a moment; a day given without an hour counts whole.
    Until,
    /// Up to and without a moment.
    Before,
    /// The whole span named: a year, a month, a day.
    Within(Span),
}

/// *Units*: days a span covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Span {
    pub fn days(self) -> f64 {
        match self {
            Span::Hour => 1.0 / 24.0,
            Span::Day => 1.0,
            Span::Week => 7.0,
            Span::Month => 30.0,
            Span::Quarter => 91.0,
            Span::Year => 365.0,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    /// A literal of the statement, by its position.
    Literal(usize),
    /// *Units*: seconds since 1970 in the database's own time, and whether it named only a day.
    At(i64, bool),
    /// Days before the statement ran.
    Ago(f64),
    /// A bind variable or an expression that cannot be told.
    Unknown,
}

/// What is known of the time a statement covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// Nothing limits it.
    All,
    /// Limited on one side only.
    Open,
    /// Limited by bind variables.
    Unknown,
    Days(f64),
}

impl Range {
    /// Seven days and more, or no limit at all.
    pub fn long(self) -> bool {
        match self {
            Range::All | Range::Open => true,
            Range::Unknown => false,
            // Six days and 23:59:59 are a week.
            Range::Days(days) => days >= 6.99,
        }
    }
}

/// The range the limits leave. `literal` gives the text of a literal by its position, `now` when the statement ran, in seconds.
pub fn range<'l>(limits: &[Limit], literal: impl Fn(usize) -> &'l str, now: Option<i64>) -> Range {
    const DAY: f64 = 86_400.0;
    if limits.is_empty() {
        return Range::All;
    }
    let (mut from, mut until): (Option<f64>, Option<f64>) = (None, None);
    let (mut ago_from, mut ago_until): (Option<f64>, Option<f64>) = (None, None);
    let mut within: Option<f64> = None;
    let mut unknown = false;
    for limit in limits {
        if let Side::Within(span) = limit.side {
            within = Some(within.map_or(span.days(), |before: f64| before.min(span.days())));
            continue;
        }
        let moment = match limit.value {
            When::Literal(index) => parse(literal(index)),
            When::At(seconds, day) => Some((seconds, day)),
            When::Ago(days) => {
                match limit.side {
                    Side::From => ago_from = Some(ago_from.map_or(days, |before: f64| before.min(days))),
                    _ => ago_until = Some(ago_until.map_or(days, |before: f64| before.max(days))),
                }
                continue;
            }
            When::Unknown => None,
        };
        let Some((seconds, day)) = moment else {
            unknown = true;
            continue;
        };
        match limit.side {
            Side::From => from = Some(from.map_or(seconds as f64, |before: f64| before.max(seconds as f64))),
            Side::Until | Side::Before | Side::Within(_) => {
                let end = seconds as f64 + if day && limit.side == Side::Until { DAY } else { 0.0 };
                until = Some(until.map_or(end, |before: f64| before.min(end)));
            }
        }
    }
    if let (Some(from), None, Some(now)) = (from, until, now) {
        // Everything since a day is at most what there was when the statement ran; a log of another clock says nothing.
        let since = now as f64 - from;
        if since >= 0.0 && ago_until.is_none() {
            until = Some(now as f64 + 1.0);
        }
    }
    let between = match (from, until) {
        (Some(from), Some(until)) => Some((until - from).max(0.0) / DAY),
        _ => ago_from.map(|days| (days - ago_until.unwrap_or(0.0)).max(0.0)),
    };
    match (between, within) {
        (Some(between), Some(within)) => Range::Days(between.min(within)),
        (Some(days), None) | (None, Some(days)) => Range::Days(days),
        (None, None) if unknown => Range::Unknown,
        (None, None) => Range::Open,
    }
}

/// Reads a moment as databases and people write it. Answers seconds since 1970 and whether only a day was named.
pub fn parse(text: &str) -> Option<(i64, bool)> {
    let text = text.trim();
    let mut numbers = [0i64; 6];
    let mut widths = [0usize; 6];
    let mut count = 0;
    let mut month_name = None;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() && count < 6 {
        if bytes[at].is_ascii_digit() {
            let start = at;
            while at < bytes.len() && bytes[at].is_ascii_digit() {
                at += 1;
            }
            numbers[count] = text.get(start..at)?.parse().ok()?;
            widths[count] = at - start;
            count += 1;
            if count >= 6 || bytes.get(at) == Some(&b'.') && count >= 4 {
                break;
            }
        } else if bytes[at].is_ascii_alphabetic() && month_name.is_none() {
            let start = at;
            while at < bytes.len() && bytes[at].is_ascii_alphabetic() {
                at += 1;
            }
            let word = text.get(start..at)?.to_ascii_lowercase();
            if word != "t" && word != "z" {
                let known = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
                month_name = Some(known.iter().position(|name| word.starts_with(name))? as i64 + 1);
            }
        } else {
            at += 1;
        }
    }
    let (year, month, day, first_of_time) = match (widths[0], month_name, count) {
        (14, None, 1) => {
            return parse(&format!("{}-{}-{} {}:{}:{}", &text[..4], &text[4..6], &text[6..8], &text[8..10], &text[10..12], &text[12..14]));
        }
        (8, None, _) => (numbers[0] / 10_000, numbers[0] / 100 % 100, numbers[0] % 100, 1),
        (6, None, _) => (numbers[0] / 100, numbers[0] % 100, 1, 1),
        (4, None, 1) => (numbers[0], 1, 1, 1),
        (4, None, 2) => (numbers[0], numbers[1], 1, 2),
        (4, None, _) => (numbers[0], numbers[1], numbers[2], 3),
        (1 | 2, Some(month), 2..) => (if numbers[1] < 100 { 2000 + numbers[1] } else { numbers[1] }, month, numbers[0], 2),
        (1 | 2, None, 3..) if widths[2] == 4 => (numbers[2], numbers[0], numbers[1], 3),
        _ => return None,
    };
    if !(1000..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let clock = |index: usize| if index < count { numbers[index] } else { 0 };
    let seconds = clock(first_of_time) * 3600 + clock(first_of_time + 1) * 60 + clock(first_of_time + 2);
    Some((days(year, month, day) * 86_400 + seconds, count <= first_of_time))
}

/// Days since 1970 of a day of the Gregorian calendar. *Source*: Howard Hinnant, days_from_civil.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}
