//! What is said to whoever opens something its sender sealed, where it is not as it should be: the house could not look inside before.

use crate::failure::{Answer, Failure};
use crate::sniff;
use crate::visit::Visit;
use catalogue::FieldName;
use engine::FileRef;
use engine::brought::Doubt;
use store::Open;

/// A sentence for each thing. Attachments are told by their content here, for the first time; none is taken away.
pub(crate) async fn told(visit: &Visit, open: Open) -> Answer<(Open, Vec<String>)> {
    let register = open.found.register.clone();
    let label = |name: &FieldName| register.fields.get(name).map_or_else(|| name.to_string(), |field| visit.text(&field.label).to_owned());
    let say = |doubt: &Doubt| match doubt {
        Doubt::Unreadable => visit.say("doubt-unreadable"),
        Doubt::Empty(name) => visit.fill("doubt-empty", &[("label", label(name).into())]),
        Doubt::Unfit(name) => visit.fill("doubt-unfit", &[("label", label(name).into())]),
        Doubt::Unasked(n) => visit.fill("doubt-unasked", &[("n", (*n).into())]),
        Doubt::Astray => visit.say("doubt-astray"),
    };
    let mut said: Vec<String> = open.doubts.iter().map(say).collect();
    let store = visit.app.store.clone();
    let look = move || {
        let odd: Vec<(FileRef, bool)> = brought_files(&open)
            .into_iter()
            .filter_map(|file| match store.start_of_file(&open, &file, sniff::NEEDED) {
                Ok(start) if sniff::of(&file.name, &start).is_some() => None,
                Ok(_) => Some((file, true)),
                Err(_) => Some((file, false)),
            })
            .collect();
        (open, odd)
    };
    let (open, odd) = tokio::task::spawn_blocking(look).await.map_err(Failure::broken)?;
    for (file, opens) in odd {
        let key = if opens { "doubt-file" } else { "doubt-file-broken" };
        said.push(visit.fill(key, &[("name", file.name.into())]));
    }
    Ok((open, said))
}

/// Attachments that nobody has looked into yet.
fn brought_files(open: &Open) -> Vec<FileRef> {
    let brought = open.found.entry.sealed.iter().filter_map(|part| part.brought.as_ref());
    let hashes: Vec<&str> = brought.flat_map(|brought| &brought.files).map(|file| file.hash.as_str()).collect();
    let shown = open.values.for_viewer_with_key().values().flat_map(|value| value.files().to_vec());
    shown.filter(|file| hashes.contains(&file.hash.as_str())).collect()
}
