//! Recordings: MP3 without the tags before and behind its sound, WAV with its format and samples alone.

use super::{Unclean, at, le32};

/// What is heard.
const HEARD: [&[u8; 4]; 3] = [b"fmt ", b"fact", b"data"];

pub(super) fn clean_wav(bytes: &[u8]) -> Result<Vec<u8>, Unclean> {
    let mut out = bytes.get(..12).ok_or(Unclean::Malformed)?.to_vec();
    let mut here = 12;
    let mut has_sound = false;
    while here + 8 <= bytes.len() {
        let length = le32(bytes, here + 4)?;
        let chunk = at(bytes, here, length.checked_add(8).ok_or(Unclean::Malformed)?)?;
        if HEARD.iter().any(|heard| *heard == &chunk[..4]) {
            has_sound |= chunk.starts_with(b"data");
            out.extend_from_slice(chunk);
            out.extend(std::iter::repeat_n(0, length % 2));
        }
        here += chunk.len() + length % 2;
    }
    if !has_sound {
        return Err(Unclean::Malformed);
    }
    let length = u32::try_from(out.len() - 8).map_err(|_| Unclean::TooLarge)?;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    Ok(out)
}

/// Whether sound of an MP3 begins here.
pub(super) fn is_frame(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, second, third, ..] if second & 0xe0 == 0xe0 && second & 0x06 != 0 && second & 0x18 != 0x08 && third & 0xf0 != 0xf0)
}

pub(super) fn clean_mp3(bytes: &[u8]) -> Result<Vec<u8>, Unclean> {
    let mut rest = bytes;
    while rest.starts_with(b"ID3") {
        let head = at(rest, 0, 10)?;
        // Seven bits of each byte count.
        let length = head[6..10].iter().try_fold(0usize, |sum, byte| (byte & 0x80 == 0).then(|| sum << 7 | usize::from(*byte)));
        let foot = if head[5] & 0x10 == 0 { 0 } else { 10 };
        rest = rest.get(length.ok_or(Unclean::Malformed)? + 10 + foot..).ok_or(Unclean::Malformed)?;
    }
    // Some writers fill up with zeros.
    let filled = rest.iter().position(|byte| *byte != 0).unwrap_or(rest.len());
    rest = &rest[filled..];
    if let Some(start) = rest.len().checked_sub(128)
        && rest[start..].starts_with(b"TAG")
    {
        rest = &rest[..start];
    }
    if let Some(start) = rest.len().checked_sub(32)
        && rest[start..].starts_with(b"APETAGEX")
    {
        let length = le32(rest, start + 12)?;
        let head = if le32(rest, start + 20)? & 0x8000_0000 == 0 { 0 } else { 32 };
        rest = (start + 32)
            .checked_sub(length)
            .and_then(|from| from.checked_sub(head))
            .and_then(|to| rest.get(..to))
            .ok_or(Unclean::Malformed)?;
    }
    if is_frame(rest) && !holds_tag(rest) { Ok(rest.to_vec()) } else { Err(Unclean::Malformed) }
}

/// A tag that stands elsewhere than where tags stand.
fn holds_tag(rest: &[u8]) -> bool {
    let holds = |tag: &[u8]| rest.windows(tag.len()).any(|window| window == tag);
    holds(b"APETAGEX") || holds(b"LYRICSBEGIN")
}
