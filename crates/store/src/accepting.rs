//! Reports sealed by whoever sends them: to whom they are sealed, and how one comes through the one door.
//!
//! The house gives out public keys and takes ciphertext. What it can check of that is checked here and by the engine; what lies inside
//! is looked at when somebody entitled opens it ([`engine::brought`]).

use crate::custody::Apart;
use crate::error::Failure;
use crate::request::{BroughtIn, Key};
use crate::sealing::{CODE, RECOVERY, WrapRow, entitled};
use crate::store::Store;
use crate::writer::Prepared;
use catalogue::field::Kind;
use catalogue::{FieldName, Register, Sensitivity};
use engine::form::{self, Which};
use engine::{Act, Actor, Brought, BroughtFile, Code, Command, Entry, EntryId, InstitutionId, Kept, Refusal, SealedPart, Values};
use vault::{Addressees, Recipient, SubmissionError};

/// Attachments of one report.
pub const MOST_ATTACHMENTS: usize = 30;

/// Units: bytes of ciphertext.
const LONGEST_CONTENT: usize = 512 << 10;
const LONGEST_CARD: usize = 6 << 10;
const LONGEST_IDENTITY: usize = 24 << 10;

impl Store {
    /// To whom a report with these plain answers is sealed, and the entry as it would be. Nothing is stored.
    ///
    /// Errors: a refusal, when an answer is missing or is none, or asks for a sealed field whose people would have to be kept out.
    pub fn addressees(&self, register: &Register, entry: EntryId, values: Values) -> Result<(Addressees, Entry), Failure> {
        let (institution, directory) = (&self.shared.institution, self.directory());
        let now = self.now();
        let context = form::Context { catalogue: self.catalogue(), register, directory: &directory, now, me: None, my_unit: None };
        let asked = form::asked(&context, Which::Public, &values);
        let sealed = |field: &&&catalogue::Field| field.sensitivity == Sensitivity::Sealed && !field.bars;
        let (kept, covers): (Vec<_>, Vec<_>) = asked.iter().filter(sealed).partition(|field| field.custody);
        let names = |fields: &[&&catalogue::Field]| fields.iter().map(|field| field.name.clone()).collect::<Vec<FieldName>>();
        let mut part = SealedPart::new([names(&covers), names(&kept)].concat(), "");
        part.custody = (!kept.is_empty()).then(|| Kept { covers: names(&kept), recipient: String::new(), cipher: String::new() });
        let command = self.public_command(register, institution, entry, values, part, String::new());
        let foreseen = self.foresee(&directory, register, &command)?;
        let readers = self.readers(register, &foreseen);
        let addressees = Addressees {
            institution: institution.0.clone(),
            register: register.name.to_string(),
            entry: entry.to_string(),
            salt: self.deployment_salt(),
            readers: once(&readers),
            custodians: self.circle(register, institution, &[]).recipients(),
        };
        Ok((addressees, foreseen))
    }

    /// Whether names can be kept apart by whoever sends them: somebody has to be there to keep them.
    pub fn can_deal(&self, register: &Register) -> bool {
        register.custody.is_none() || !self.circle(register, &self.shared.institution, &[]).recipients().is_empty()
    }

    /// Whether a sealed report would be taken in, as far as that can be told without its attachments.
    ///
    /// Errors: the refusal it would get.
    pub fn check_brought(
        &self,
        register: &Register,
        entry: EntryId,
        values: &Values,
        covers: &[FieldName],
        submission: &vault::Submission,
    ) -> Result<(), Failure> {
        let files = vec![String::new(); submission.cards.len()];
        let brought = BroughtIn { covers: covers.to_vec(), submission: submission.clone(), files };
        self.accept(brought, values.clone(), register, &self.shared.institution, entry, None).map(drop)
    }

    /// A creation whose words came sealed.
    pub(crate) fn accept(
        &self,
        brought: BroughtIn,
        values: Values,
        register: &Register,
        institution: &InstitutionId,
        entry: EntryId,
        key: Option<Key>,
    ) -> Result<Prepared, Failure> {
        let BroughtIn { covers, submission, files } = brought;
        measured(register, &covers, &submission, files.len())?;
        let custodians = self.circle(register, institution, &[]).recipients();
        let mut part = SealedPart::new(covers, submission.content.clone());
        part.brought = Some(Brought { files: numbered(files, &submission) });
        let mut rows = Vec::new();
        if let Some(identity) = submission.identity.clone() {
            let Apart { mut kept, rows: dealt } = self.take_apart(register, entry, identity);
            kept.covers.retain(|name| part.covers.contains(name));
            if kept.covers.is_empty() {
                return Err(unasked_identity().into());
            }
            (part.custody, rows) = (Some(kept), dealt);
        }
        let command = self.public_command(register, institution, entry, values, part, submission.recipient.to_string());
        let readers = self.readers(register, &self.foresee(&self.directory(), register, &command)?);
        submission.check(&once(&readers), &custodians).map_err(refusal)?;
        let wrap_of = |to: &Recipient| submission.wraps.iter().find(|wrap| wrap.to == *to).map(|wrap| wrap.wrap.clone());
        let row = |holder: String, recipient: Recipient, wrap| WrapRow { entry, holder, recipient, wrap };
        let mut wraps: Vec<WrapRow> =
            readers.into_iter().filter_map(|(holder, to)| wrap_of(&to).map(|wrap| row(holder, to, wrap))).collect();
        wraps.push(row(CODE.to_owned(), submission.code.recipient, submission.code.wrap));
        Ok(Prepared { command, wraps, rows, key, uses: None })
    }

    fn public_command(
        &self,
        register: &Register,
        institution: &InstitutionId,
        entry: EntryId,
        values: Values,
        part: SealedPart,
        recipient: String,
    ) -> Command {
        let act = Act::Create {
            number: String::new(),
            values,
            sealed: Some(part),
            recipient: Some(recipient),
            barred: Vec::new(),
            opened_by: None,
            owner: None,
        };
        let (institution, register) = (institution.clone(), register.name.clone());
        Command { institution, register, entry, actor: Actor::Public, seen: None, happened: None, act }
    }

    /// Everybody a new entry is wrapped to, by the name of the wrap.
    fn readers(&self, register: &Register, entry: &Entry) -> Vec<(String, Recipient)> {
        let recipients = self.shared.recipients();
        let people = entitled(&self.directory(), &recipients, register, entry, self.now());
        let people = people.into_iter().map(|(holder, recipient)| (holder.to_string(), recipient));
        people.chain(recipients.recovery.iter().map(|key| (RECOVERY.to_owned(), key.clone()))).collect()
    }
}

/// Each key once, whoever holds it twice.
fn once(readers: &[(String, Recipient)]) -> Vec<Recipient> {
    let mut keys: Vec<Recipient> = Vec::with_capacity(readers.len());
    for (_, key) in readers {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    keys
}

fn numbered(files: Vec<String>, submission: &vault::Submission) -> Vec<BroughtFile> {
    let cards = submission.cards.iter().cloned().map(String::from);
    files.into_iter().zip(cards).enumerate().map(|(at, (hash, card))| BroughtFile { number: at + 1, hash, card }).collect()
}

/// Lengths, counts, and that nothing is covered that the house would have to read at once.
fn measured(register: &Register, covers: &[FieldName], submission: &vault::Submission, files: usize) -> Result<(), Refusal> {
    let field = |name: &FieldName| register.fields.get(name);
    let is_too_long = |part: &vault::Sealed, most: usize| part.as_bytes().len() > most;
    if files > MOST_ATTACHMENTS
        || is_too_long(&submission.content, LONGEST_CONTENT)
        || submission.cards.iter().any(|card| is_too_long(card, LONGEST_CARD))
        || submission.identity.as_ref().is_some_and(|identity| is_too_long(&identity.content, LONGEST_IDENTITY))
    {
        return Err(Refusal::new(Code::TooLarge, "内容太长或附件太多，没有存下", "too long, or too many attachments; nothing was stored"));
    }
    if submission.cards.len() != files {
        return Err(Refusal::new(Code::Missing, "附件没有传全，请再提交一次", "an attachment did not arrive; send it again"));
    }
    let takes_files = covers.iter().filter_map(field).any(|field| matches!(field.kind, Kind::File { .. }));
    let mut twice = covers.iter().enumerate().filter(|(at, name)| covers[..*at].contains(name));
    if files > 0 && !takes_files || twice.next().is_some() || covers.iter().filter_map(field).any(|field| field.bars) {
        return Err(Refusal::new(Code::NotOnForm, "密封的内容与表单不合", "what is sealed does not fit the form"));
    }
    Ok(())
}

fn refusal(error: SubmissionError) -> Refusal {
    match error {
        SubmissionError::Readers | SubmissionError::Custodians => Refusal::new(
            Code::Stale,
            "接收人的密钥刚刚有变动，请再提交一次",
            "the keys of those who receive this have just changed; send it again",
        ),
        SubmissionError::NotSealed | SubmissionError::Cut | SubmissionError::Recipients | SubmissionError::Length => {
            Refusal::new(Code::UnknownValue, "内容没有按规定密封，没有存下", format!("nothing was stored: {error}"))
        }
    }
}

fn unasked_identity() -> Refusal {
    Refusal::new(Code::NotOnForm, "匿名举报不留姓名", "a report without a name brings no identity")
}
