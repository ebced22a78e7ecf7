//! MP4 and M4A: boxes of boxes. What carries tags, places and makers becomes free space of the same length, so that nothing else moves;
//! times of making become zero.

use super::{Unclean, at, be32};

/// Boxes that hold tags.
const TAGS: [&[u8; 4]; 3] = [b"udta", b"meta", b"uuid"];
/// Boxes to look into.
const OUTER: [&[u8; 4]; 6] = [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"];
/// Boxes that begin with two times.
const TIMED: [&[u8; 4]; 3] = [b"mvhd", b"tkhd", b"mdhd"];
/// What a track may hold: pictures, sound.
const SHOWN: [&[u8; 4]; 2] = [b"vide", b"soun"];
/// Brands whose pictures keep camera's notes among their data.
const PICTURES: [&[u8; 4]; 6] = [b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"];
const DEEPEST: u8 = 8;

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, Unclean> {
    let brand = at(bytes, 8, 4)?;
    if PICTURES.iter().any(|picture| *picture == brand) {
        return Err(Unclean::Kind);
    }
    let mut out = bytes.to_vec();
    let end = out.len();
    let mut seen = Vec::new();
    within(&mut out, 0, end, (0, *b"file"), &mut seen)?;
    let count = |wanted: &[u8; 4]| seen.iter().filter(|kind| *kind == wanted).count();
    // Every track said what it holds.
    let is_whole = count(b"moov") > 0 && count(b"mdat") > 0 && count(b"trak") > 0 && count(b"trak") == count(b"hdlr");
    if is_whole { Ok(out) } else { Err(Unclean::Malformed) }
}

/// Cleans boxes of one box, which lies so deep; notes those that make a whole recording.
fn within(out: &mut [u8], from: usize, end: usize, (depth, outer): (u8, [u8; 4]), seen: &mut Vec<[u8; 4]>) -> Result<(), Unclean> {
    let mut here = from;
    while here < end {
        let (head, length) = match be32(out, here)? {
            0 => (8, end - here),
            1 => (
                16,
                usize::try_from(u64::from_be_bytes(at(out, here + 8, 8)?.try_into().map_err(|_| Unclean::Malformed)?))
                    .map_err(|_| Unclean::TooLarge)?,
            ),
            length => (8, length),
        };
        let next = here.checked_add(length).filter(|next| *next <= end && length >= head).ok_or(Unclean::Malformed)?;
        let kind: [u8; 4] = at(out, here + 4, 4)?.try_into().map_err(|_| Unclean::Malformed)?;
        if depth == 0 || kind == *b"trak" {
            seen.push(kind);
        }
        if TAGS.contains(&&kind) {
            out[here + 4..here + 8].copy_from_slice(b"free");
            out[here + head..next].fill(0);
        } else if kind == *b"free" || kind == *b"skip" {
            out[here + head..next].fill(0);
        } else if TIMED.contains(&&kind) {
            let width = if at(out, here + head, 1)?[0] == 1 { 8 } else { 4 };
            let times = here + head + 4;
            at(&out[..next], times, 2 * width)?;
            out[times..times + 2 * width].fill(0);
        } else if OUTER.contains(&&kind) {
            if depth == DEEPEST {
                return Err(Unclean::Malformed);
            }
            within(out, here + head, next, (depth + 1, kind), seen)?;
        } else if kind == *b"hdlr" && outer == *b"mdia" {
            // Places and movements are recorded in tracks of their own, among the sound and the pictures.
            if !SHOWN.iter().any(|shown| at(&out[..next], here + head + 8, 4) == Ok(shown.as_slice())) {
                return Err(Unclean::Track);
            }
            seen.push(kind);
        } else if kind == *b"moof" {
            // Pieces may be cut anywhere; they are not followed.
            return Err(Unclean::Kind);
        }
        here = next;
    }
    Ok(())
}
