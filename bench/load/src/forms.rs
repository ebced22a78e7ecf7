//! Forms that lie open before the clock runs: a person fills one in over minutes, so asking for it is no part of sending it.

use crate::client::Client;
use anyhow::Context;
use std::cell::RefCell;

/// Tokens of forms that were asked for and not sent yet.
#[derive(Debug, Default)]
pub struct Forms(RefCell<Vec<String>>);

impl Forms {
    /// So many forms, asked for over one connection. Errors: the house does not give one.
    pub async fn open(client: &mut Client, count: usize) -> anyhow::Result<Forms> {
        let mut tokens = Vec::with_capacity(count);
        for _ in 0..count {
            tokens.push(ask(client).await?);
        }
        Ok(Forms(RefCell::new(tokens)))
    }

    /// One that lies open, or a new one. Errors: as [`Forms::open`].
    pub async fn take(&self, client: &mut Client) -> anyhow::Result<String> {
        let open = self.0.borrow_mut().pop();
        match open {
            Some(token) => Ok(token),
            None => ask(client).await,
        }
    }
}

/// What the house gives every form it is asked for.
async fn ask(client: &mut Client) -> anyhow::Result<String> {
    let page = client.get("/report").await?;
    let token = page.text.split("name=\"_draft\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    token.map(str::to_owned).context("the form came without a token")
}
