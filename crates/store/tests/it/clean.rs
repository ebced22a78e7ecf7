//! Clean copies: what files carry beside their content is gone, the content is the same, and hostile bytes do no harm.

use crate::contract;
use crate::sealing::keyring;
use crate::world::{On, World, text, values};
use engine::{Actor, ContentDeed, Fact, Value};
use proptest::prelude::*;
use std::io::{Cursor, Read, Write};
use store::{Request, Unclean, clean};

contract!(a_clean_copy_is_sealed_beside_the_original);

const SECRET: &[u8] = b"QINGLIANMAKER";

fn has(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).expect("short").to_be_bytes();
    [&[0xff, marker][..], &length, body].concat()
}

/// A picture of one pixel with everything a camera writes, turned by a quarter.
fn jpeg() -> Vec<u8> {
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x0f\x01\x02\0\x0d\0\0\0\x26\0\0\0\0\0\0\0".to_vec();
    exif.extend_from_slice(SECRET);
    let mut bytes = vec![0xff, 0xd8];
    bytes.extend(segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"));
    bytes.extend(segment(0xe1, &exif));
    bytes.extend(segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat()));
    bytes.extend(segment(0xed, &[b"Photoshop 3.0\0", SECRET].concat()));
    bytes.extend(segment(0xfe, SECRET));
    bytes.extend(segment(0xdb, &[&[0][..], &[1; 64]].concat()));
    bytes.extend(segment(0xc0, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]));
    bytes.extend(segment(0xc4, &[&[0][..], &[1], &[0; 15], &[0]].concat()));
    bytes.extend(segment(0xda, &[1, 1, 0, 0, 0x3f, 0]));
    bytes.extend_from_slice(&[0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xd9]);
    bytes.extend_from_slice(SECRET);
    bytes
}

fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("short").to_be_bytes();
    [&length[..], kind, body, &[0; 4]].concat()
}

fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let parts: [(&[u8; 4], &[u8]); 6] =
        [(b"IHDR", &[0; 13]), (b"tEXt", SECRET), (b"eXIf", SECRET), (b"tIME", &[7; 7]), (b"IDAT", &[9; 20]), (b"IEND", &[])];
    for (kind, body) in parts {
        bytes.extend(chunk(kind, body));
    }
    bytes.extend_from_slice(SECRET);
    bytes
}

fn riff(kind: &[u8; 4], parts: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut inner = kind.to_vec();
    for (name, body) in parts {
        inner.extend_from_slice(*name);
        inner.extend_from_slice(&u32::try_from(body.len()).expect("short").to_le_bytes());
        inner.extend_from_slice(body);
        inner.extend(std::iter::repeat_n(0, body.len() % 2));
    }
    [b"RIFF", &u32::try_from(inner.len()).expect("short").to_le_bytes()[..], &inner].concat()
}

fn webp() -> Vec<u8> {
    riff(
        b"WEBP",
        &[(b"VP8X", &[0x2c, 0, 0, 0, 0, 0, 0, 0, 0, 0]), (b"ICCP", SECRET), (b"VP8 ", &[1; 30]), (b"EXIF", SECRET), (b"XMP ", SECRET)],
    )
}

fn wav() -> Vec<u8> {
    riff(b"WAVE", &[(b"fmt ", &[1; 16]), (b"LIST", SECRET), (b"data", &[5; 9]), (b"bext", SECRET)])
}

fn mp3() -> Vec<u8> {
    let mut bytes = [b"ID3\x04\0\0\0\0\0\x0d", SECRET].concat();
    bytes.extend_from_slice(&[0xff, 0xfb, 0x90, 0x00, 1, 2, 3, 4]);
    let mut tag = [b"TAG", SECRET].concat();
    tag.resize(128, 0);
    bytes.extend(tag);
    bytes
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len() + 8).expect("short").to_be_bytes()[..], kind, body].concat()
}

fn track(holds: &[u8; 4]) -> Vec<u8> {
    boxed(b"trak", &boxed(b"mdia", &boxed(b"hdlr", &[&[0; 8][..], holds, &[0; 13]].concat())))
}

fn film(tracks: &[Vec<u8>]) -> Vec<u8> {
    [boxed(b"ftyp", b"mp42\0\0\0\0"), boxed(b"moov", &tracks.concat()), boxed(b"mdat", SECRET)].concat()
}

fn m4a() -> Vec<u8> {
    let mvhd = boxed(b"mvhd", &[&[0; 4][..], &[0xee; 8], &[3; 20]].concat());
    let udta = boxed(b"udta", SECRET);
    [
        boxed(b"ftyp", b"M4A \0\0\0\0"),
        boxed(b"moov", &[mvhd, track(b"soun"), udta].concat()),
        boxed(b"mdat", &[4; 40]),
        boxed(b"uuid", SECRET),
    ]
    .concat()
}

fn docx(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, body) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("it begins");
        zip.write_all(body.as_bytes()).expect("it writes");
    }
    zip.finish().expect("it ends").into_inner()
}

const DOCUMENT: &str = r#"<w:document><w:p w:rsidR="00AB12CD" w:rsidRDefault="00EF0000"><w:ins w:id="1" w:author="QINGLIANMAKER" w:date="2026-01-02T03:04:05Z"><w:r><w:t>a = "b" &gt; c</w:t></w:r></w:ins><!-- QINGLIANMAKER --></w:p></w:document>"#;

fn word() -> Vec<u8> {
    docx(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "_rels/.rels",
            r#"<Relationships><Relationship Id="1" Type="x/officeDocument" Target="word/document.xml"/><Relationship Id="2" Type="x/metadata/thumbnail" Target="docProps/thumbnail.jpeg"/></Relationships>"#,
        ),
        ("docProps/core.xml", "<cp><dc:creator>QINGLIANMAKER</dc:creator></cp>"),
        ("docProps/app.xml", "<Properties><Company>QINGLIANMAKER</Company></Properties>"),
        ("docProps/thumbnail.jpeg", "QINGLIANMAKER"),
        ("word/document.xml", DOCUMENT),
        ("word/settings.xml", r#"<w:settings><w:rsids><w:rsidRoot w:val="00AB12CD"/></w:rsids><w:zoom w:percent="100"/></w:settings>"#),
        (
            "word/comments.xml",
            r#"<w:comments><w:comment w:id="0" w:author="QINGLIANMAKER" w:initials="QM"><w:t>留</w:t></w:comment></w:comments>"#,
        ),
        ("ppt/commentAuthors.xml", r#"<p:cmAuthorLst><p:cmAuthor id="1" name="QINGLIANMAKER" initials="Q"/></p:cmAuthorLst>"#),
        ("ppt/authors.xml", r#"<p188:authorLst><p188:author id="{1}" name="QINGLIANMAKER" userId="QINGLIANMAKER"/></p188:authorLst>"#),
        (
            "ppt/slides/slide1.xml",
            r#"<p:sld><p:cNvPr id="2" name="标题"/><p:custDataLst><p:custData r:id="rId3"/></p:custDataLst></p:sld>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook><fileSharing userName="QINGLIANMAKER"/><x15ac:absPath url="C:\QINGLIANMAKER\"/><sheet name="表一"/></workbook>"#,
        ),
        ("customXml/item1.xml", "<b:Sources><b:Author>QINGLIANMAKER</b:Author></b:Sources>"),
        (
            "word/_rels/document.xml.rels",
            r#"<Relationships><Relationship Id="rId3" Type="x/customXml" Target="../customXml/item1.xml"/></Relationships>"#,
        ),
        ("xl/comments1.xml", "<comments><authors><author>QINGLIANMAKER</author></authors></comments>"),
    ])
}

fn unpacked(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    (0..archive.len())
        .map(|at| {
            let mut part = archive.by_index(at).expect("a part");
            let mut body = String::new();
            part.read_to_string(&mut body).expect("text");
            (part.name().expect("a name").into_owned(), body)
        })
        .collect()
}

#[test]
fn what_files_carry_falls_away_and_what_they_show_stays() {
    for (what, bytes, keeps) in [
        ("jpeg", jpeg(), &[0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xd9][..]),
        ("png", png(), &[9; 20]),
        ("webp", webp(), &[1; 30]),
        ("wav", wav(), &[5; 9]),
        ("mp3", mp3(), &[0xff, 0xfb, 0x90, 0x00, 1, 2, 3, 4]),
        ("m4a", m4a(), &[4; 40]),
    ] {
        assert!(has(&bytes, SECRET), "{what}");
        let copy = clean(&bytes).unwrap_or_else(|unclean| panic!("{what}: {unclean:?}"));
        assert!(!has(&copy, SECRET), "{what}: {copy:02x?}");
        assert!(has(&copy, keeps), "{what}");
        assert_eq!(clean(&copy).as_deref(), Ok(copy.as_slice()), "{what}: a clean copy is clean");
    }
    let turned = clean(&jpeg()).expect("clean");
    assert!(has(&turned, b"\x01\x12\0\x03\0\0\0\x01\0\x06"), "which way up is kept");
    let head = clean(&webp()).expect("clean");
    assert_eq!(head[20] & 0x2c, 0, "the head promises nothing that is gone");
    let sound = clean(&m4a()).expect("clean");
    assert_eq!((sound.len(), has(&sound, &[0xee; 4])), (m4a().len(), false), "times are gone, and nothing moved");
}

#[test]
fn a_document_loses_its_authors_and_keeps_its_words() {
    let copy = clean(&word()).expect("clean");
    let parts = unpacked(&copy);
    for (name, body) in &parts {
        assert!(!body.contains("QINGLIANMAKER") && !body.contains("00AB12CD"), "{name}: {body}");
    }
    let body = |name: &str| parts.iter().find(|(part, _)| part == name).map(|(_, body)| body.as_str()).unwrap_or_default();
    assert!(body("word/document.xml").contains("<w:t>a = \"b\" &gt; c</w:t>"), "{}", body("word/document.xml"));
    assert!(body("word/settings.xml").contains("<w:zoom w:percent=\"100\"/>"), "{}", body("word/settings.xml"));
    assert!(body("word/comments.xml").contains('留'));
    assert!(body("_rels/.rels").contains("word/document.xml") && !body("_rels/.rels").contains("thumbnail"), "{}", body("_rels/.rels"));
    assert!(!parts.iter().any(|(name, _)| name.contains("thumbnail") || name.contains("customXml")));
    assert!(!body("word/_rels/document.xml.rels").contains("customXml") && !body("ppt/slides/slide1.xml").contains("rId3"));
    assert!(body("xl/workbook.xml").contains("表一") && body("ppt/slides/slide1.xml").contains("标题"), "other names stay");
}

#[test]
fn what_cannot_be_cleaned_is_refused() {
    let macros = docx(&[("[Content_Types].xml", "<Types/>"), ("word/vbaProject.bin", "x")]);
    let plain_zip = docx(&[("a.txt", "x")]);
    let heic = [boxed(b"ftyp", b"heic\0\0\0\0"), boxed(b"mdat", SECRET)].concat();
    for (what, bytes, wanted) in [
        ("text", b"hello".to_vec(), Unclean::Kind),
        ("pdf", b"%PDF-1.7".to_vec(), Unclean::Malformed),
        ("macros", macros, Unclean::Inside),
        ("zip", plain_zip, Unclean::Kind),
        ("heic", heic, Unclean::Kind),
        ("places of Apple", film(&[track(b"vide"), track(b"meta")]), Unclean::Track),
        ("places of GoPro", film(&[track(b"vide"), track(b"soun"), track(b"gpmd")]), Unclean::Track),
        ("a track that says nothing", film(&[track(b"vide"), boxed(b"trak", &[])]), Unclean::Malformed),
        ("cut jpeg", jpeg()[..60].to_vec(), Unclean::Malformed),
        ("cut png", png()[..40].to_vec(), Unclean::Malformed),
        ("cut wav", wav()[..40].to_vec(), Unclean::Malformed),
        ("nothing", Vec::new(), Unclean::Kind),
    ] {
        assert_eq!(clean(&bytes).err(), Some(wanted), "{what}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    /// Whatever is changed or cut, nothing panics, and what comes out carries no more than went in.
    #[test]
    fn hostile_bytes_do_no_harm(which in 0usize..7, at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut bytes = [jpeg, png, webp, wav, mp3, m4a, word][which]();
        let place = at.index(bytes.len());
        bytes[place] = byte;
        if place % 3 == 0 {
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        if let Ok(copy) = clean(&bytes) {
            prop_assert!(copy.len() <= bytes.len() + 2_000);
        }
    }
}

async fn a_clean_copy_is_sealed_beside_the_original(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let viewer = world.viewer(world.li);
    let draft = world.store.draft("report").expect("a draft");
    let entry = draft.entry;
    let photo = world.store.put_file(&jpeg(), entry, "照片.jpg", draft.seal().as_ref()).await.expect("stored");
    let paper = world.store.put_file(b"%PDF-1.7", entry, "信.pdf", draft.seal().as_ref()).await.expect("stored");
    let register = world.store.register("report").expect("it is defined");
    let given = values([("story", text("见照片")), ("evidence", Value::Files(vec![photo.clone(), paper.clone()]))]);
    let creation = draft.into_creation(world.store.creation(&register, given));
    world.store.submit(Request::create(Actor::Public, "report", creation).with_entry(entry)).await.expect("stored");
    let open = world.store.open_sealed(entry, &viewer, &li, "page").await.expect("it opens");
    assert_eq!(world.store.clean_copy(&open, &viewer, &paper).await.expect("it answers"), Err(Unclean::Malformed));
    let copy = world.store.clean_copy(&open, &viewer, &photo).await.expect("it answers").expect("a copy");
    let open = world.store.open_sealed(entry, &viewer, &li, "page").await.expect("it opens");
    let mut bytes = Vec::new();
    world.store.open_file(&open, &copy, &mut bytes).expect("it opens");
    assert_eq!(Ok(&bytes), clean(&jpeg()).as_ref());
    let mut original = Vec::new();
    world.store.open_file(&open, &photo, &mut original).expect("the original is still there");
    assert_eq!(original, jpeg());
    let hash = |bytes: &[u8]| hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes));
    assert_eq!(world.store.evidence_of(&open, &photo).expect("it opens"), Some((hash(&original), hash(&bytes))));
    assert_eq!(
        world.store.clean_copy(&open, &viewer, &photo).await.expect("it answers").map(|file| file.hash),
        Ok(copy.hash.clone()),
        "made once"
    );
    let events = world.store.events_of(entry).await.expect("events");
    let cleaned = events
        .iter()
        .filter(|one| matches!(&one.event.fact, Fact::Content(ContentDeed::Cleaned { original, .. }) if *original == photo.hash));
    assert_eq!(cleaned.count(), 1);
    let said = serde_json::to_string(&events.iter().map(|one| &one.event).collect::<Vec<_>>()).expect("JSON");
    assert!(!said.contains(&hash(&original)), "the hash of a content tells whoever has it that it is here");
    world.sound().await;
}
