//! The parts of a DOCX and their packing. Nothing in it depends on when or where it was packed.
//!
//! Source: ECMA-376, part 1 (WordprocessingML) and part 2 (packages).

use std::io::{Cursor, Write};

use jiff::civil::DateTime;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::styles::{fonts_part, id, styles_part};
use super::{Xml, body};
use crate::Error;

/// The namespace of WordprocessingML, as an attribute.
pub(super) const W: (&str, &str) = ("xmlns:w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main");
const R: (&str, &str) = ("xmlns:r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships");
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const WORD_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// The page of a document. All lengths are twips, twentieths of a point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub width: u32,
    pub height: u32,
    pub top: u32,
    pub right: u32,
    pub bottom: u32,
    pub left: u32,
}

impl Page {
    /// Width between the margins.
    pub(crate) fn text_width(&self) -> u32 {
        self.width - self.left - self.right
    }
}

/// Writes a document whose body is what `inside` writes; the page numbers are added here.
pub(crate) fn write<W: Write>(
    mut to: W,
    title: &str,
    made_at: DateTime,
    page: Page,
    table_points: f64,
    inside: impl FnOnce(&mut Xml),
) -> Result<(), Error> {
    let parts = [
        ("[Content_Types].xml", content_types()),
        (
            "_rels/.rels",
            relations(&[
                (&format!("{OFFICE}/officeDocument"), "word/document.xml"),
                ("http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", "docProps/core.xml"),
                (&format!("{OFFICE}/extended-properties"), "docProps/app.xml"),
            ]),
        ),
        ("word/document.xml", document(page, inside)),
        (
            "word/_rels/document.xml.rels",
            relations(&[
                (&format!("{OFFICE}/styles"), "styles.xml"),
                (&format!("{OFFICE}/settings"), "settings.xml"),
                (&format!("{OFFICE}/fontTable"), "fontTable.xml"),
                (&format!("{OFFICE}/footer"), "footer1.xml"),
            ]),
        ),
        ("word/styles.xml", styles_part(table_points)),
        ("word/settings.xml", settings()),
        ("word/fontTable.xml", fonts_part()),
        ("word/footer1.xml", footer()),
        ("docProps/core.xml", core_properties(title, made_at)),
        ("docProps/app.xml", app_properties()),
    ];
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    // The default time is 1980-01-01, the first one a ZIP file can hold.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(zip::DateTime::default());
    for (name, bytes) in parts {
        package.start_file(name, options)?;
        package.write_all(&bytes)?;
    }
    to.write_all(&package.finish()?.into_inner())?;
    Ok(())
}

fn content_types() -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("Types", &[("xmlns", "http://schemas.openxmlformats.org/package/2006/content-types")], |xml| {
        let relations = "application/vnd.openxmlformats-package.relationships+xml";
        xml.empty("Default", &[("Extension", "rels"), ("ContentType", relations)]);
        xml.empty("Default", &[("Extension", "xml"), ("ContentType", "application/xml")]);
        for (part, kind) in [
            ("document", "document.main"),
            ("styles", "styles"),
            ("settings", "settings"),
            ("fontTable", "fontTable"),
            ("footer1", "footer"),
        ] {
            let (part, kind) = (format!("/word/{part}.xml"), format!("{WORD_TYPE}.{kind}+xml"));
            xml.empty("Override", &[("PartName", &part), ("ContentType", &kind)]);
        }
        let core = "application/vnd.openxmlformats-package.core-properties+xml";
        xml.empty("Override", &[("PartName", "/docProps/core.xml"), ("ContentType", core)]);
        let app = "application/vnd.openxmlformats-officedocument.extended-properties+xml";
        xml.empty("Override", &[("PartName", "/docProps/app.xml"), ("ContentType", app)]);
    });
    xml.into_bytes()
}

/// A part of relations; their ids are rId1, rId2 and so on.
fn relations(targets: &[(&str, &str)]) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("Relationships", &[("xmlns", RELATIONS)], |xml| {
        for (index, (kind, target)) in targets.iter().enumerate() {
            let id = format!("rId{}", index + 1);
            xml.empty("Relationship", &[("Id", &id), ("Type", kind), ("Target", target)]);
        }
    });
    xml.into_bytes()
}

fn document(page: Page, inside: impl FnOnce(&mut Xml)) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("w:document", &[W, R], |xml| {
        xml.element("w:body", &[], |xml| {
            inside(xml);
            xml.element("w:sectPr", &[], |xml| {
                xml.empty("w:footerReference", &[("w:type", "default"), ("r:id", "rId4")]);
                let (width, height) = (page.width.to_string(), page.height.to_string());
                let turn = if page.width > page.height { "landscape" } else { "portrait" };
                xml.empty("w:pgSz", &[("w:w", &width), ("w:h", &height), ("w:orient", turn)]);
                xml.empty(
                    "w:pgMar",
                    &[
                        ("w:top", &page.top.to_string()),
                        ("w:right", &page.right.to_string()),
                        ("w:bottom", &page.bottom.to_string()),
                        ("w:left", &page.left.to_string()),
                        ("w:header", "720"),
                        ("w:footer", "720"),
                        ("w:gutter", "0"),
                    ],
                );
            });
        });
    });
    xml.into_bytes()
}

fn settings() -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("w:settings", &[W], |xml| {
        xml.empty("w:zoom", &[("w:percent", "100")]);
        xml.val("w:defaultTabStop", 420);
        xml.val("w:characterSpacingControl", "compressPunctuation");
        xml.element("w:compat", &[], |xml| {
            let word = "http://schemas.microsoft.com/office/word";
            xml.empty("w:compatSetting", &[("w:name", "compatibilityMode"), ("w:uri", word), ("w:val", "15")]);
        });
        xml.empty("w:themeFontLang", &[("w:val", "en-US"), ("w:eastAsia", "zh-CN")]);
    });
    xml.into_bytes()
}

fn footer() -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("w:ftr", &[W], |xml| {
        body::paragraph(xml, id::PAGE, |xml| {
            body::run(xml, "— ");
            body::field(xml, "PAGE");
            body::run(xml, " / ");
            body::field(xml, "NUMPAGES");
            body::run(xml, " —");
        });
    });
    xml.into_bytes()
}

fn core_properties(title: &str, made_at: DateTime) -> Vec<u8> {
    let made_at = made_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut xml = Xml::new();
    xml.element(
        "cp:coreProperties",
        &[
            ("xmlns:cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
            ("xmlns:dcterms", "http://purl.org/dc/terms/"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ],
        |xml| {
            xml.element("dc:title", &[], |xml| xml.text(title));
            xml.element("dc:language", &[], |xml| xml.text("zh-CN"));
            for name in ["dcterms:created", "dcterms:modified"] {
                xml.element(name, &[("xsi:type", "dcterms:W3CDTF")], |xml| xml.text(&made_at));
            }
        },
    );
    xml.into_bytes()
}

fn app_properties() -> Vec<u8> {
    let mut xml = Xml::new();
    let namespace = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties";
    xml.element("Properties", &[("xmlns", namespace)], |xml| {
        xml.element("Application", &[], |xml| xml.text("Qinglian"));
    });
    xml.into_bytes()
}
