//! Handing content out to an authority: chosen by one, agreed to by another, packed once, confirmed by the authority's code.

use crate::content::seal_thing;
use crate::error::{Error, Failure, Result};
use crate::request::Done;
use crate::store::Store;
use crate::unsealing::Open;
use catalogue::register::Verb;
use catalogue::{FieldName, Service};
use engine::content::{Handed, Left};
use engine::{Code, ContentDeed, Entry, EntryId, FileRef, Refusal, Value, Viewer, rights};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vault::{Heading, PackageSealer, Packed, ReceiptCode, Recipient, SystemEntropy, VerifyingKey};

/// What goes and what is left out of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    pub fields: Vec<FieldName>,
    /// By the hash they are stored under.
    pub files: Vec<String>,
    /// Those of the files that go as they came in, with whatever they carry; the others as copies cleaned of it.
    #[serde(default)]
    pub as_they_are: Vec<String>,
    /// Words between house and reporter, by their place on the chain: what is written later does not go with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub letters: Vec<u64>,
    pub timeline: bool,
    /// Words left out wherever they stand.
    pub cut: Vec<String>,
    /// Why something is left out: an item of a list.
    pub left_why: String,
    /// Why a thing of its own is left out, where the reason is another: by a field's name, a file's hash, or the kind of the thing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub whys: BTreeMap<String, String>,
    /// Why it is handed out.
    pub why: String,
}

/// Whom content can be handed out to.
#[derive(Debug, Clone)]
pub struct Authority {
    pub entry: EntryId,
    pub name: String,
    pub key: AuthorityKey,
}

#[derive(Debug, Clone)]
pub enum AuthorityKey {
    /// They have none: the package is signed and travels in somebody's hand.
    None,
    /// Nobody compared it with them yet: nothing is sealed to it.
    Unchecked(Recipient),
    Checked(Recipient),
}

/// What is packed. Every word in it is already without what was to be left out.
#[derive(Default)]
pub struct Parcel {
    /// Papers by name.
    pub papers: Vec<(String, Vec<u8>)>,
    /// Files of the entry, by the name they get.
    pub files: Vec<(String, FileRef)>,
    /// What was left out, for the chain: fields and reasons by their names.
    pub left: Vec<Left>,
    /// The same in words, for the authority.
    pub told: Vec<Left>,
    /// What is written above the code.
    pub note: String,
}

/// A package, ready to be taken away. It is kept nowhere.
pub struct PackageMade {
    pub bytes: Vec<u8>,
    pub is_sealed: bool,
    pub done: Done,
}

/// Most that one package holds. Units: bytes.
const MOST: u64 = 256 << 20;

impl Store {
    /// The house's public key: packages and receipts are checked by it. `None`: this folder holds no signing key.
    pub fn house_key(&self) -> Option<VerifyingKey> {
        self.shared.signer.as_ref().map(vault::SigningKey::verifying_key)
    }

    /// Authorities in use that a viewer may read, by name.
    pub async fn authorities(&self, viewer: &Viewer) -> Result<Vec<Authority>> {
        let Ok(register) = self.serving(Service::Authorities) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for entry in self.table(&register.name).await? {
            let is_used = register.states.get(&entry.state).is_some_and(|state| !state.end);
            if is_used && rights::may(viewer, &register, Verb::Read, &entry).is_ok() {
                found.push(authority(&entry));
            }
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    /// What an authority's own entry says of its key.
    pub fn authority_of(&self, entry: &Entry) -> Option<Authority> {
        (self.catalogue().service_of(entry.register.as_str()) == Some(Service::Authorities)).then(|| authority(entry))
    }

    /// Asks to hand content out; another person is told where the definition wants one.
    pub async fn ask_to_hand(&self, open: &Open, by: &Viewer, to: EntryId, choice: &Choice) -> Result<Done, Failure> {
        let authority = self.usable(to, by).await?;
        if choice.why.trim().is_empty() {
            return Err(Refusal::new(Code::Missing, "请写明移送的理由", "say why it is handed out").into());
        }
        let known = open.files();
        if let Some(hash) = choice.files.iter().find(|hash| !known.iter().any(|file| file.hash == **hash)) {
            return Err(Error::NoFile(hash.clone()).into());
        }
        let deed = ContentDeed::HandAsked {
            to,
            authority: authority.name,
            fields: choice.fields.clone(),
            files: u32::try_from(choice.files.len()).unwrap_or(u32::MAX),
            letters: u32::try_from(choice.letters.len()).unwrap_or(u32::MAX),
            timeline: choice.timeline,
            plan: seal_thing(&open.found.entry, choice)?,
        };
        self.deed(&open.found.entry, by, deed, Vec::new()).await
    }

    /// Agrees as another person, declines, or takes one's own wish back.
    pub async fn answer_handing(&self, entry: &Entry, by: &Viewer, agree: bool) -> Result<Done, Failure> {
        let deed = if agree { ContentDeed::HandAgreed } else { ContentDeed::HandDeclined };
        self.deed(entry, by, deed, Vec::new()).await
    }

    /// Packs, signs, and records the package's hash before it is given to anybody.
    pub async fn hand_out(&self, open: &Open, by: &Viewer, parcel: Parcel) -> Result<PackageMade, Failure> {
        let entry = &open.found.entry;
        let nothing = || Refusal::new(Code::NothingAsked, "移送还没有经另一人同意", "nobody agreed to handing it out yet");
        let handing = entry.content.handing.as_ref().filter(|handing| handing.agreed).ok_or_else(nothing)?;
        if parcel.files.iter().map(|(_, file)| file.size).sum::<u64>() > MOST {
            let (zh, en) =
                ("附件合计超过 256 MB，请分几次移送", "the files are more than 256 MB together: hand them out in several packages");
            return Err(Refusal::new(Code::TooLarge, zh, en).into());
        }
        let authority = self.usable(handing.to, by).await?;
        let left = parcel.left.clone();
        let (bytes, packed, is_sealed) = self.pack(open, &authority, parcel)?;
        let deed = ContentDeed::HandMade {
            sha256: packed.receipt.sealed_sha256.clone(),
            receipt: serde_json::to_string(&packed.receipt).map_err(|error| Error::damaged("a receipt", error))?,
            is_sealed,
            withheld: left,
        };
        let done = self.deed(entry, by, deed, Vec::new()).await?;
        Ok(PackageMade { bytes, is_sealed, done })
    }

    fn pack(&self, open: &Open, authority: &Authority, parcel: Parcel) -> Result<(Vec<u8>, Packed, bool), Failure> {
        let signer = self.shared.signer.as_ref().ok_or_else(|| Error::WrongKey { file: "keys/signing.key".to_owned() })?;
        let heading = Heading {
            institution: self.institution().0.clone(),
            reference: open.found.entry.number.clone(),
            authority: authority.name.clone(),
            made_ms: self.now().0,
        };
        let wrong = |error: vault::PackageError| Error::damaged("a package", error);
        let (mut sealer, is_sealed) = match &authority.key {
            AuthorityKey::Checked(key) => (PackageSealer::new(key, heading, Vec::new()).map_err(wrong)?, true),
            AuthorityKey::None => (PackageSealer::unsealed(heading, Vec::new()), false),
            AuthorityKey::Unchecked(_) => return Err(unchecked().into()),
        };
        for (name, paper) in &parcel.papers {
            sealer.add(name, paper.as_slice()).map_err(wrong)?;
        }
        for (name, file) in &parcel.files {
            let mut content = zeroize::Zeroizing::new(Vec::new());
            self.open_file(open, file, &mut *content)?;
            sealer.add(name, content.as_slice()).map_err(wrong)?;
        }
        for left in &parcel.told {
            sealer.withhold(&left.what, &left.reason);
        }
        let (bytes, packed) = sealer.finish(signer, &parcel.note, &mut SystemEntropy).map_err(wrong)?;
        Ok((bytes, packed, is_sealed))
    }

    /// Takes the code the authority told back. It fits one package that was made of this entry, or none.
    pub async fn confirm_handing(&self, entry: &Entry, by: &Viewer, code: &str) -> Result<Done, Failure> {
        let wrong = || {
            Refusal::new(
                Code::UnknownValue,
                "确认码不对：核对后再输",
                "this is not the code of a package made here: check it and type it again",
            )
        };
        let code = ReceiptCode::parse(code).map_err(|_| wrong())?;
        let fits = |handed: &&Handed| receipt_of(handed).is_some_and(|receipt| receipt.is_confirmed_by(&code));
        let handed = entry.content.handed.iter().find(fits).ok_or_else(wrong)?;
        let day = self.now().date();
        let start = handed.sha256.get(..16).unwrap_or(&handed.sha256);
        let deed = ContentDeed::HandConfirmed { sha256: handed.sha256.clone(), words: format!("{day} {start} 已回告") };
        self.deed(entry, by, deed, Vec::new()).await
    }

    /// An authority that content can go to.
    async fn usable(&self, to: EntryId, viewer: &Viewer) -> Result<Authority, Failure> {
        let unknown =
            || Refusal::new(Code::UnknownValue, "没有这个接收机关，或已停用", "there is no such authority, or it is no longer used");
        let found = self.authorities(viewer).await?.into_iter().find(|authority| authority.entry == to).ok_or_else(unknown)?;
        if matches!(found.key, AuthorityKey::Unchecked(_)) { Err(unchecked().into()) } else { Ok(found) }
    }
}

impl Open {
    /// Every sealed file of the entry, and every plain one, in the order of the form.
    pub fn files(&self) -> Vec<FileRef> {
        let sealed = self.values.for_viewer_with_key();
        let all = self.found.register.fields.keys().filter_map(|name| sealed.get(name).or_else(|| self.found.entry.values.get(name)));
        all.flat_map(|value| value.files().to_vec()).collect()
    }

    /// What was chosen to go.
    pub fn choice(&self) -> Result<Option<Choice>> {
        self.found.entry.content.handing.as_ref().map(|handing| self.thing(&handing.plan)).transpose()
    }

    /// What is to be redacted.
    pub fn redaction(&self) -> Result<Option<crate::Redaction>> {
        self.found.entry.content.redaction.as_ref().map(|asked| self.thing(&asked.plan)).transpose()
    }
}

/// The house's receipt of a package.
pub fn receipt_of(handed: &Handed) -> Option<vault::Receipt> {
    serde_json::from_str(&handed.receipt).ok()
}

fn authority(entry: &Entry) -> Authority {
    let text = |name: &str| entry.values.get(name).and_then(Value::as_text).unwrap_or_default();
    let key = match text("key").parse::<Recipient>() {
        Ok(key) if entry.values.contains_key("checked_on") => AuthorityKey::Checked(key),
        Ok(key) => AuthorityKey::Unchecked(key),
        Err(_) => AuthorityKey::None,
    };
    Authority { entry: entry.id, name: text("name").to_owned(), key }
}

fn unchecked() -> Refusal {
    let (zh, en) = ("对方的公钥还没有电话核对，先核对再移送", "the authority's key was not checked by telephone yet: check it first");
    Refusal::new(Code::Condition, zh, en)
}
