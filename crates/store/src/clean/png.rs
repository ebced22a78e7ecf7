//! PNG: chunks that draw stay, texts and times fall away.

use super::{Unclean, at, be32};

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What draws: the picture, its palette and transparency, how light it is, and moving pictures.
const DRAWS: [&[u8; 4]; 13] =
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"acTL", b"fcTL", b"fdAT"];

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, Unclean> {
    let mut out = SIGNATURE.to_vec();
    let mut here = SIGNATURE.len();
    loop {
        let length = be32(bytes, here)?.checked_add(12).ok_or(Unclean::Malformed)?;
        let chunk = at(bytes, here, length)?;
        let kind = &chunk[4..8];
        if out.len() == SIGNATURE.len() && kind != b"IHDR" {
            return Err(Unclean::Malformed);
        }
        if DRAWS.iter().any(|draws| *draws == kind) {
            out.extend_from_slice(chunk);
        } else if kind[0].is_ascii_uppercase() {
            // Something needed for drawing that is not known here.
            return Err(Unclean::Malformed);
        }
        if kind == b"IEND" {
            return Ok(out);
        }
        here += length;
    }
}
