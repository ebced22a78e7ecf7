//! What a file is, by its content: the name may say anything. Pages, drawings with scripts and programs are not taken.

/// A kind of file that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    pub content_type: &'static str,
    /// Ends of names that fit the content.
    ends: &'static [&'static str],
    /// May be shown in the browser; everything else is saved.
    pub shown: bool,
}

impl Kind {
    /// The ending files of this kind mostly have.
    pub(crate) fn first_end(self) -> &'static str {
        self.ends[0]
    }
}

/// Bytes needed to tell.
pub(crate) const NEEDED: usize = 512;

const fn kind(content_type: &'static str, ends: &'static [&'static str], shown: bool) -> Kind {
    Kind { content_type, ends, shown }
}

const JPEG: Kind = kind("image/jpeg", &["jpg", "jpeg", "jpe"], true);
const PNG: Kind = kind("image/png", &["png"], true);
const GIF: Kind = kind("image/gif", &["gif"], true);
const WEBP: Kind = kind("image/webp", &["webp"], true);
const HEIC: Kind = kind("image/heic", &["heic", "heif"], false);
const BMP: Kind = kind("image/bmp", &["bmp"], false);
const TIFF: Kind = kind("image/tiff", &["tif", "tiff"], false);
const PDF: Kind = kind("application/pdf", &["pdf"], true);
const ZIP: Kind = kind("application/zip", &["docx", "xlsx", "pptx", "zip", "ofd", "odt", "ods", "wps", "et"], false);
const OLE: Kind = kind("application/octet-stream", &["doc", "xls", "ppt", "wps", "et", "msg"], false);
const RTF: Kind = kind("application/rtf", &["rtf", "doc"], false);
const MP4: Kind = kind("video/mp4", &["mp4", "m4a", "m4v", "mov", "3gp", "3ga"], false);
const MP3: Kind = kind("audio/mpeg", &["mp3"], false);
const WAV: Kind = kind("audio/wav", &["wav"], false);
const OGG: Kind = kind("audio/ogg", &["ogg", "opus", "oga"], false);
const AMR: Kind = kind("audio/amr", &["amr"], false);
const AAC: Kind = kind("audio/aac", &["aac"], false);
const TEXT: Kind = kind("text/plain; charset=utf-8", &["txt", "csv", "tsv", "log", "md"], false);

/// The kind of a file by its first bytes and its name. `None`: of no kind that is taken, or named as another.
pub(crate) fn of(name: &str, start: &[u8]) -> Option<Kind> {
    let kind = by_content(start)?;
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase())?;
    kind.ends.contains(&end.as_str()).then_some(kind)
}

/// The kind of a stored file, for the answer that hands it out.
pub(crate) fn by_content(start: &[u8]) -> Option<Kind> {
    let at = |place: usize, what: &[u8]| start.get(place..place + what.len()) == Some(what);
    Some(match start {
        _ if at(0, b"\xff\xd8\xff") => JPEG,
        _ if at(0, b"\x89PNG\r\n\x1a\n") => PNG,
        _ if at(0, b"GIF8") => GIF,
        _ if at(0, b"RIFF") && at(8, b"WEBP") => WEBP,
        _ if at(0, b"RIFF") && at(8, b"WAVE") => WAV,
        _ if at(4, b"ftyp") && [&b"heic"[..], b"heix", b"mif1", b"heif"].iter().any(|brand| at(8, brand)) => HEIC,
        _ if at(4, b"ftyp") => MP4,
        _ if at(0, b"BM") && start.len() > 26 && at(6, b"\0\0\0\0") => BMP,
        _ if at(0, b"II*\0") || at(0, b"MM\0*") => TIFF,
        _ if at(0, b"%PDF-") => PDF,
        _ if at(0, b"PK\x03\x04") => ZIP,
        _ if at(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => OLE,
        _ if at(0, b"{\\rtf") => RTF,
        _ if at(0, b"ID3") => MP3,
        [0xff, second, ..] if second & 0xf6 == 0xf0 => AAC,
        [0xff, second, ..] if second & 0xe6 == 0xe2 => MP3,
        _ if at(0, b"OggS") => OGG,
        _ if at(0, b"#!AMR") => AMR,
        _ if is_text(start) => TEXT,
        _ => return None,
    })
}

/// Text without the marks of a page or a program.
fn is_text(start: &[u8]) -> bool {
    let trimmed = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    let is_marked = trimmed.starts_with(b"<") || trimmed.starts_with(b"#!") || trimmed.starts_with(b"MZ");
    !start.is_empty() && !is_marked && !start.iter().any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, start: &[u8], expected: Option<&str>) {
        assert_eq!(of(name, start).map(|kind| kind.content_type), expected, "{name}");
    }

    #[test]
    fn content_decides_and_the_name_must_fit() {
        check("清点.JPG", b"\xff\xd8\xff\xe0\0\x10JFIF", Some("image/jpeg"));
        check("note.pdf", b"%PDF-1.7\n", Some("application/pdf"));
        check("录音.mp3", b"ID3\x04", Some("audio/mpeg"));
        check("说明.txt", "时间、地点、经过".as_bytes(), Some("text/plain; charset=utf-8"));
        check("gb.csv", b"\xb1\xe0\xba\xc5,1\r\n", Some("text/plain; charset=utf-8"));
        check("photo.png", b"\xff\xd8\xff\xe0", None);
        check("photo", b"\xff\xd8\xff\xe0", None);
    }

    #[test]
    fn what_could_run_is_not_taken() {
        check("page.txt", b"  <script>alert(1)</script>", None);
        check("drawing.svg", b"<svg onload=x>", None);
        check("run.txt", b"#!/bin/sh\n", None);
        check("run.exe", b"MZ\x90\0\x03\0\0\0", None);
        check("empty.txt", b"", None);
        check("binary.txt", b"abc\0def", None);
    }
}
