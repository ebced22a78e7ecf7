//! WebP: the picture stays; camera's notes, XMP and the colour profile fall away, and the head no longer promises them.

use super::{Unclean, at, le32};

const DRAWS: [&[u8; 4]; 6] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"];
/// Bits of the head that promise a profile, camera's notes and XMP.
const PROMISES: u8 = 0x20 | 0x08 | 0x04;

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, Unclean> {
    let end = le32(bytes, 4)?.checked_add(8).filter(|end| *end <= bytes.len()).ok_or(Unclean::Malformed)?;
    let mut out = bytes[..12].to_vec();
    let mut here = 12;
    while here < end {
        let length = le32(bytes, here + 4)?;
        let padded = length.checked_add(length % 2).and_then(|length| length.checked_add(8)).ok_or(Unclean::Malformed)?;
        let chunk = at(&bytes[..end], here, padded)?;
        if DRAWS.iter().any(|draws| *draws == &chunk[..4]) {
            let from = out.len();
            out.extend_from_slice(chunk);
            if chunk.starts_with(b"VP8X") {
                *out.get_mut(from + 8).ok_or(Unclean::Malformed)? &= !PROMISES;
            }
        }
        here += padded;
    }
    if out.len() == 12 {
        return Err(Unclean::Malformed);
    }
    let length = u32::try_from(out.len() - 8).map_err(|_| Unclean::TooLarge)?;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    Ok(out)
}
