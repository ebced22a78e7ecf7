//! XML written into memory, where writing cannot fail.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::text::xml_safe;

/// An XML document being written.
pub(crate) struct Xml(Writer<Vec<u8>>);

/// Attributes of an element, in the order in which they are written.
pub(crate) type Attributes<'a> = &'a [(&'a str, &'a str)];

impl Xml {
    pub(crate) fn new() -> Xml {
        let mut xml = Xml(Writer::new(Vec::new()));
        xml.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), Some("yes"))));
        xml
    }

    /// An element and what `inside` writes into it.
    pub(crate) fn element(&mut self, name: &str, attributes: Attributes, inside: impl FnOnce(&mut Xml)) {
        self.put(Event::Start(start(name, attributes)));
        inside(self);
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// An element with nothing inside.
    pub(crate) fn empty(&mut self, name: &str, attributes: Attributes) {
        self.put(Event::Empty(start(name, attributes)));
    }

    /// An element with nothing but the attribute `w:val`, the commonest of WordprocessingML.
    pub(crate) fn val(&mut self, name: &str, value: impl ToString) {
        self.empty(name, &[("w:val", &value.to_string())]);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.put(Event::Text(BytesText::new(&xml_safe(text))));
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner()
    }

    fn put(&mut self, event: Event) {
        self.0.write_event(event).expect("a Vec takes every write");
    }
}

fn start<'a>(name: &'a str, attributes: Attributes<'a>) -> BytesStart<'a> {
    let safe = attributes.iter().map(|(name, value)| (*name, xml_safe(value)));
    let mut tag = BytesStart::new(name);
    for (name, value) in safe {
        tag.push_attribute((name, value.as_str()));
    }
    tag
}
