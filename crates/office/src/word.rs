//! What every DOCX written here has in common: the package, the styles and the fonts of official papers.

pub(crate) mod body;
pub(crate) mod fonts;
mod package;
mod styles;
mod xml;

pub(crate) use package::{Page, write};
pub(crate) use xml::Xml;
