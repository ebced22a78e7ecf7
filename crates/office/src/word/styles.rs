//! The named styles of a document and the fonts they use. A hospital that wants another look changes a style in
//! Word once and need not touch a paragraph.

use super::Xml;
use super::fonts::{FACES, FANGSONG, HEITI, LATIN, XIAOBIAOSONG};
use super::package::W;

/// Ids of the styles that paragraphs refer to.
pub(crate) mod id {
    pub(crate) const TITLE: &str = "PaperTitle";
    pub(crate) const ANNEX: &str = "Annex";
    pub(crate) const NUMBER: &str = "PaperNumber";
    pub(crate) const ADDRESSEE: &str = "Addressee";
    pub(crate) const TEXT: &str = "PaperText";
    pub(crate) const SIGNED: &str = "Signed";
    pub(crate) const HEAD_CELL: &str = "HeadCell";
    pub(crate) const CELL: &str = "TableCell";
    pub(crate) const SIGNATURES: &str = "Signatures";
    pub(crate) const NOTE: &str = "Note";
    pub(crate) const STAMP: &str = "Stamp";
    pub(crate) const PAGE: &str = "PageNumber";
}

/// A paragraph style.
struct Style {
    id: &'static str,
    name: &'static str,
    font: &'static str,
    points: f64,
    align: &'static str,
    /// Space before and after, twentieths of a point.
    around: (u32, u32),
    /// Line height: exact twentieths of a point, or none for the natural one.
    line: Option<u32>,
    /// Indent of the first line and of the right side, hundredths of a character.
    indent: (u32, u32),
    colour: Option<&'static str>,
}

const PLAIN: Style =
    Style { id: "", name: "", font: FANGSONG, points: 16.0, align: "left", around: (0, 0), line: None, indent: (0, 0), colour: None };

/// Sizes of GB/T 9704-2012: title 二号 (22 pt), text 三号 (16 pt), 28 pt between lines of text.
fn styles(table_points: f64) -> [Style; 12] {
    let text = Style { align: "both", line: Some(580), ..PLAIN };
    let cell = Style { points: table_points, align: "center", ..PLAIN };
    [
        Style { id: id::TITLE, name: "公文标题", font: XIAOBIAOSONG, points: 22.0, align: "center", around: (120, 240), ..PLAIN },
        Style { id: id::ANNEX, name: "附件号", font: HEITI, ..PLAIN },
        Style { id: id::NUMBER, name: "文号", align: "center", around: (0, 240), ..PLAIN },
        Style { id: id::ADDRESSEE, name: "主送", ..Style { align: "left", line: Some(580), ..PLAIN } },
        Style { id: id::TEXT, name: "公文正文", indent: (200, 0), ..text },
        Style { id: id::SIGNED, name: "落款", align: "right", indent: (0, 400), line: Some(580), ..PLAIN },
        Style { id: id::HEAD_CELL, name: "表头", font: HEITI, ..Style { points: table_points, ..cell } },
        Style { id: id::CELL, name: "表格文字", ..cell },
        Style { id: id::SIGNATURES, name: "填报栏", points: 12.0, around: (160, 80), ..PLAIN },
        Style { id: id::NOTE, name: "表格说明", points: 10.5, ..PLAIN },
        Style {
            id: id::STAMP,
            name: "生成信息",
            points: 9.0,
            // Several of these lines follow each other; a form of one page with its counting rules stays one page.
            around: (20, 0),
            colour: Some("595959"),
            ..PLAIN
        },
        Style { id: id::PAGE, name: "页码", points: 10.5, align: "center", ..PLAIN },
    ]
}

/// The part `word/styles.xml`.
pub(super) fn styles_part(table_points: f64) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("w:styles", &[W], |xml| {
        xml.element("w:docDefaults", &[], |xml| {
            xml.element("w:rPrDefault", &[], |xml| write_run_properties(xml, &PLAIN));
            xml.empty("w:pPrDefault", &[]);
        });
        xml.element("w:style", &[("w:type", "paragraph"), ("w:default", "1"), ("w:styleId", "Normal")], |xml| {
            xml.val("w:name", "Normal");
            xml.empty("w:qFormat", &[]);
        });
        for style in styles(table_points) {
            write_style(xml, &style);
        }
    });
    xml.into_bytes()
}

fn write_style(xml: &mut Xml, style: &Style) {
    xml.element("w:style", &[("w:type", "paragraph"), ("w:customStyle", "1"), ("w:styleId", style.id)], |xml| {
        xml.val("w:name", style.name);
        xml.val("w:basedOn", "Normal");
        xml.empty("w:qFormat", &[]);
        xml.element("w:pPr", &[], |xml| {
            let (before, after) = (style.around.0.to_string(), style.around.1.to_string());
            match style.line {
                Some(line) => xml.empty(
                    "w:spacing",
                    &[("w:before", &before), ("w:after", &after), ("w:line", &line.to_string()), ("w:lineRule", "exact")],
                ),
                None => xml.empty("w:spacing", &[("w:before", &before), ("w:after", &after)]),
            }
            match style.indent {
                (0, 0) => {}
                (first, 0) => xml.empty("w:ind", &[("w:firstLineChars", &first.to_string()), ("w:firstLine", "640")]),
                (_, right) => xml.empty("w:ind", &[("w:rightChars", &right.to_string()), ("w:right", "1280")]),
            }
            xml.val("w:jc", style.align);
            if style.id == id::TITLE {
                xml.val("w:outlineLvl", 0);
            }
        });
        write_run_properties(xml, style);
    });
}

fn write_run_properties(xml: &mut Xml, style: &Style) {
    xml.element("w:rPr", &[], |xml| {
        xml.empty("w:rFonts", &[("w:ascii", LATIN), ("w:eastAsia", style.font), ("w:hAnsi", LATIN), ("w:cs", LATIN)]);
        if let Some(colour) = style.colour {
            xml.val("w:color", colour);
        }
        let half_points = (style.points * 2.0).round() as u32;
        xml.val("w:sz", half_points);
        xml.val("w:szCs", half_points);
        xml.empty("w:lang", &[("w:val", "en-US"), ("w:eastAsia", "zh-CN")]);
    });
}

/// The part `word/fontTable.xml`: what to use where a font is missing.
pub(super) fn fonts_part() -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("w:fonts", &[W], |xml| {
        for face in FACES {
            xml.element("w:font", &[("w:name", face.name)], |xml| {
                xml.val("w:altName", face.also);
                xml.val("w:charset", face.charset);
                xml.val("w:family", face.family);
            });
        }
    });
    xml.into_bytes()
}
