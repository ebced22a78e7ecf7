//! What a text may look like inside a file that another program will interpret.

/// The longest text Excel keeps in a cell, in UTF-16 units.
const CELL_UNITS: usize = 32_767;
/// Put where a text was cut, so that nobody takes the rest for the whole.
const CUT_MARK: &str = "…〔后略 cut〕";

/// Whether a spreadsheet could take the text for a formula when it opens the file or when somebody edits the cell.
///
/// Source: OWASP, CSV injection; the full-width signs are read as operators by East Asian versions of Excel.
pub(crate) fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// The text without the characters that XML 1.0 cannot carry, which become U+FFFD; line ends become `\n`.
pub(crate) fn xml_safe(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| match c {
            '\r' => '\n',
            '\t' | '\n' => c,
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// The text as a spreadsheet cell can hold it: [`xml_safe`], and visibly cut where it is longer than Excel allows.
pub(crate) fn cell_text(text: &str) -> String {
    let text = xml_safe(text);
    if text.encode_utf16().count() <= CELL_UNITS {
        return text;
    }
    let room = CELL_UNITS - CUT_MARK.encode_utf16().count();
    let mut used = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += c.len_utf16();
            used <= room
        })
        .collect();
    kept + CUT_MARK
}

/// How wide a text is, in halves of a Chinese character: 2 for wide characters, 1 for the others.
pub(crate) fn halves(text: &str) -> usize {
    text.chars().map(|c| if c < '\u{1100}' { 1 } else { 2 }).sum()
}

/// How many lines a text takes when `room` halves fit on one. Never 0.
pub(crate) fn lines(text: &str, room: usize) -> usize {
    text.split('\n').map(|line| halves(line).div_ceil(room.max(1)).max(1)).sum()
}

/// An amount in yuan with two decimals, exact: 123456 fen is `1234.56`.
pub(crate) fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

/// An amount in ten thousand yuan (万元), exact, with two to six decimals: 1_250_000 fen is `1.25`.
pub(crate) fn wan_yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    let decimals = format!("{:06}", fen % 1_000_000);
    let kept = decimals.trim_end_matches('0').len().max(2);
    format!("{sign}{}.{}", fen / 1_000_000, &decimals[..kept])
}
