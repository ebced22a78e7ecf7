//! Clean copies of what people attach: pictures, films, PDFs, office files. A copy can be cleaned again and stays what it is, and where an
//! office program could read what came of it, nobody's name is left in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lopdf::{Document, Object, Stream, dictionary};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{Cursor, Read, Write};
use store::clean;
use zip::write::SimpleFileOptions;

/// Parts of office files, each read in another way.
const PARTS: [&str; 6] = [
    "word/document.xml",
    "xl/comments1.xml",
    "word/_rels/document.xml.rels",
    "ppt/commentAuthors.xml",
    "word/media/image1.jpeg",
    "docProps/custom.xml",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, file)) = bytes.split_first() else { return };
    match kind % 8 {
        0..=4 => whole(file),
        5 => drawn(file),
        _ => {
            let Some((part, content)) = file.split_first() else { return };
            part_of_office(PARTS[usize::from(*part) % PARTS.len()], content);
        }
    }
});

/// A file as it comes.
fn whole(file: &[u8]) {
    let Ok(copy) = clean(file) else { return };
    let again = clean(&copy).expect("what is clean can be cleaned");
    // Packed formats are packed anew.
    if !file.starts_with(b"%PDF") && !file.starts_with(b"PK") {
        assert!(again == copy, "what is clean stays");
    }
}

/// A drawing on a page of a PDF.
fn drawn(drawing: &[u8]) {
    let mut paper = Document::with_version("1.7");
    let pages = paper.new_object_id();
    let content = paper.add_object(Stream::new(dictionary! {}, drawing.to_vec()));
    let page = paper.add_object(dictionary! { "Type" => "Page", "Parent" => pages, "Contents" => content });
    let all = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    paper.objects.insert(pages, Object::Dictionary(all));
    let root = paper.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    paper.trailer.set("Root", root);
    let mut file = Vec::new();
    paper.save_to(&mut file).expect("in memory");
    let Ok(copy) = clean(&file) else { return };
    clean(&copy).expect("what is clean can be cleaned");
}

fn part_of_office(name: &str, content: &[u8]) {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [("[Content_Types].xml", b"<Types/>".as_slice()), (name, content)] {
        zip.start_file(name, SimpleFileOptions::default()).expect("in memory");
        zip.write_all(content).expect("in memory");
    }
    let Ok(copy) = clean(&zip.finish().expect("in memory").into_inner()) else { return };
    let mut copy = zip::ZipArchive::new(Cursor::new(copy)).expect("a copy is an archive");
    let Ok(mut part) = copy.by_name(name) else { return };
    let mut text = String::new();
    if name.ends_with(".xml") && part.read_to_string(&mut text).is_ok() && content.windows(4).all(|four| four != b"<!DO") {
        nobody_is_named(&text);
    }
}

/// Reads as an office program does, up to the first fault.
fn nobody_is_named(text: &str) {
    let mut reader = Reader::from_str(text);
    let mut open = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                named(&tag, text);
                open |= tag.local_name().as_ref() == "author";
            }
            Ok(Event::Empty(tag)) => named(&tag, text),
            Ok(Event::End(tag)) => open &= tag.local_name().as_ref() != "author",
            Ok(Event::Text(said)) => assert!(!open || said.is_empty(), "an author's name: {text:?}"),
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

fn named(tag: &BytesStart<'_>, text: &str) {
    for attribute in tag.attributes().map_while(Result::ok) {
        let is_who = attribute.key.local_name().as_ref() == "author";
        assert!(!is_who || attribute.value.is_empty(), "an author's name: {text:?}");
    }
}
