//! PDF: what is drawn is copied into a file written anew. Who made it, when and with what, attachments, scripts, names of those who
//! commented, and older revisions behind the last one are not copied.
//!
//! What is covered on a page (a black bar over words, a hidden layer) is content and stays: such a page is printed and scanned.

use super::{MOST, Unclean, inline, jpeg};
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, Stream};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// All drawings unpacked together. Units: bytes.
const MOST_DRAWN: usize = 4 * MOST;

/// Nested deeper, nothing a page needs is found.
const DEEPEST: usize = 64;

/// Keys of any dictionary that are not copied: metadata, times, private data of programs, attachments, scripts, signatures, previews.
const LEFT: [&[u8]; 20] = [
    b"Metadata",
    b"PieceInfo",
    b"LastModified",
    b"AF",
    b"AA",
    b"OpenAction",
    b"JS",
    b"JavaScript",
    b"EmbeddedFiles",
    b"EF",
    b"Perms",
    b"DSS",
    b"Collection",
    b"Legal",
    b"SpiderInfo",
    b"Threads",
    b"Thumb",
    b"XFA",
    b"URLS",
    b"IDS",
];

/// Of an annotation besides: who wrote it and when. A field's name is no person's and stays.
const OF_WRITERS: [&[u8]; 6] = [b"M", b"NM", b"CreationDate", b"Subj", b"T", b"RC"];

/// Annotations that carry a file, or play one.
const CARRIERS: [&[u8]; 7] = [b"FileAttachment", b"Sound", b"Movie", b"Screen", b"3D", b"RichMedia", b"Projection"];

/// Actions that run something, or name a file of somebody's machine.
const DEEDS: [&[u8]; 11] = [
    b"JavaScript",
    b"Launch",
    b"SubmitForm",
    b"ImportData",
    b"GoToE",
    b"GoToR",
    b"Rendition",
    b"Movie",
    b"Sound",
    b"RichMediaExecute",
    b"GoTo3DView",
];

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, Unclean> {
    // The reader is written by others and reads what strangers send.
    catch_unwind(AssertUnwindSafe(|| anew(bytes))).unwrap_or(Err(Unclean::Malformed))
}

fn anew(bytes: &[u8]) -> Result<Vec<u8>, Unclean> {
    let options = || LoadOptions { max_decompressed_size: Some(MOST), ..LoadOptions::default() };
    let old = Document::load_mem_with_options(bytes, options()).map_err(|_| unreadable(bytes))?;
    if old.is_encrypted() || old.was_encrypted() {
        return Err(Unclean::Locked);
    }
    // A table that had to be guessed may bring back what was deleted.
    if old.xref_recovery.is_some() {
        return Err(Unclean::Malformed);
    }
    let root = old.trailer.get(b"Root").and_then(Object::as_reference).map_err(|_| Unclean::Malformed)?;
    let mut copy = Copy {
        old: &old,
        new: Document::with_version(old.version.as_str()),
        places: HashMap::new(),
        waiting: Vec::new(),
        left: MOST_DRAWN,
    };
    let root = copy.place(root);
    while let Some((from, to)) = copy.waiting.pop() {
        let there = copy.get(from);
        let object = copy.object(there, 0)?.unwrap_or(Object::Null);
        copy.new.objects.insert(to, object);
    }
    let mut new = copy.new;
    new.trailer.set("Root", Object::Reference(root));
    let mut out = Vec::new();
    new.save_to(&mut out).map_err(|_| Unclean::Malformed)?;
    // What cannot be read again, or lost a page, is no copy.
    let again = Document::load_mem_with_options(&out, options()).map_err(|_| Unclean::Malformed)?;
    let pages = old.get_pages().len();
    if pages == 0 || again.get_pages().len() != pages { Err(Unclean::Malformed) } else { Ok(out) }
}

/// Why it does not open: a password, or nothing that can be told.
fn unreadable(bytes: &[u8]) -> Unclean {
    if bytes.windows(8).any(|part| part == b"/Encrypt") { Unclean::Locked } else { Unclean::Malformed }
}

struct Copy<'a> {
    old: &'a Document,
    new: Document,
    /// Where each object of the old file stands in the new one.
    places: HashMap<ObjectId, ObjectId>,
    waiting: Vec<(ObjectId, ObjectId)>,
    /// Bytes of drawings that may still be unpacked.
    left: usize,
}

impl<'a> Copy<'a> {
    fn get(&self, id: ObjectId) -> &'a Object {
        self.old.objects.get(&id).unwrap_or(&Object::Null)
    }

    /// Where an object will stand; it is copied when its turn comes.
    fn place(&mut self, id: ObjectId) -> ObjectId {
        if let Some(to) = self.places.get(&id) {
            return *to;
        }
        let to = self.new.new_object_id();
        self.places.insert(id, to);
        self.waiting.push((id, to));
        to
    }

    /// `None`: it is left out.
    fn object(&mut self, object: &Object, depth: usize) -> Result<Option<Object>, Unclean> {
        if depth > DEEPEST {
            return Err(Unclean::Malformed);
        }
        Ok(Some(match object {
            Object::Reference(id) => {
                if self.is_left(object) {
                    return Ok(None);
                }
                Object::Reference(self.place(*id))
            }
            Object::Array(all) => {
                let mut kept = Vec::with_capacity(all.len());
                for one in all {
                    // A place in an array may mean something, so only annotations and actions leave theirs.
                    kept.extend(self.object(one, depth + 1)?);
                }
                Object::Array(kept)
            }
            Object::Dictionary(dict) if is_left(dict) => return Ok(None),
            Object::Dictionary(dict) => Object::Dictionary(self.dictionary(dict, depth)?),
            Object::Stream(stream) => Object::Stream(self.stream(stream, depth)?),
            plain => plain.clone(),
        }))
    }

    fn is_left(&self, object: &Object) -> bool {
        match self.old.dereference(object) {
            Ok((_, Object::Dictionary(dict))) => is_left(dict),
            Ok((_, Object::Stream(stream))) => stream.dict.has_type(b"EmbeddedFile") || stream.dict.has_type(b"Metadata"),
            _ => false,
        }
    }

    fn dictionary(&mut self, dict: &Dictionary, depth: usize) -> Result<Dictionary, Unclean> {
        let mut kept = Dictionary::new();
        let kind = dict.get(b"Subtype").and_then(Object::as_name).unwrap_or_default();
        let is_note = dict.has(b"Rect") && kind != b"Widget" && kind != b"Link";
        let is_signature = dict.get(b"FT").and_then(Object::as_name).is_ok_and(|kind| kind == b"Sig");
        for (key, value) in dict.iter() {
            let key = key.as_slice();
            let is_dated = dict.has(b"Rect") && matches!(key, b"M" | b"NM" | b"CreationDate");
            if LEFT.contains(&key) || is_note && OF_WRITERS.contains(&key) || is_dated || is_signature && key == b"V" {
                continue;
            }
            if let Some(value) = self.object(value, depth + 1)? {
                kept.set(key, value);
            }
        }
        Ok(kept)
    }

    /// Pictures inside carry what pictures carry.
    fn stream(&mut self, stream: &Stream, depth: usize) -> Result<Stream, Unclean> {
        let mut dict = self.dictionary(&stream.dict, depth)?;
        let filters: Vec<&[u8]> = stream.filters().unwrap_or_default();
        // A filter that stands elsewhere would leave the content unread here, and a viewer would still draw it.
        if filters.is_empty() && stream.dict.has(b"Filter") && !is_none(&stream.dict) {
            return Err(Unclean::Pdf);
        }
        // The outside of a stream, such as a file it lies in, is nothing that is drawn here.
        if stream.dict.has(b"F") && stream.dict.get(b"F").is_ok_and(|file| !matches!(file, Object::Integer(_))) {
            return Err(Unclean::Inside);
        }
        let content = match filters.as_slice() {
            [b"DCTDecode" | b"DCT"] => jpeg::clean(&stream.content)?,
            filters if filters.iter().any(|filter| matches!(*filter, b"DCTDecode" | b"DCT" | b"JPXDecode")) => return Err(Unclean::Pdf),
            _ => match self.drawn(stream)? {
                Some(drawing) => {
                    let mut anew = Stream::new(dict, Vec::new());
                    anew.set_plain_content(drawing);
                    anew.compress().map_err(|_| Unclean::Malformed)?;
                    return Ok(anew.with_compression(false));
                }
                None => stream.content.clone(),
            },
        };
        dict.remove(b"Length");
        Ok(Stream::new(dict, content).with_compression(false))
    }

    /// What a stream draws, where pictures stand in it that were cleaned. `None`: it has none, or draws nothing.
    fn drawn(&mut self, stream: &Stream) -> Result<Option<Vec<u8>>, Unclean> {
        let kind = stream.dict.get(b"Subtype").and_then(Object::as_name).unwrap_or_default();
        let is_font = [b"Length1".as_slice(), b"Length2", b"Length3"].iter().any(|key| stream.dict.has(key));
        if is_font || !matches!(kind, b"" | b"Form" | b"PS") {
            return Ok(None);
        }
        let plain = stream.get_plain_content_with_limit(self.left).map_err(|_| Unclean::Pdf)?;
        self.left -= plain.len();
        inline::clean(&plain)
    }
}

/// Whether a filter is said to be none.
fn is_none(dict: &Dictionary) -> bool {
    match dict.get(b"Filter") {
        Ok(Object::Null) => true,
        Ok(Object::Array(filters)) => filters.is_empty(),
        _ => false,
    }
}

/// What no copy has: an attachment, an annotation that carries one, an action that runs something.
fn is_left(dict: &Dictionary) -> bool {
    let name = |key: &[u8]| dict.get(key).and_then(Object::as_name).unwrap_or_default();
    let carries = CARRIERS.contains(&name(b"Subtype")) && dict.has(b"Rect");
    let acts = DEEDS.contains(&name(b"S")) && (name(b"Type").is_empty() || name(b"Type") == b"Action");
    carries || acts || dict.has(b"EF") || dict.has_type(b"EmbeddedFile") || dict.has_type(b"Sig") || dict.has_type(b"DocTimeStamp")
}
