//! Letters in: a mailbox is looked into again and again. A letter is taken away only when its report is on the disk, and is known again by its
//! bytes, so that neither a crash nor a second look loses or doubles one.

use super::House;
use super::intake::{self, Arrived, Came};
use ::post::mail::{self, By, From, Letter};
use ::post::{Error, Mailbox, MailboxSettings, Notice, Reason, Waiting, hook};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use store::Failure;
use web::{APART, PutApart, Why, Wording};

/// Letters that were put apart and are told of.
const LINES: usize = 500;
/// One address is answered once in so long: whoever writes a hundred letters in somebody else's name does not have them flooded. Units: milliseconds.
const ANSWER_MS: i64 = 24 * 60 * 60 * 1000;
/// Addresses remembered for that.
const MOST_ANSWERED: usize = 10_000;

/// Looks into a mailbox until it is dropped.
pub async fn watch(house: House, at: usize) {
    let settings = house.settings.mailbox[at].clone();
    let every = Duration::from_secs(settings.every.max(1));
    let mut watch = Watch { house, settings, answered: HashMap::new(), stayed: BTreeSet::new() };
    loop {
        let wrong = watch.look().await.unwrap_or_else(|error| Some(error.to_string()));
        let is_news = watch.house.standing.note(&watch.settings.name, watch.house.store.now(), wrong.clone());
        if let Some(wrong) = wrong.filter(|_| is_news) {
            tracing::warn!(mailbox = watch.settings.name, error = wrong, "a mailbox could not be looked into");
        }
        tokio::time::sleep(every).await;
    }
}

struct Watch {
    house: House,
    settings: MailboxSettings,
    /// Addresses answered, as hashes, and when.
    answered: HashMap<String, i64>,
    /// Letters that were looked at and lie there still.
    stayed: BTreeSet<u32>,
}

/// What becomes of a letter on the mail server.
enum Fate {
    Remove,
    Apart {
        why: Why,
        what: String,
        reported: bool,
    },
    /// It stays and is tried again.
    Stay,
}

impl Watch {
    /// Answers what the server refused of single letters, the last of it: no letter stops those behind it.
    async fn look(&mut self) -> Result<Option<String>, Error> {
        let password = self.house.secrets.get(&self.settings.name);
        let mut mailbox = Mailbox::open(&self.settings, password.as_ref().map(|password| password.as_str())).await?;
        let mut wrong = None;
        for waiting in mailbox.waiting(&mut self.stayed).await? {
            // Whatever happens now, it waits behind the others until it is gone.
            self.stayed.insert(waiting.uid);
            match self.one(&mut mailbox, waiting).await {
                Ok(()) => {}
                Err(error @ Error::Refused { .. }) => wrong = Some(error.to_string()),
                Err(error) => return Err(error),
            }
        }
        mailbox.close().await;
        Ok(wrong)
    }

    async fn one(&mut self, mailbox: &mut Mailbox, waiting: Waiting) -> Result<(), Error> {
        let key = |raw: &[u8]| hook::sign(self.house.store.secret("letters").as_slice(), "mail", raw);
        if waiting.size > mail::MOST_BYTES as u64 {
            // It is never fetched: the mailbox's own number and its size stand for it.
            let key = key(format!("{} {} {}", self.settings.name, waiting.uid, waiting.size).as_bytes());
            let fate = self.unread(mail::Unreadable::TooLarge, key).await;
            return self.end(mailbox, waiting.uid, fate).await;
        }
        let Some(raw) = mailbox.fetch(waiting.uid).await? else { return Ok(()) };
        let key = key(&raw);
        // Large letters take a while to read, which is no work for the threads that answer pages.
        let read = tokio::task::spawn_blocking(move || mail::parse(&raw)).await.unwrap_or(Err(mail::Unreadable::Broken));
        let letter = match read {
            Err(why) => {
                let fate = self.unread(why, key).await;
                return self.end(mailbox, waiting.uid, fate).await;
            }
            Ok(letter) if letter.by == By::Machine => {
                let what = "an absence note, a failed delivery or the like".to_owned();
                return self.end(mailbox, waiting.uid, Fate::Apart { why: Why::Machine, what, reported: false }).await;
            }
            Ok(letter) => letter,
        };
        let answer = letter.from.clone().filter(|_| letter.by == By::Person).map(|from| (from, letter.id.clone()));
        let (fate, is_new) = self.take(letter, key).await;
        let ended = self.end(mailbox, waiting.uid, fate).await;
        if let Some((from, id)) = answer.filter(|_| is_new) {
            self.acknowledge(&from, id.as_deref()).await;
        }
        ended
    }

    /// Stores a letter. Answers what becomes of it, and whether it is new.
    async fn take(&self, letter: Letter, key: String) -> (Fate, bool) {
        let arrived = Arrived {
            key: format!("mail:{key}"),
            channel: &self.settings.channel,
            with: &self.settings.with,
            sender: letter.from.as_ref().map(sender),
            text: words(&letter.subject, letter.text),
            files: letter.files.into_iter().map(|file| (file.name, file.bytes)).collect(),
        };
        match self.store(arrived).await {
            Ok(Came { again, left_out: 0 }) => (Fate::Remove, !again),
            Ok(Came { again, left_out }) => {
                let what = format!("{left_out} attachments too large or of a kind not taken");
                (Fate::Apart { why: Why::LeftOut, what, reported: true }, !again)
            }
            Err(fate) => (fate, false),
        }
    }

    /// A letter that cannot be read is a report all the same, which says where it lies: else nobody who handles reports would know of it.
    async fn unread(&self, why: mail::Unreadable, key: String) -> Fate {
        let (mailbox, folder) = (&self.settings.name, &self.settings.apart);
        let text = format!(
            "（有一封来信无法自动读入。原信在邮箱“{mailbox}”的文件夹“{folder}”里，请用邮件程序打开，把内容补记进来） / \
             (A letter that could not be read in: {why}. It lies in the folder `{folder}` of the mailbox `{mailbox}`; open it there and note here what it says)"
        );
        let arrived = Arrived {
            key: format!("mail:{key}"),
            channel: &self.settings.channel,
            with: &self.settings.with,
            sender: None,
            text,
            files: Vec::new(),
        };
        match self.store(arrived).await {
            Ok(_) => Fate::Apart { why: Why::Unreadable, what: why.to_string(), reported: true },
            Err(fate) => fate,
        }
    }

    async fn store(&self, arrived: Arrived<'_>) -> Result<Came, Fate> {
        match intake::take(&self.house.store, arrived).await {
            Ok(came) => Ok(came),
            Err(Failure::Refusal(refusal)) => Err(Fate::Apart { why: Why::Refused, what: refusal.code.word().to_owned(), reported: false }),
            Err(Failure::Error(error)) => {
                tracing::error!(mailbox = self.settings.name, %error, "a letter could not be stored and stays where it is");
                Err(Fate::Stay)
            }
        }
    }

    async fn end(&self, mailbox: &mut Mailbox, uid: u32, fate: Fate) -> Result<(), Error> {
        match fate {
            Fate::Stay => Ok(()),
            Fate::Remove => mailbox.remove(uid).await,
            Fate::Apart { why, what, reported } => {
                mailbox.put_apart(uid).await?;
                self.tell(why, what, reported).await;
                Ok(())
            }
        }
    }

    /// Notes a letter that was put apart where the page tells it.
    async fn tell(&self, why: Why, what: String, reported: bool) {
        let store = &self.house.store;
        tracing::warn!(mailbox = self.settings.name, what, "a letter was put apart");
        let (mailbox, folder) = (self.settings.name.clone(), self.settings.apart.clone());
        let line = PutApart { at: store.now().0, mailbox, folder, why, what, reported };
        let noted = async {
            let kept = store.setting(APART).await?.unwrap_or_default();
            let mut lines: Vec<PutApart> = serde_json::from_str(&kept).unwrap_or_default();
            lines.insert(0, line);
            lines.truncate(LINES);
            store.set_setting(APART, &serde_json::to_string(&lines).unwrap_or_default()).await
        };
        if let Err(error) = noted.await {
            tracing::error!(%error, "that a letter was put apart could not be noted");
        }
    }

    /// Says that a letter came in: no content, no code, once a day to one address. It is not queued, because an address is kept nowhere
    /// in the clear; killed just now, an acknowledgement is lost, never a report.
    async fn acknowledge(&mut self, from: &From, id: Option<&str>) {
        if !self.settings.acknowledge || self.house.settings.smtp.is_none() || !self.is_first(&from.reply_to) {
            return;
        }
        let said = Wording::came_in(&self.house.words, self.house.address.as_deref());
        let sent = match self.house.sender() {
            Ok(sender) => {
                sender
                    .send(Notice { to: &from.reply_to, subject: &said.subject, text: &said.text, reason: Reason::Answer { to: id } })
                    .await
            }
            Err(error) => Err(error),
        };
        let wrong = sent.err().map(|error| error.to_string());
        self.house.standing.note("smtp", self.house.store.now(), wrong);
    }

    fn is_first(&mut self, address: &str) -> bool {
        let now = self.house.store.now().0;
        let hash = hook::sign(self.house.store.secret("letters").as_slice(), "answered", address.to_lowercase().as_bytes());
        self.answered.retain(|_, at| now - *at < ANSWER_MS);
        self.answered.len() < MOST_ANSWERED && self.answered.insert(hash, now).is_none()
    }
}

/// Who wrote, as it is kept: a name only where one is given.
fn sender(from: &From) -> String {
    if from.name.is_empty() || from.name == from.address { from.address.clone() } else { format!("{} <{}>", from.name, from.address) }
}

/// The subject is often half of what is said.
fn words(subject: &str, text: String) -> String {
    match (subject.is_empty(), text.is_empty()) {
        (true, _) => text,
        (false, true) => subject.to_owned(),
        (false, false) => format!("{subject}\n\n{text}"),
    }
}
