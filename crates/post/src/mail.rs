//! A letter as it arrived, read: words, attachments, who wrote, and whether a machine did. Pure, bounded, and never panics.

mod automatic;
mod charset;

use mail_parser::decoders::html::html_to_text;
use mail_parser::{Address as Addresses, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Largest letter, as it comes over the line. Units: bytes.
pub const MOST_BYTES: usize = 40 << 20;
/// Headers of one letter in all. Units: bytes.
const MOST_HEADERS: usize = 256 << 10;
/// Parts of one letter and of those within it.
const MOST_PARTS: usize = 300;
const MOST_FILES: usize = 30;
/// Letters within letters.
const DEEPEST: usize = 4;
/// Units: characters.
const MOST_CHARS: usize = 200_000;
/// Longest name of a file. Units: characters.
const LONGEST_NAME: usize = 120;

/// What somebody wrote. It has no `Debug`: nothing of it belongs in a log.
#[derive(Default)]
pub struct Letter {
    pub id: Option<String>,
    pub from: Option<From>,
    pub subject: String,
    pub text: String,
    pub files: Vec<File>,
    pub by: By,
}

/// Who a letter says it is from. Anybody can write anything there.
#[derive(Default, Clone, PartialEq, Eq)]
pub struct From {
    pub name: String,
    pub address: String,
    /// Where an answer goes.
    pub reply_to: String,
}

pub struct File {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Whether a person wrote it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    Person,
    /// Sent to many, or from where no answer is read: a report as any, but never answered.
    Bulk,
    /// A machine wrote it by itself, such as an absence note or a failed delivery: no report.
    Machine,
}

/// The header of what this program sends itself.
pub(crate) const OWN: &str = "X-Qinglian-Notice";

/// Why a letter is not read; nothing of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("larger than {} MB", MOST_BYTES >> 20)]
    TooLarge,
    #[error("without any header: no mail at all")]
    NoMail,
    #[error("with more headers, parts or attachments than a letter has")]
    TooMany,
    #[error("with letters within letters within letters")]
    TooDeep,
    #[error("too broken to be read")]
    Broken,
}

/// Reads a letter.
///
/// Errors: beyond the bounds above, or no mail at all. Whatever else is odd is read as well as it can be.
pub fn parse(raw: &[u8]) -> Result<Letter, Unreadable> {
    if raw.len() > MOST_BYTES {
        return Err(Unreadable::TooLarge);
    }
    if head(raw).len() > MOST_HEADERS {
        return Err(Unreadable::TooMany);
    }
    // The parser is not ours: should a stranger find what makes it panic, that letter is put apart and the next one read.
    catch_unwind(AssertUnwindSafe(|| read(raw))).unwrap_or(Err(Unreadable::Broken))
}

/// The headers: everything before the first empty line.
fn head(raw: &[u8]) -> &[u8] {
    let end = |mark: &[u8]| raw.windows(mark.len()).position(|part| part == mark);
    let within = end(b"\r\n\r\n").into_iter().chain(end(b"\n\n")).min();
    &raw[..within.unwrap_or(raw.len())]
}

fn read(raw: &[u8]) -> Result<Letter, Unreadable> {
    let message = MessageParser::default().parse(raw).ok_or(Unreadable::NoMail)?;
    if message.headers().is_empty() {
        return Err(Unreadable::NoMail);
    }
    let mut letter = Letter {
        id: message.message_id().map(str::to_owned),
        from: from(&message),
        subject: message.subject().map(|subject| line(subject, 300)).unwrap_or_default(),
        by: automatic::by(&message),
        ..Letter::default()
    };
    let mut parts = 0;
    gather(&message, &mut letter, &mut parts, 0)?;
    letter.text = letter.text.trim().to_owned();
    Ok(letter)
}

/// The words and files of a letter, and of those within it.
fn gather(message: &Message<'_>, letter: &mut Letter, parts: &mut usize, depth: usize) -> Result<(), Unreadable> {
    *parts += message.parts.len();
    if *parts > MOST_PARTS {
        return Err(Unreadable::TooMany);
    }
    for part in message.text_bodies() {
        add_text(message, part, letter)?;
    }
    for part in message.attachments() {
        match &part.body {
            PartType::Message(inner) if depth < DEEPEST => {
                let title = inner.subject().map(|subject| line(subject, 300)).unwrap_or_default();
                letter.text.push_str(&format!("\n\n―― {title} ――\n"));
                gather(inner, letter, parts, depth + 1)?;
            }
            PartType::Message(_) => return Err(Unreadable::TooDeep),
            PartType::Multipart(_) => {}
            PartType::Text(_) | PartType::Html(_) | PartType::Binary(_) | PartType::InlineBinary(_) => add_file(part, letter)?,
        }
    }
    Ok(())
}

fn add_text(message: &Message<'_>, part: &MessagePart<'_>, letter: &mut Letter) -> Result<(), Unreadable> {
    let text = match &part.body {
        PartType::Text(text) => charset::mended(message, part, text),
        PartType::Html(html) => html_to_text(&charset::mended(message, part, html)),
        // A picture between two paragraphs; it comes again as an attachment.
        PartType::Binary(_) | PartType::InlineBinary(_) | PartType::Message(_) | PartType::Multipart(_) => return Ok(()),
    };
    if !letter.text.is_empty() {
        letter.text.push_str("\n\n");
    }
    letter.text.extend(text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')));
    if letter.text.chars().count() > MOST_CHARS { Err(Unreadable::TooLarge) } else { Ok(()) }
}

fn add_file(part: &MessagePart<'_>, letter: &mut Letter) -> Result<(), Unreadable> {
    let bytes = part.contents();
    if bytes.is_empty() {
        return Ok(());
    }
    if letter.files.len() >= MOST_FILES {
        return Err(Unreadable::TooMany);
    }
    let given = part.attachment_name().map(plain_name).filter(|name| !name.is_empty());
    let name = given.unwrap_or_else(|| format!("attachment-{}", letter.files.len() + 1));
    letter.files.push(File { name, bytes: bytes.to_vec() });
    Ok(())
}

fn from(message: &Message<'_>) -> Option<From> {
    let first = |addresses: Option<&Addresses<'_>>| {
        let one = addresses?.first()?;
        let address = line(one.address()?, 254);
        let plain = address.contains('@') && !address.contains(['<', '>', ' ', ',', ';', '"']);
        plain.then(|| (line(one.name().unwrap_or_default(), 100), address))
    };
    let (name, address) = first(message.from()).or_else(|| first(message.sender()))?;
    let reply_to = first(message.reply_to()).map_or_else(|| address.clone(), |(_, to)| to);
    Some(From { name, address, reply_to })
}

/// One line, without anything that is not a character, and no longer than so many.
fn line(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(most).collect::<String>().trim().to_owned()
}

/// A file's name without folders and control characters, of a length a page can show.
pub(crate) fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).collect();
    let count = plain.chars().count();
    // The end says what kind it is, so the front is what goes.
    plain.chars().skip(count.saturating_sub(LONGEST_NAME)).collect::<String>().trim().to_owned()
}
