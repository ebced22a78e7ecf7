//! Word, Excel and PowerPoint files: properties emptied, authors of comments and changes taken out, marks of editing sessions dropped,
//! pictures inside cleaned too.

use super::Unclean;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// All parts unpacked together. Units: bytes.
const MOST: u64 = 128 << 20;
const MOST_PARTS: usize = 4_000;

/// Attributes that say who or when, in whatever namespace prefix.
#[rustfmt::skip]
const WHO: [&str; 14] = [
    "author", "initials", "date", "displayName", "userId", "providerId", "lastModifiedBy", "clrIdx", "lastIdx", "creator", "dt", "dT",
    "userName", "dateTime",
];
/// Tags whose attribute `name` is a person's.
const PEOPLE: [&str; 3] = ["cmAuthor", "author", "userInfo"];

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, Unclean> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unclean::Malformed)?;
    if archive.len() > MOST_PARTS {
        return Err(Unclean::TooLarge);
    }
    if archive.index_for_name("[Content_Types].xml").is_none() {
        return Err(Unclean::Kind);
    }
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let mut left = MOST;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| Unclean::Malformed)?;
        if part.is_dir() {
            continue;
        }
        let name = part.name().map_err(|_| Unclean::Malformed)?.into_owned();
        let mut content = Vec::new();
        part.take(left + 1).read_to_end(&mut content).map_err(|_| Unclean::Malformed)?;
        left = left.checked_sub(content.len() as u64).ok_or(Unclean::TooLarge)?;
        let Some(content) = cleaned(&name, content)? else { continue };
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(DateTime::default());
        out.start_file(&name, options).map_err(|_| Unclean::Malformed)?;
        out.write_all(&content).map_err(|_| Unclean::Malformed)?;
    }
    Ok(out.finish().map_err(|_| Unclean::Malformed)?.into_inner())
}

/// A part as it goes on. `None`: not at all.
fn cleaned(name: &str, content: Vec<u8>) -> Result<Option<Vec<u8>>, Unclean> {
    let lower = name.to_lowercase();
    let ends = |with: &[&str]| with.iter().any(|end| lower.ends_with(end));
    if lower.contains("embeddings/") || ends(&["vbaproject.bin", "vbadata.xml"]) || lower.contains("activex/") {
        return Err(Unclean::Inside);
    }
    match lower.as_str() {
        "docprops/core.xml" => return Ok(Some(CORE.to_vec())),
        "docprops/app.xml" => return Ok(Some(APP.to_vec())),
        "docprops/custom.xml" => return Ok(Some(CUSTOM.to_vec())),
        _ => {}
    }
    // A picture of the first page, what the printer was set to, and what other programs keep in it.
    if lower.starts_with("docprops/") || lower.contains("printersettings") || lower.starts_with("customxml/") {
        return Ok(None);
    }
    if ends(&[".rels"]) || lower == "[content_types].xml" {
        return text(content).map(|text| Some(without_gone(&text).into_bytes()));
    }
    if ends(&[".xml"]) {
        return text(content).map(|text| Some(nameless(&text).into_bytes()));
    }
    if ends(&[".jpg", ".jpeg", ".png", ".webp"]) {
        return super::clean(&content).map(Some);
    }
    // Fonts, vector pictures, bitmaps: drawn, not written by anybody.
    if ends(&[".ttf", ".odttf", ".emf", ".wmf", ".gif", ".bmp", ".fntdata"]) { Ok(Some(content)) } else { Err(Unclean::Inside) }
}

fn text(content: Vec<u8>) -> Result<String, Unclean> {
    String::from_utf8(content).map_err(|_| Unclean::Malformed)
}

/// Relations and kinds of parts without those of parts that are gone.
fn without_gone(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let next = |rest: &str| ["<Relationship ", "<Override "].iter().filter_map(|tag| rest.find(tag)).min();
    while let Some(start) = next(rest) {
        let end = rest[start..].find('>').map_or(rest.len(), |end| start + end + 1);
        let one = &rest[start..end];
        let is_gone = one.contains("metadata/thumbnail")
            || one.contains("printerSettings")
            || one.contains("attachedTemplate")
            || one.contains("customXml/")
            || one.contains("/customXml\"")
            || one.contains("/customXml'");
        out.push_str(&rest[..if is_gone { start } else { end }]);
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// A part's XML with every attribute that says who, when or in which session emptied or dropped, and names of authors in elements too.
fn nameless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        let end = tag_end(&rest[start..]).map_or(rest.len(), |end| start + end);
        let tag = &rest[start..end];
        rest = &rest[end..];
        if tag.starts_with("<!--") {
            continue;
        }
        out.push_str(&attributes(tag));
        // Excel's list of who comments, by name.
        if tag == "<author>" || tag.starts_with("<author ") {
            rest = rest.find('<').map_or("", |next| &rest[next..]);
        }
        let gone = ["<w:rsids>", "<w:attachedTemplate ", "<p:custData "].iter().find(|open| tag.starts_with(*open));
        if let Some(open) = gone {
            out.truncate(out.len() - attributes(tag).len());
            if !tag.ends_with("/>") {
                let close = format!("</{}>", open.trim_start_matches('<').trim_end_matches(['>', ' ']));
                rest = rest.find(&close).map_or("", |at| &rest[at + close.len()..]);
            }
        }
    }
    out.push_str(rest);
    out
}

/// Where a tag ends; a `>` inside quotes is none.
fn tag_end(text: &str) -> Option<usize> {
    if text.starts_with("<!--") {
        return text.find("-->").map(|end| end + 3);
    }
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            (None, b'>') => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn attributes(tag: &str) -> String {
    let mut out = String::with_capacity(tag.len());
    let mut rest = tag;
    while let Some(equals) = rest.find('=') {
        let (before, after) = rest.split_at(equals);
        let name = before.rsplit(|symbol: char| symbol.is_whitespace()).next().unwrap_or_default();
        let Some(quote) = after[1..].chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { break };
        let Some(length) = after[2..].find(quote) else { break };
        let value = &after[..length + 3];
        let local = name.rsplit(':').next().unwrap_or_default();
        if local.starts_with("rsid") {
            out.push_str(before[..before.len() - name.len()].trim_end());
        } else if (WHO.contains(&local) && !is_day(local, tag)) || is_of_person_or_folder(local, tag) {
            out.push_str(before);
            out.push_str(if local == "date" || local == "dateTime" || local.eq_ignore_ascii_case("dt") {
                "=\"2000-01-01T00:00:00Z\""
            } else {
                "=\"\""
            });
        } else {
            out.push_str(before);
            out.push_str(value);
        }
        rest = &after[length + 3..];
    }
    out.push_str(rest);
    out
}

/// Names of people, and the folder a workbook was last kept in.
fn is_of_person_or_folder(local: &str, tag: &str) -> bool {
    let name = tag.trim_start_matches('<').split(|symbol: char| symbol.is_whitespace() || symbol == '/' || symbol == '>').next();
    let name = name.and_then(|name| name.rsplit(':').next()).unwrap_or_default();
    (local == "name" && PEOPLE.contains(&name)) || (local == "url" && name == "absPath")
}

/// Attributes of the same name that belong to the content: a date picker's day, a series of a chart.
fn is_day(local: &str, tag: &str) -> bool {
    matches!(local, "date" | "dt") && (tag.starts_with("<w:date ") || tag.starts_with("<c:"))
}

const CORE: &[u8] = br#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"></cp:coreProperties>"#;
const APP: &[u8] = br#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"></Properties>"#;
const CUSTOM: &[u8] = br#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"></Properties>"#;
