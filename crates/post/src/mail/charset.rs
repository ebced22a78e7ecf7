//! Words whose letter does not say, or says wrongly, how they are written: in China that is mostly a GB 18030 of some age.

use base64::Engine;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use encoding_rs::GB18030;
use mail_parser::{Encoding, Message, MessagePart};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// The text of a part; where it was read wrongly and reads without a fault as GB 18030, that reading.
pub(super) fn mended(message: &Message<'_>, part: &MessagePart<'_>, text: &str) -> String {
    if !text.contains(char::REPLACEMENT_CHARACTER) {
        return text.to_owned();
    }
    let (from, to) = (part.offset_body as usize, part.offset_end as usize);
    let Some(raw) = message.raw_message.get(from..to) else { return text.to_owned() };
    let bytes = match part.encoding {
        Encoding::None => raw.to_vec(),
        Encoding::Base64 => {
            let plain: Vec<u8> = raw.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT).decode(plain).unwrap_or_default()
        }
        Encoding::QuotedPrintable => return text.to_owned(),
    };
    match GB18030.decode_without_bom_handling_and_without_replacement(&bytes) {
        Some(read) if !read.trim().is_empty() => read.into_owned(),
        _ => text.to_owned(),
    }
}
