//! Word, Excel and PowerPoint files: properties emptied, authors of comments and changes taken out, marks of editing sessions dropped,
//! pictures inside cleaned too.

use super::{Unclean, xml};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// All parts unpacked together. Units: bytes.
const MOST: u64 = 128 << 20;
const MOST_PARTS: usize = 4_000;

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
        return Ok(Some(xml::without_gone(&text(content)?)?.into_bytes()));
    }
    if ends(&[".xml"]) {
        return Ok(Some(xml::nameless(&text(content)?)?.into_bytes()));
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

const CORE: &[u8] = br#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"></cp:coreProperties>"#;
const APP: &[u8] = br#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"></Properties>"#;
const CUSTOM: &[u8] = br#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"></Properties>"#;
