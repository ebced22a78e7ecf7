//! Pictures that stand within the drawing of a PDF page (`BI … ID … EI`): those packed as JPEG carry what a JPEG carries.

use super::{Unclean, jpeg};

/// How a filter is called that holds a JPEG, short or long.
const FILTER: &[u8] = b"/DCT";
const LONG: &[u8] = b"Decode";
/// Farthest the data begins behind the filter's name. Units: bytes.
const FARTHEST: usize = 1_024;

/// A drawing with its JPEG pictures cleaned. `None`: it has none.
///
/// Errors: one of them is packed in another filter as well, or is not laid out as pictures in a drawing are.
pub(super) fn clean(drawing: &[u8]) -> Result<Option<Vec<u8>>, Unclean> {
    let mut out = Vec::new();
    let mut done = 0;
    while let Some(named) = filter(&drawing[done..]).map(|at| done + at) {
        let data = named + data(&drawing[named..]).ok_or(Unclean::Pdf)?;
        let (copy, length) = jpeg::clean_first(&drawing[data..]).map_err(|_| Unclean::Pdf)?;
        out.extend_from_slice(&drawing[done..data]);
        out.extend(copy);
        done = data + length;
    }
    if out.is_empty() {
        return Ok(None);
    }
    out.extend_from_slice(&drawing[done..]);
    Ok(Some(out))
}

/// Where the next filter that holds a JPEG is named.
fn filter(drawing: &[u8]) -> Option<usize> {
    let is_named = |at: usize| {
        let rest = drawing.get(at + FILTER.len()..).unwrap_or_default();
        let rest = rest.strip_prefix(LONG).unwrap_or(rest);
        rest.first().is_none_or(|byte| byte.is_ascii_whitespace() || *byte == 0 || b"/[]<>()%".contains(byte))
    };
    drawing.windows(FILTER.len()).enumerate().find(|(at, window)| *window == FILTER && is_named(*at)).map(|(at, _)| at)
}

/// Where the data of a picture begins, a JPEG: behind `ID` and a space, or the two signs that end a line.
fn data(rest: &[u8]) -> Option<usize> {
    let near = &rest[..rest.len().min(FARTHEST)];
    let starts = |at: usize| rest.get(at..).is_some_and(|data| data.starts_with(&[0xff, 0xd8, 0xff]));
    let id = near.windows(4).position(|four| four[0].is_ascii_whitespace() && &four[1..3] == b"ID" && four[3].is_ascii_whitespace())?;
    [id + 4, id + 5].into_iter().find(|at| starts(*at))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: &[u8] = b"\xff\xd8\xff\xfe\0\x08secret\xff\xdb\0\x04\x01\x02\xff\xda\0\x02\x12\x34\xff\xd9";

    fn drawn(head: &str, tail: &str) -> Vec<u8> {
        [head.as_bytes(), PICTURE, tail.as_bytes()].concat()
    }

    #[test]
    fn each_picture_in_a_drawing_loses_what_it_carries() {
        for head in ["q BI /W 1 /F /DCT ID ", "BI/W 1/Filter/DCTDecode\nID\r\n", "BI /F [/DCT] /H 1 ID "] {
            let twice = [drawn(head, " EI Q "), drawn(head, "\nEI Q")].concat();
            let copy = clean(&twice).expect("cleaned").expect("there are two");
            assert!(
                !copy.windows(6).any(|six| six == b"secret") && copy.ends_with(b"\nEI Q") && copy.starts_with(head.as_bytes()),
                "{head}"
            );
            assert_eq!(clean(&copy), Ok(Some(copy.clone())), "a clean drawing stays");
        }
        for other in ["q BI /W 1 /F /CCF ID \x00\x01 EI Q", "BT (no picture) Tj ET", "/DCTX Do"] {
            assert_eq!(clean(other.as_bytes()), Ok(None), "{other}");
        }
    }

    #[test]
    fn a_picture_that_is_packed_otherwise_is_refused() {
        for other in ["BI /F [/A85 /DCT] ID 8;V EI", "BI /F /DCT ID", "/DCT Do", "BI /F /DCT ID \u{fffd} EI"] {
            assert_eq!(clean(other.as_bytes()), Err(Unclean::Pdf), "{other}");
        }
        assert_eq!(clean(&PICTURE[..20]), Ok(None));
        assert_eq!(clean(&drawn("BI /F /DCT ID ", "")[..30]), Err(Unclean::Pdf), "cut");
    }
}
