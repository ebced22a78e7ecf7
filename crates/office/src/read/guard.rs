//! What is checked about a workbook before a parser sees it: a small file may claim, or really unpack to, any size.

use std::io::{self, BufReader, Read, Seek};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::result::ZipError;

use super::Limits;
use crate::Error;

/// How many times larger than packed a part may be. Sheets reach 30; DEFLATE can do 1,032.
const RATIO: u64 = 250;
/// Below this the ratio does not matter: a blank form packs very well and costs nothing.
const RATIO_FREE_BYTES: u64 = 16 << 20;

/// Reads every part through the limits, so that neither what the directory of the file claims nor what a part
/// really unpacks to can exceed them afterwards.
pub(super) fn check<R: Read + Seek>(source: &mut R, limits: &Limits) -> Result<(), Error> {
    let mut parts = ZipArchive::new(source).map_err(|fault| match fault {
        ZipError::Io(fault) if fault.kind() != io::ErrorKind::UnexpectedEof => Error::Io(fault),
        _ => Error::HalfWorkbook,
    })?;
    if parts.len() as u64 > limits.parts {
        return Err(Error::TooManyParts { found: parts.len() as u64, limit: limits.parts });
    }
    check_claims(&mut parts, limits)?;
    let mut total = 0;
    for index in 0..parts.len() {
        total += unpacked_size(&mut parts, index, limits)?;
        check_total(total, limits)?;
    }
    check_texts(&mut parts, limits)
}

fn check_claims<R: Read + Seek>(parts: &mut ZipArchive<R>, limits: &Limits) -> Result<(), Error> {
    let mut total: u64 = 0;
    let mut is_workbook = false;
    for index in 0..parts.len() {
        let part = parts.by_index_raw(index).map_err(|fault| damaged(&format!("#{index}"), &fault))?;
        let name = part_name(&part);
        is_workbook |= name.ends_with("workbook.xml");
        let limit = part_limit(&name, limits);
        if part.size() > limit {
            return Err(Error::Inflated { part: name, bytes: part.size(), limit });
        }
        total = total.saturating_add(part.size());
        check_total(total, limits)?;
    }
    if is_workbook { Ok(()) } else { Err(Error::NotATable { looks: "ZIP" }) }
}

fn unpacked_size<R: Read + Seek>(parts: &mut ZipArchive<R>, index: usize, limits: &Limits) -> Result<u64, Error> {
    let part = parts.by_index(index).map_err(|fault| damaged(&format!("#{index}"), &fault))?;
    let name = part_name(&part);
    let fair = part.compressed_size().saturating_mul(RATIO).max(RATIO_FREE_BYTES);
    let limit = part_limit(&name, limits).min(fair);
    // The unpacker itself stops where a part becomes larger than it claims to be.
    let bytes = io::copy(&mut part.take(limit + 1), &mut io::sink()).map_err(|fault| damaged(&name, &fault))?;
    if bytes > limit {
        return Err(Error::Inflated { part: name, bytes, limit });
    }
    Ok(bytes)
}

fn check_total(total: u64, limits: &Limits) -> Result<(), Error> {
    if total > limits.total_bytes {
        return Err(Error::Inflated { part: "*".into(), bytes: total, limit: limits.total_bytes });
    }
    Ok(())
}

/// Counts the shared texts, claimed and real: the parser reserves room for as many as the file claims.
fn check_texts<R: Read + Seek>(parts: &mut ZipArchive<R>, limits: &Limits) -> Result<(), Error> {
    for index in 0..parts.len() {
        let part = parts.by_index(index).map_err(|fault| damaged(&format!("#{index}"), &fault))?;
        let name = part_name(&part);
        if !name.to_ascii_lowercase().ends_with("sharedstrings.xml") {
            continue;
        }
        let mut xml = quick_xml::Reader::from_reader(BufReader::new(part));
        let (mut buffer, mut counted) = (Vec::new(), 0);
        loop {
            buffer.clear();
            let claimed = match xml.read_event_into(&mut buffer).map_err(|fault| damaged(&name, &fault))? {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "sst" => claimed_texts(&tag),
                Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "si" => {
                    counted += 1;
                    counted
                }
                _ => 0,
            };
            if claimed > limits.texts {
                return Err(Error::TooManyTexts { limit: limits.texts });
            }
        }
    }
    Ok(())
}

fn claimed_texts(sst: &BytesStart<'_>) -> u64 {
    sst.attributes()
        .flatten()
        .filter(|attribute| attribute.key.as_ref() == "uniqueCount")
        .map(|attribute| attribute.value.trim().parse().unwrap_or(u64::MAX))
        .max()
        .unwrap_or(0)
}

/// A sheet is streamed and may be large; the other descriptions end up in memory.
fn part_limit(name: &str, limits: &Limits) -> u64 {
    let name = name.to_ascii_lowercase();
    let is_streamed = name.contains("/worksheets/") && !name.ends_with("sharedstrings.xml");
    let is_description = name.ends_with(".xml") || name.ends_with(".rels");
    if is_description && !is_streamed { limits.held_bytes } else { limits.part_bytes }
}

fn part_name<R: Read>(part: &zip::read::ZipFile<'_, R>) -> String {
    part.name().map_or_else(|_| "?".into(), |name| name.chars().take(120).collect())
}

fn damaged(part: &str, why: &dyn std::fmt::Display) -> Error {
    Error::DamagedWorkbook { part: part.to_owned(), why: why.to_string() }
}
