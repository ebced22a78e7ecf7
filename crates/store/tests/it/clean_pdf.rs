//! Clean copies of PDFs as LibreOffice writes them and others change them: Poppler finds the pages and the words, and nobody's name.

use lopdf::{Dictionary, Document, IncrementalDocument, Object, Stream, dictionary};
use std::path::Path;
use std::process::Command;
use store::{Unclean, clean};

const MAKER: &str = "QINGLIANMAKER";
const OLDER: &str = "QINGLIANOLDER";

/// Whether a program runs here. Missing, it fails the test: `make packages` installs it; `QINGLIAN_SKIP=1` leaves the test out.
fn runs(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    if !is_there {
        assert!(std::env::var_os("QINGLIAN_SKIP").is_some_and(|set| set == "1"), "{program} is missing: `make packages` installs it");
        println!("SKIP: {program} is missing");
    }
    is_there
}

fn said(program: &str, file: &Path, before: &[&str], after: &[&str]) -> String {
    let output = Command::new(program).args(before).arg(file).args(after).output().expect("it runs");
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A paper of two pages with an author, as LibreOffice writes it. `filter`: how it is written.
fn written(folder: &Path, filter: &str) -> Vec<u8> {
    let page = format!(
        "<html><head><meta charset=\"utf-8\"><title>{MAKER}</title><meta name=\"author\" content=\"{MAKER}\"></head>\
         <body><p>门诊收费情况</p><p style=\"page-break-before:always\">第二页 <a href=\"https://example.org/\">链接</a></p></body></html>"
    );
    std::fs::write(folder.join("paper.html"), page).expect("written");
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let done = Command::new("soffice")
        .args([profile.as_str(), "--headless", "--writer", "--convert-to", filter, "--outdir"])
        .args([folder, &folder.join("paper.html")])
        .output()
        .expect("it runs");
    std::fs::read(folder.join("paper.pdf")).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&done.stderr)))
}

/// The same with what other programs add: an attachment, a script, metadata, a comment with its writer, and an older revision.
fn burdened(plain: &[u8]) -> Vec<u8> {
    let mut paper = Document::load_mem(plain).expect("LibreOffice wrote it");
    let file = paper.add_object(Stream::new(dictionary! { "Type" => "EmbeddedFile" }, MAKER.as_bytes().to_vec()));
    let spec =
        paper.add_object(dictionary! { "Type" => "Filespec", "F" => Object::string_literal("a.txt"), "EF" => dictionary! { "F" => file } });
    let metadata = paper.add_object(Stream::new(dictionary! { "Type" => "Metadata", "Subtype" => "XML" }, MAKER.as_bytes().to_vec()));
    let script = dictionary! { "Type" => "Action", "S" => "JavaScript", "JS" => Object::string_literal(MAKER) };
    let note = paper.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Text", "Rect" => vec![10.into(), 10.into(), 30.into(), 30.into()],
        "T" => Object::string_literal(MAKER), "Contents" => Object::string_literal(OLDER), "M" => Object::string_literal("D:20260101"),
    });
    let attached = paper.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "FileAttachment", "Rect" => vec![10.into(), 10.into(), 30.into(), 30.into()], "FS" => spec,
    });
    let page = *paper.get_pages().get(&1).expect("a page");
    paper.get_dictionary_mut(page).expect("a page").set("Annots", vec![note.into(), attached.into()]);
    let catalog = paper.catalog_mut().expect("a catalogue");
    catalog.set("Names", dictionary! { "EmbeddedFiles" => dictionary! { "Names" => vec![Object::string_literal("a.txt"), spec.into()] } });
    catalog.set("OpenAction", script);
    catalog.set("Metadata", metadata);
    let mut first = Vec::new();
    paper.save_to(&mut first).expect("in memory");
    let before = Document::load_mem(&first).expect("it reads");
    let mut later = IncrementalDocument::create_from(first, before);
    later.opt_clone_object_to_new_document(note).expect("it is there");
    let note: &mut Dictionary = later.new_document.get_dictionary_mut(note).expect("it was cloned");
    note.set("Contents", Object::string_literal("later"));
    let mut out = Vec::new();
    later.save_to(&mut out).expect("in memory");
    out
}

fn has(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

#[test]
fn what_was_written_anew_tells_nothing_but_its_pages() {
    if !["soffice", "pdfinfo", "pdfdetach", "pdftotext"].into_iter().all(runs) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let plain = written(folder.path(), "pdf");
    let burdened = burdened(&plain);
    assert!(has(&burdened, MAKER) && has(&burdened, OLDER), "the test can fail");
    let (from, to) = (folder.path().join("from.pdf"), folder.path().join("to.pdf"));
    std::fs::write(&from, &burdened).expect("written");
    assert!(
        said("pdfinfo", &from, &[], &[]).contains(MAKER) && said("pdfdetach", &from, &["-list"], &[]).starts_with("2 "),
        "the test can fail"
    );
    let copy = clean(&burdened).expect("a copy");
    std::fs::write(&to, &copy).expect("written");
    let told = said("pdfinfo", &to, &[], &[]);
    for gone in ["Author", "Creator", "Producer", "CreationDate", "ModDate", "Title:           Q"] {
        assert!(!told.contains(gone), "{gone}: {told}");
    }
    assert!(told.contains("Pages:           2") && told.contains("JavaScript:      no") && told.contains("Metadata Stream: no"), "{told}");
    assert!(said("pdfdetach", &to, &["-list"], &[]).starts_with("0 "));
    assert_eq!(said("pdftotext", &to, &[], &["-"]), said("pdftotext", &from, &[], &["-"]), "the words are the same");
    let again = Document::load_mem(&copy).expect("it reads");
    let mut all = String::new();
    for object in again.objects.values() {
        all.push_str(&format!("{object:?}"));
    }
    assert!(!has(&copy, MAKER) && !has(&copy, OLDER) && !all.contains(MAKER) && !all.contains(OLDER), "neither makers nor older revisions");
    assert!(has(&copy, "later"), "what a comment says is content");
    assert_eq!(clean(&copy).as_deref(), Ok(copy.as_slice()), "a copy of the copy is the same");
}

#[test]
fn what_is_locked_or_cut_is_refused() {
    if !runs("soffice") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let locked = r#"pdf:writer_pdf_Export:{"EncryptFile":{"type":"boolean","value":"true"},"DocumentOpenPassword":{"type":"string","value":"secret"}}"#;
    assert_eq!(clean(&written(folder.path(), locked)).err(), Some(Unclean::Locked));
    let restricted = r#"pdf:writer_pdf_Export:{"RestrictPermissions":{"type":"boolean","value":"true"},"PermissionPassword":{"type":"string","value":"secret"},"Changes":{"type":"long","value":"0"}}"#;
    assert_eq!(clean(&written(folder.path(), restricted)).err(), Some(Unclean::Locked));
    let plain = written(folder.path(), "pdf");
    assert!(clean(&plain).is_ok());
    for cut in [plain.len() / 2, 9, plain.len() - 40] {
        assert_eq!(clean(&plain[..cut]).err(), Some(Unclean::Malformed), "{cut}");
    }
    let deep = [b"%PDF-1.7\n1 0 obj\n".as_slice(), &b"[".repeat(200_000), b"\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF"].concat();
    assert_eq!(clean(&deep).err(), Some(Unclean::Malformed), "nested beyond all reason");
}

/// A page with one drawing.
fn drawn(drawing: Stream) -> Vec<u8> {
    let mut paper = Document::with_version("1.7");
    let (pages, content) = (paper.new_object_id(), paper.add_object(drawing));
    let page = paper.add_object(dictionary! { "Type" => "Page", "Parent" => pages, "Contents" => content });
    paper.objects.insert(pages, Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }));
    let root = paper.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    paper.trailer.set("Root", root);
    let mut out = Vec::new();
    paper.save_to(&mut out).expect("in memory");
    out
}

#[test]
fn a_picture_within_a_drawing_is_cleaned_like_any_other() {
    let comment = [&[0xff, 0xd8, 0xff, 0xfe, 0, 15][..], MAKER.as_bytes()].concat();
    let picture = [&comment[..], &[0xff, 0xdb, 0, 4, 1, 2, 0xff, 0xda, 0, 2, 0x12, 0x34, 0xff, 0xd9]].concat();
    let drawing = |filter: &str| [format!("q BI /W 1 /H 1 /F {filter} ID ").as_bytes(), &picture, b" EI Q"].concat();
    for packed in [false, true] {
        let mut stream = Stream::new(Dictionary::new(), drawing("/DCT"));
        if packed {
            stream.content.extend(b" ".repeat(4_000));
            stream.compress().expect("in memory");
        }
        let copy = clean(&drawn(stream)).expect("cleaned");
        let again = Document::load_mem(&copy).expect("it reads");
        let page = again.get_pages()[&1];
        let content = again.get_page_content(page);
        assert!(!has(&content, MAKER) && has(&content, "/W 1 /H 1 /F /DCT ID ") && has(&content, " EI Q"), "packed: {packed}");
    }
    let other = Stream::new(Dictionary::new(), b"q BI /W 1 /F [/A85 /DCT] ID 8;V EI Q".to_vec());
    assert_eq!(clean(&drawn(other)), Err(Unclean::Pdf), "packed otherwise");
    // A filter that stands elsewhere: a viewer would follow it.
    let mut elsewhere = Document::load_mem(&drawn(Stream::new(Dictionary::new(), b"q Q".to_vec()))).expect("it reads");
    let filter = elsewhere.add_object(Object::Name(b"DCTDecode".to_vec()));
    let hidden = elsewhere.add_object(Stream::new(dictionary! { "Subtype" => "Image", "Filter" => filter }, picture));
    let page = elsewhere.get_pages()[&1];
    elsewhere.get_dictionary_mut(page).expect("a page").set("Resources", dictionary! { "XObject" => dictionary! { "I" => hidden } });
    let mut out = Vec::new();
    elsewhere.save_to(&mut out).expect("in memory");
    assert_eq!(clean(&out), Err(Unclean::Pdf), "a filter by reference");
}
