//! Copies of files without what they carry beside their content: place and camera of a picture, author and history of a document,
//! tags of a recording.
//!
//! Nothing is guessed: a kind that is not known here, or a file that is not laid out as its kind is, is refused with a sentence, and the
//! original stays as it is. Every reader is bounded and copies what it knows, so that what it does not know falls away.

mod boxes;
mod inline;
mod jpeg;
mod kept;
mod office;
mod pdf;
mod png;
mod sound;
mod webp;
mod xml;

use catalogue::Text;

/// Why no clean copy is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclean {
    /// The kind of file is not one that is cleaned.
    Kind,
    /// A PDF with pictures inside that are packed in a way not known here.
    Pdf,
    /// A PDF under a password, or with rights withheld.
    Locked,
    /// A recording has more than picture and sound.
    Track,
    /// Something else lies inside: a macro, another file.
    Inside,
    /// It is not laid out as files of its kind are.
    Malformed,
    TooLarge,
}

impl Unclean {
    /// What a person is told, and what to do next.
    pub fn text(self) -> Text {
        let (zh, en) = match self {
            Unclean::Kind => (
                "这类文件不能自动去除附带信息：可截屏或打印后再扫描",
                "This kind of file cannot be cleaned: take a picture of the screen, or print and scan it",
            ),
            Unclean::Pdf => (
                "这个 PDF 里有不能处理的图片，不能自动去除附带信息：请打印后再扫描成图片",
                "This PDF has pictures inside that cannot be cleaned: print it and scan it as a picture",
            ),
            Unclean::Locked => (
                "这个 PDF 加了密码或限制，不能自动去除附带信息：请先另存为没有密码的文件，或打印后再扫描成图片",
                "This PDF is under a password or restrictions, so it cannot be cleaned: save it without, or print it and scan it as a picture",
            ),
            Unclean::Inside => (
                "文件里嵌有宏或其他文件，不能自动去除附带信息：请先另存为不含嵌入内容的文件",
                "A macro or another file lies inside, so it cannot be cleaned: save it without that first",
            ),
            Unclean::Track => (
                "录像里除画面和声音外还有别的数据（可能记有地点），不能自动去除附带信息：请另存为只有画面和声音的文件",
                "The recording holds more than picture and sound, places perhaps, so it cannot be cleaned: save it with these two alone",
            ),
            Unclean::Malformed => {
                ("文件不完整或格式不规范，不能自动去除附带信息", "The file is cut or not laid out as its kind is, so it cannot be cleaned")
            }
            Unclean::TooLarge => ("文件太大，不能自动去除附带信息", "The file is too large to be cleaned"),
        };
        Text::new(zh, en)
    }
}

/// Largest file that is cleaned. Units: bytes.
const MOST: usize = 64 << 20;

/// A copy without what the file carries beside its content. Never panics, whatever the bytes.
///
/// Errors: no clean copy can be made; the file is not half cleaned.
pub fn clean(bytes: &[u8]) -> Result<Vec<u8>, Unclean> {
    if bytes.len() > MOST {
        return Err(Unclean::TooLarge);
    }
    let starts = |with: &[u8]| bytes.starts_with(with);
    let is_riff = |kind: &[u8]| starts(b"RIFF") && bytes.get(8..12) == Some(kind);
    if starts(&[0xff, 0xd8, 0xff]) {
        jpeg::clean(bytes)
    } else if starts(png::SIGNATURE) {
        png::clean(bytes)
    } else if is_riff(b"WEBP") {
        webp::clean(bytes)
    } else if is_riff(b"WAVE") {
        sound::clean_wav(bytes)
    } else if starts(b"PK\x03\x04") {
        office::clean(bytes)
    } else if starts(b"%PDF") {
        pdf::clean(bytes)
    } else if bytes.get(4..8) == Some(b"ftyp") {
        boxes::clean(bytes)
    } else if starts(b"ID3") || sound::is_frame(bytes) {
        sound::clean_mp3(bytes)
    } else {
        Err(Unclean::Kind)
    }
}

/// A slice, or the file is cut.
fn at(bytes: &[u8], from: usize, length: usize) -> Result<&[u8], Unclean> {
    from.checked_add(length).and_then(|to| bytes.get(from..to)).ok_or(Unclean::Malformed)
}

fn be32(bytes: &[u8], from: usize) -> Result<usize, Unclean> {
    let four = at(bytes, from, 4)?;
    Ok(usize::try_from(u32::from_be_bytes([four[0], four[1], four[2], four[3]])).unwrap_or(usize::MAX))
}

fn le32(bytes: &[u8], from: usize) -> Result<usize, Unclean> {
    let four = at(bytes, from, 4)?;
    Ok(usize::try_from(u32::from_le_bytes([four[0], four[1], four[2], four[3]])).unwrap_or(usize::MAX))
}
