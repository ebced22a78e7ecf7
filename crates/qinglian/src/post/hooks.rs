//! Gateways: messages in, links out.

use super::House;
use super::intake::{self, Arrived};
use ::post::{Gateway, hook};
use futures::future::BoxFuture;
use store::Failure;
use web::{HookRefused, Post, Posted, Taken, Way};

impl Post for House {
    fn hook(&self, posted: Posted) -> BoxFuture<'_, Result<Taken, HookRefused>> {
        Box::pin(self.take_hook(posted))
    }

    fn in_time(&self, timestamp: Option<&str>) -> bool {
        hook::in_time(timestamp, store::real_time().0 / 1000).is_ok()
    }

    fn most_bytes(&self) -> usize {
        hook::MOST_BYTES
    }

    fn send_link<'a>(&'a self, channel: &'a str, to: &'a str, url: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let sent = self.hand_over(channel, to, url).await;
            let wrong = sent.as_ref().err().cloned();
            self.standing.note(channel, self.store.now(), wrong);
            sent
        })
    }

    fn sends_links_by(&self) -> Vec<String> {
        self.settings.gateway.iter().filter(|gateway| gateway.url.is_some()).map(|gateway| gateway.channel.clone()).collect()
    }

    fn sends_mail(&self) -> bool {
        self.settings.smtp.is_some()
    }

    fn ways(&self) -> Vec<Way> {
        self.standing.all()
    }
}

impl House {
    async fn take_hook(&self, posted: Posted) -> Result<Taken, HookRefused> {
        let settings = self.settings.gateway.iter().find(|one| one.channel == posted.channel).ok_or(HookRefused::Unknown)?;
        let Some(secret) = self.secrets.get(&settings.channel) else {
            self.standing.note(&settings.channel, self.store.now(), Some(format!("there is no secret for {}", settings.channel)));
            return Err(HookRefused::Unknown);
        };
        // The gateway's clock is compared with this machine's, not with a demo's.
        let now = store::real_time().0 / 1000;
        let verified = hook::verify(secret.as_bytes(), posted.timestamp.as_deref(), posted.signature.as_deref(), &posted.body, now);
        verified.map_err(|fault| HookRefused::Forged(fault.to_string()))?;
        let message = hook::read(&posted.body).map_err(|fault| HookRefused::Unreadable(fault.to_string()))?;
        let key = hook::sign(self.store.secret("letters").as_slice(), &settings.channel, &message.sameness());
        let arrived = Arrived {
            key: format!("hook:{key}"),
            channel: &settings.channel,
            with: &settings.with,
            sender: message.from,
            text: message.text,
            files: message.files,
        };
        match intake::take(&self.store, arrived).await {
            Ok(came) => {
                self.standing.note(&settings.channel, self.store.now(), None);
                Ok(Taken { again: came.again, left_out: came.left_out })
            }
            Err(Failure::Refusal(refusal)) => {
                tracing::warn!(refusal.code = refusal.code.word(), gateway = settings.channel, "a message was not taken");
                Err(HookRefused::Unreadable(format!("the register does not take it ({})", refusal.code.word())))
            }
            Err(Failure::Error(error)) => {
                tracing::error!(%error, gateway = settings.channel, "a message could not be stored");
                Err(HookRefused::Later)
            }
        }
    }

    async fn hand_over(&self, channel: &str, to: &str, url: &str) -> Result<(), String> {
        let settings = self.settings.gateway.iter().find(|one| one.channel == channel).ok_or("there is no such gateway")?;
        let secret = self.secrets.get(channel);
        let gateway = Gateway::new(settings, secret.as_ref().map(|secret| secret.as_str())).map_err(|error| error.to_string())?;
        let gateway = gateway.ok_or("this gateway takes no links: give it a `url`")?;
        let id = store::new_entry().to_string();
        gateway.send_link(&id, to, url, store::real_time().0 / 1000).await.map_err(|error| error.to_string())
    }
}
