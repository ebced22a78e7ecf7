//! The XML of office files: copied piece by piece, without what says who, when or in which session.

use super::Unclean;

/// Attributes that say who or when, in whatever namespace prefix.
#[rustfmt::skip]
const WHO: [&str; 14] = [
    "author", "initials", "date", "displayName", "userId", "providerId", "lastModifiedBy", "clrIdx", "lastIdx", "creator", "dt", "dT",
    "userName", "dateTime",
];
/// Tags whose attribute `name` is a person's.
const PEOPLE: [&str; 3] = ["cmAuthor", "author", "userInfo"];
/// Elements that go with all they hold: sessions, where a template lies, what other programs keep.
const GONE: [&str; 3] = ["w:rsids", "w:attachedTemplate", "p:custData"];
/// Relations and kinds of parts that are gone.
const PARTS: [&str; 6] = ["metadata/thumbnail", "printerSettings", "attachedTemplate", "customXml/", "/customXml\"", "/customXml'"];

/// A piece of XML.
#[derive(Debug, Clone, Copy)]
enum Piece<'a> {
    Text(&'a str),
    /// As it stands: a declaration, or text that is not read for tags.
    Raw(&'a str),
    Comment,
    Tag(&'a str),
}

/// Pieces in order.
///
/// Errors: a piece that never ends, or one that defines other pieces: no office program writes either.
fn pieces(text: &str) -> impl Iterator<Item = Result<Piece<'_>, Unclean>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let next = match rest.find('<') {
            None if rest.is_empty() => return None,
            None => Ok((Piece::Text(rest), rest.len())),
            Some(0) => markup(rest),
            Some(start) => Ok((Piece::Text(&rest[..start]), start)),
        };
        rest = next.as_ref().map_or("", |(_, length)| &rest[*length..]);
        Some(next.map(|(piece, _)| piece))
    })
}

/// What begins at a `<`, and its length.
fn markup(text: &str) -> Result<(Piece<'_>, usize), Unclean> {
    let until = |end: &str| text.find(end).map(|at| at + end.len()).ok_or(Unclean::Malformed);
    if text.starts_with("<!--") {
        return until("-->").map(|length| (Piece::Comment, length));
    }
    if text.starts_with("<![CDATA[") {
        return until("]]>").map(|length| (Piece::Raw(&text[..length]), length));
    }
    if text.starts_with("<?") {
        return until("?>").map(|length| (Piece::Raw(&text[..length]), length));
    }
    if text.starts_with("<!") {
        return Err(Unclean::Malformed);
    }
    // A `>` inside quotes ends nothing.
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            (None, b'>') => return Ok((Piece::Tag(&text[..=at]), at + 1)),
            _ => {}
        }
    }
    Err(Unclean::Malformed)
}

/// Relations and kinds of parts without those of parts that are gone.
pub(super) fn without_gone(text: &str) -> Result<String, Unclean> {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece? {
            Piece::Text(kept) | Piece::Raw(kept) => out.push_str(kept),
            Piece::Comment => {}
            Piece::Tag(tag) if matches!(local(name(tag)), "Relationship" | "Override") && PARTS.iter().any(|part| tag.contains(part)) => {}
            Piece::Tag(tag) => out.push_str(tag),
        }
    }
    Ok(out)
}

/// A part's XML with every attribute that says who, when or in which session emptied or dropped, and names of authors in elements too.
pub(super) fn nameless(text: &str) -> Result<String, Unclean> {
    let mut out = String::with_capacity(text.len());
    // The element that goes, and how many of its name lie within each other.
    let mut gone: Option<(&str, usize)> = None;
    // Excel's list of who comments, by name.
    let mut in_author = false;
    for piece in pieces(text) {
        let piece = piece?;
        if let (Some((element, depth)), Piece::Tag(tag)) = (gone, piece) {
            let deeper = usize::from(name(tag) == element && !tag.ends_with("/>") && !tag.starts_with("</"));
            let left = depth + deeper - usize::from(tag.starts_with("</") && name(tag) == element);
            gone = (left > 0).then_some((element, left));
            continue;
        }
        match piece {
            _ if gone.is_some() => {}
            Piece::Comment => {}
            Piece::Text(kept) | Piece::Raw(kept) => out.push_str(if in_author { "" } else { kept }),
            Piece::Tag(tag) => {
                if local(name(tag)) == "author" {
                    in_author = !tag.starts_with("</") && !tag.ends_with("/>");
                }
                match GONE.iter().find(|gone| name(tag) == **gone) {
                    Some(element) if !tag.ends_with("/>") => gone = Some((*element, 1)),
                    Some(_) => {}
                    None => attributes(tag, &mut out)?,
                }
            }
        }
    }
    if gone.is_some() { Err(Unclean::Malformed) } else { Ok(out) }
}

/// The name of a tag's element, with its prefix.
fn name(tag: &str) -> &str {
    let tag = tag.trim_start_matches(['<', '/']);
    &tag[..tag.find(|symbol: char| symbol.is_whitespace() || matches!(symbol, '/' | '>')).unwrap_or(tag.len())]
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn attributes(tag: &str, out: &mut String) -> Result<(), Unclean> {
    let begin = tag.len() - tag.trim_start_matches(['<', '/']).len() + name(tag).len();
    out.push_str(&tag[..begin]);
    let mut rest = &tag[begin..];
    loop {
        let word = rest.trim_start();
        if matches!(word, ">" | "/>") {
            out.push_str(rest);
            return Ok(());
        }
        let (attribute, after) = word.split_once('=').ok_or(Unclean::Malformed)?;
        let (attribute, after) = (attribute.trim_end(), after.trim_start());
        if attribute.contains(|symbol: char| symbol.is_whitespace() || matches!(symbol, '/' | '<' | '>' | '"' | '\'')) {
            return Err(Unclean::Malformed);
        }
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\'')).ok_or(Unclean::Malformed)?;
        let length = after[1..].find(quote).ok_or(Unclean::Malformed)?;
        let value = &after[1..=length];
        rest = &after[length + 2..];
        let known = local(attribute);
        if known.starts_with("rsid") {
            continue;
        }
        let is_told = (WHO.contains(&known) && !is_day(known, tag)) || is_of_person_or_folder(known, tag);
        let is_time = known == "date" || known == "dateTime" || known.eq_ignore_ascii_case("dt");
        let value = if !is_told {
            value
        } else if is_time {
            "2000-01-01T00:00:00Z"
        } else {
            ""
        };
        out.extend([" ", attribute, "="]);
        out.push(quote);
        out.push_str(value);
        out.push(quote);
    }
}

/// Names of people, and the folder a workbook was last kept in.
fn is_of_person_or_folder(attribute: &str, tag: &str) -> bool {
    let element = local(name(tag));
    (attribute == "name" && PEOPLE.contains(&element)) || (attribute == "url" && element == "absPath")
}

/// Attributes of the same name that belong to the content: a date picker's day, a series of a chart.
fn is_day(attribute: &str, tag: &str) -> bool {
    matches!(attribute, "date" | "dt") && (name(tag) == "w:date" || tag.starts_with("<c:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_however_its_tag_is_written() {
        for (before, after) in [
            (r#"<w:ins w:author = "甲" w:id='1'>x</w:ins>"#, r#"<w:ins w:author="" w:id='1'>x</w:ins>"#),
            ("<w:ins\n w:author='甲 > 乙'/>", "<w:ins w:author=''/>"),
            ("<x:authors><x:author>甲</x:author></x:authors>", "<x:authors><x:author></x:author></x:authors>"),
            ("<author><![CDATA[甲]]><b/>乙</author>丙", "<author><b/></author>丙"),
            (r#"<t><![CDATA[ " a=b ]]></t><w:c w:author="甲"/>"#, r#"<t><![CDATA[ " a=b ]]></t><w:c w:author=""/>"#),
            (r#"<?xml version="1.0"?><a><w:rsids><w:rsid w:val="1"/></w:rsids><b/></a>"#, r#"<?xml version="1.0"?><a><b/></a>"#),
            (r#"<w:p w:rsidR="1" ><a t = "1=2"/></w:p>"#, r#"<w:p ><a t="1=2"/></w:p>"#),
            (
                r#"<w:date w:date="2026-01-02"/><w:ins w:date="2026-01-02"/>"#,
                r#"<w:date w:date="2026-01-02"/><w:ins w:date="2000-01-01T00:00:00Z"/>"#,
            ),
        ] {
            assert_eq!(nameless(before).as_deref(), Ok(after), "{before}");
            assert_eq!(nameless(after).as_deref(), Ok(after), "what is clean stays");
        }
    }

    #[test]
    fn what_no_office_program_writes_is_refused() {
        for other in [
            "<a/b c='甲'>",
            r#"<!DOCTYPE a [<!ENTITY b "甲">]><a>&b;</a>"#,
            "<a b>",
            "<a b=c>",
            "<a",
            "<!-- 甲",
            "<w:rsids>甲",
            r#"<a b="甲>"#,
        ] {
            assert_eq!(nameless(other), Err(Unclean::Malformed), "{other}");
        }
    }

    #[test]
    fn a_long_list_of_relations_is_read_once() {
        let many = "<Relationship Id=\"1\"/>".repeat(200_000);
        let began = std::time::Instant::now();
        assert_eq!(without_gone(&many).expect("read").len(), many.len());
        assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
    }
}
