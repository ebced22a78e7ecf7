//! Paragraphs and runs.

use super::Xml;
pub(crate) use super::styles::id;

/// A paragraph of a style and what `inside` writes into it.
pub(crate) fn paragraph(xml: &mut Xml, style: &str, inside: impl FnOnce(&mut Xml)) {
    xml.element("w:p", &[], |xml| {
        xml.element("w:pPr", &[], |xml| xml.val("w:pStyle", style));
        inside(xml);
    });
}

/// A paragraph of a style that is one text.
pub(crate) fn line(xml: &mut Xml, style: &str, text: &str) {
    paragraph(xml, style, |xml| run(xml, text));
}

/// A text; line ends in it break the line, tabs stay tabs.
pub(crate) fn run(xml: &mut Xml, text: &str) {
    xml.element("w:r", &[], |xml| {
        for (index, line) in text.replace("\r\n", "\n").split('\n').enumerate() {
            if index > 0 {
                xml.empty("w:br", &[]);
            }
            for (index, piece) in line.split('\t').enumerate() {
                if index > 0 {
                    xml.empty("w:tab", &[]);
                }
                if !piece.is_empty() {
                    xml.element("w:t", &[("xml:space", "preserve")], |xml| xml.text(piece));
                }
            }
        }
    });
}

/// A value the reader's program fills in, such as `PAGE`.
pub(crate) fn field(xml: &mut Xml, name: &str) {
    xml.element("w:fldSimple", &[("w:instr", name)], |xml| run(xml, "1"));
}
