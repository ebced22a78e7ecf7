//! Finds marked words in bytes, however a program may have written them down, and inside what is packed.

use super::words::RANDOM;
use encoding_rs::GB18030;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// Packed formats this search cannot open: by their first bytes.
const SHUT: [(&[u8], &str); 4] = [(b"\x28\xb5\x2f\xfd", "zstd"), (b"\xfd7zXZ\0", "xz"), (b"BZh9", "bzip2"), (b"7z\xbc\xaf\x27\x1c", "7z")];

/// A search for many words at once.
pub struct Search {
    /// Bytes to look for, and what they would mean.
    written: Vec<(Vec<u8>, String)>,
    by_start: HashMap<[u8; 4], Vec<usize>>,
    /// Whether anything begins with these two bytes: most places are passed over by this alone.
    pairs: Vec<bool>,
}

impl Search {
    /// `planted`: words, and where each was put.
    pub fn of(planted: &[(String, String)]) -> Self {
        let mut written: Vec<(Vec<u8>, String)> = Vec::new();
        for (word, place) in planted {
            // A random token is kept by its digest: that is how it is found, and nothing leads back.
            let meant = ways(word).into_iter().filter(|(way, _)| place != RANDOM || !way.starts_with("SHA-256"));
            written.extend(meant.map(|(way, bytes)| (bytes, format!("{word} ({place}) as {way}"))));
        }
        let mut by_start: HashMap<[u8; 4], Vec<usize>> = HashMap::new();
        for (at, (bytes, _)) in written.iter().enumerate() {
            by_start.entry(bytes[..4].try_into().expect("four bytes")).or_default().push(at);
        }
        let mut pairs = vec![false; 1 << 16];
        by_start.keys().for_each(|start| pairs[usize::from(u16::from_be_bytes([start[0], start[1]]))] = true);
        Self { written, by_start, pairs }
    }

    /// Where any of the words stands in files.
    pub fn files(&self, files: &[PathBuf]) -> Vec<String> {
        files.iter().flat_map(|path| self.bytes(&path.display().to_string(), &fs::read(path).expect("readable"))).collect()
    }

    /// Where any of the words stands in bytes, and in what is packed in them.
    pub fn bytes(&self, place: &str, bytes: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        let mut offset = 0;
        while offset + 4 <= bytes.len() {
            if self.pairs[usize::from(bytes[offset]) << 8 | usize::from(bytes[offset + 1])] {
                let start = [bytes[offset], bytes[offset + 1], bytes[offset + 2], bytes[offset + 3]];
                let all = self.by_start.get(&start).map_or(&[][..], Vec::as_slice);
                let here = all.iter().filter(|at| bytes[offset..].starts_with(&self.written[**at].0));
                found.extend(here.map(|at| format!("{place} at {offset}: {}", self.written[*at].1)));
            }
            offset += 1;
        }
        for (name, inner) in unpacked(bytes) {
            found.extend(self.bytes(&format!("{place}, {name}"), &inner));
        }
        found.extend(
            SHUT.iter().filter(|(start, _)| bytes.starts_with(start)).map(|(_, what)| format!("{place} is {what}: not looked into")),
        );
        found
    }
}

/// Files anywhere under a folder.
pub fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// What a zip, a gzip or a zlib stream holds; nothing for any other bytes.
fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut inner = Vec::new();
    match bytes {
        [0x1f, 0x8b, 8, ..] => drop(flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut inner)),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => drop(flate2::read::ZlibDecoder::new(bytes).read_to_end(&mut inner)),
        [b'P', b'K', 3, 4, ..] => return unzipped(bytes),
        _ => return Vec::new(),
    }
    vec![("unpacked".to_owned(), inner)]
}

fn unzipped(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Ok(mut zip) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Vec::new() };
    let mut all = Vec::new();
    for at in 0..zip.len() {
        let Ok(mut file) = zip.by_index(at) else { continue };
        let (name, mut inner) = (file.name().map_or_else(|_| format!("file {at}"), |name| name.into_owned()), Vec::new());
        drop(file.read_to_end(&mut inner));
        all.push((name.clone(), [name.as_bytes(), b"\n", &inner].concat()));
    }
    all
}

/// The encodings a word could leak in, and what any program computes of it without a key. *Shape*: at least four bytes each.
fn ways(word: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf8 = word.as_bytes().to_vec();
    let wide = |bytes: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let each = |write: fn(u8) -> String| utf8.iter().map(|byte| write(*byte)).collect::<String>().into_bytes();
    let digest = Sha256::digest(&utf8);
    let mut ways = vec![
        ("UTF-16LE", wide(u16::to_le_bytes)),
        ("UTF-16BE", wide(u16::to_be_bytes)),
        ("GB18030", GB18030.encode(word).0.into_owned()),
        ("hex", each(|byte| format!("{byte:02x}"))),
        ("upper hex", each(|byte| format!("{byte:02X}"))),
        ("SHA-256", digest[..16].to_vec()),
        ("SHA-256 in hex", hex::encode(&digest[..16]).into_bytes()),
    ];
    // Within a longer text a word begins at any of three places of base64; its edges depend on its neighbours.
    for shift in 0..3 {
        let padded = [vec![0u8; shift], utf8.clone()].concat();
        let text = base64(&padded);
        let whole = padded.len() / 3 * 4;
        let text = text[(shift * 4).div_ceil(3)..whole].to_owned();
        ways.push(("base64 of addresses", text.replace('+', "-").replace('/', "_").into_bytes()));
        ways.push(("base64", text.into_bytes()));
    }
    if word.is_ascii() {
        ways.push(("lower case", word.to_lowercase().into_bytes()));
    } else {
        ways.push(("percent", each(|byte| format!("%{byte:02X}"))));
        ways.push(("small percent", each(|byte| format!("%{byte:02x}"))));
        ways.push(("quoted printable", each(|byte| format!("={byte:02X}"))));
        let escaped = |write: fn(u16) -> String| word.encode_utf16().map(write).collect::<String>().into_bytes();
        ways.push(("JSON escapes", escaped(|unit| format!("\\u{unit:04x}"))));
        ways.push(("upper JSON escapes", escaped(|unit| format!("\\u{unit:04X}"))));
        ways.push(("character references", word.chars().map(|c| format!("&#{};", u32::from(c))).collect::<String>().into_bytes()));
    }
    ways.push(("UTF-8", utf8));
    ways
}

pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let groups = bytes.chunks(3).flat_map(|group| {
        let bits = group.iter().enumerate().fold(0u32, |bits, (at, byte)| bits | u32::from(*byte) << (16 - 8 * at));
        [18, 12, 6, 0].map(|shift| LETTERS[(bits >> shift & 63) as usize])
    });
    groups.map(char::from).collect()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::best()).read_to_end(&mut packed).expect("in memory");
    packed
}

#[test]
fn the_search_finds_every_way_of_writing() {
    for word in ["琉璃瓦上", "Qwv417zx"] {
        let search = Search::of(&[(word.to_owned(), "here".to_owned())]);
        for (way, bytes) in ways(word) {
            let said = [b"before ", bytes.as_slice(), b" after"].concat();
            for (packed, within) in [(said.clone(), "plain"), (gzipped(&gzipped(&said)), "packed twice")] {
                let found = search.bytes("a file", &packed);
                assert!(found.iter().any(|line| line.ends_with(way)), "{way}, {within}: {found:?}");
            }
        }
        assert!(search.bytes("a file", b"nothing of it").is_empty());
    }
    let zip = {
        use std::io::Write;
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("琉璃瓦上.txt", zip::write::SimpleFileOptions::default()).expect("in memory");
        zip.write_all(b"Qwv417zx").expect("in memory");
        zip.finish().expect("in memory").into_inner()
    };
    for word in ["琉璃瓦上", "Qwv417zx"] {
        assert!(!Search::of(&[(word.to_owned(), String::new())]).bytes("a file", &zip).is_empty(), "{word} in a zip");
    }
    assert!(Search::of(&[]).bytes("a file", b"\x28\xb5\x2f\xfd....")[0].contains("zstd"), "what cannot be opened is told");
    assert_eq!(base64("红包".as_bytes()), "57qi5YyF");
}
