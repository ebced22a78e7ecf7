//! JPEG: what draws the picture stays, and which way up it is; every other segment and whatever follows the end falls away.

use super::{Unclean, at};

/// Says how colours are stored; without it some pictures come out inverted.
const ADOBE: &[u8] = b"Adobe";
const EXIF: &[u8] = b"Exif\0\0";

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, Unclean> {
    clean_first(bytes).map(|(copy, _)| copy)
}

/// The same of a picture that others may follow, and how long it was.
pub(super) fn clean_first(bytes: &[u8]) -> Result<(Vec<u8>, usize), Unclean> {
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(&[0xff, 0xd8]);
    let mut here = 2;
    let mut turned = None;
    let mut begun = false;
    loop {
        let marker = marker(bytes, &mut here)?;
        if marker == 0xd9 {
            out.extend_from_slice(&[0xff, 0xd9]);
            return if begun { Ok((out, here)) } else { Err(Unclean::Malformed) };
        }
        let length = usize::from(u16::from_be_bytes([at(bytes, here, 2)?[0], at(bytes, here, 2)?[1]]));
        let body = at(bytes, here, length)?.get(2..).ok_or(Unclean::Malformed)?;
        here += length;
        match marker {
            0xe1 if body.starts_with(EXIF) => turned = turned.or_else(|| orientation(&body[EXIF.len()..])),
            0xee if body.starts_with(ADOBE) && body.len() <= 12 => keep(&mut out, marker, body),
            // Applications' own segments and comments.
            0xe0..=0xef | 0xfe => {}
            // Frames, tables, restart intervals: the picture.
            0xc0..=0xcf | 0xdb | 0xdc | 0xdd | 0xde | 0xdf => {
                if let Some(turned) = turned.take() {
                    keep(&mut out, 0xe1, &upright(turned));
                }
                keep(&mut out, marker, body);
            }
            0xda => {
                keep(&mut out, marker, body);
                let length = scan(&bytes[here..])?;
                out.extend_from_slice(at(bytes, here, length)?);
                here += length;
                begun = true;
            }
            _ => return Err(Unclean::Malformed),
        }
    }
}

/// The next marker; bytes of filling before it are left out.
fn marker(bytes: &[u8], here: &mut usize) -> Result<u8, Unclean> {
    if at(bytes, *here, 1)?[0] != 0xff {
        return Err(Unclean::Malformed);
    }
    while at(bytes, *here, 1)?[0] == 0xff {
        *here += 1;
    }
    let marker = bytes[*here];
    *here += 1;
    if marker == 0 { Err(Unclean::Malformed) } else { Ok(marker) }
}

fn keep(out: &mut Vec<u8>, marker: u8, body: &[u8]) {
    let length = u16::try_from(body.len() + 2).expect("a segment read with its length fits one");
    out.extend_from_slice(&[0xff, marker]);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(body);
}

/// How long the drawing of one scan is: up to a marker that is no restart and no stuffed zero.
fn scan(bytes: &[u8]) -> Result<usize, Unclean> {
    let ends = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff);
    bytes.windows(2).position(ends).ok_or(Unclean::Malformed)
}

/// Which way up, from the first directory of the camera's notes: 2 to 8. One of them is as if nothing were said.
fn orientation(tiff: &[u8]) -> Option<u8> {
    let little = tiff.starts_with(b"II*\0");
    if !little && !tiff.starts_with(b"MM\0*") {
        return None;
    }
    let two = |from: usize| {
        let bytes: [u8; 2] = tiff.get(from..from.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let four: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let start = usize::try_from(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }).ok()?;
    let count = usize::from(two(start)?);
    let found = (0..count).map_while(|nth| start.checked_add(2 + nth * 12)).find(|from| two(*from) == Some(0x0112))?;
    u8::try_from(two(found.checked_add(8)?)?).ok().filter(|turned| (2..=8).contains(turned))
}

/// Camera's notes that say which way up, and nothing else.
fn upright(turned: u8) -> Vec<u8> {
    let mut notes = EXIF.to_vec();
    notes.extend_from_slice(b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
    notes.push(turned);
    notes.extend_from_slice(&[0; 6]);
    notes
}
