//! A new entry.

use crate::address::{Pairs, encode};
use crate::drafts::{Claim, new_token};
use crate::draw::list_path;
use crate::failure::{Answer, Failure, status_of};
use crate::outward;
use crate::pages::forms::{self, EntryForm, FormPage, has_files};
use crate::pages::{handover, receipt};
use crate::posted::{self, Into, Posted};
use crate::staff::{Staff, see};
use crate::view::act::Give;
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::Register;
use catalogue::register::Verb;
use engine::form::{self, Input, Submission, Which};
use engine::{Code, FieldFault, Moment, Refusal, Value, Viewer};
use std::collections::BTreeMap;
use store::{Creation, Done, Key, Request as Wish};

/// `GET /r/{register}/new`
pub(crate) async fn show(staff: Staff, Path(name): Path<String>) -> Answer {
    let register = staff.register(&name)?;
    staff.need(&register, Verb::Create)?;
    let form = EntryForm { staff: &staff, register: &register, which: Which::Create };
    let input = form.begin();
    page(&form, StatusCode::OK, &new_token(), input, None, &[], BTreeMap::new()).await
}

/// `POST /r/{register}/new`
pub(crate) async fn create(staff: Staff, Path(name): Path<String>, request: Request) -> Answer {
    let register = staff.register(&name)?;
    staff.need(&register, Verb::Create)?;
    let form = EntryForm { staff: &staff, register: &register, which: Which::Create };
    let shelf = |pairs: &Pairs| Ok(staff.app.drafts.shelf(&staff.app.store, draft(pairs)?, register.name.as_str())?);
    let posted = posted::read_kept(&staff.app, &staff.signer, request, Into::Fields { register: &register, shelf: &shelf }).await?;
    let token = draft(&posted.pairs)?.to_owned();
    let mut input = form.input(&posted);
    if posted.is_foreign {
        let refusal = forms::foreign();
        let lost = forms::not_kept(&form, &posted);
        return page(&form, StatusCode::FORBIDDEN, &new_token(), input, Some(&refusal), &lost, BTreeMap::new()).await;
    }
    if let Some(found) = form.asked_for_more(&posted, &mut input).await? {
        return page(&form, StatusCode::OK, &token, input, None, &[], found).await;
    }
    let mut more = lost_files(&staff, &register, &token, &mut input, &posted);
    more.extend(form.time_faults(&posted));
    let happened = form.happened(&input).unwrap_or_default();
    let read = form::read(&form.context(), Which::Create, &input);
    let mut submission = match read {
        Ok(submission) if more.is_empty() => submission,
        Ok(_) => return page(&form, StatusCode::UNPROCESSABLE_ENTITY, &token, input, None, &more, BTreeMap::new()).await,
        Err(refusal) => return page(&form, StatusCode::UNPROCESSABLE_ENTITY, &token, input, Some(&refusal), &more, BTreeMap::new()).await,
    };
    mark_outside_hours(&form, &input, &mut submission, happened).await?;
    // What somebody told and staff took down gets a code like what is sent from the public page.
    let code = register.public.as_ref().filter(|public| public.code).map(|_| receipt::code_of(&staff.app, &token));
    let code_opens = code.as_ref().map(|code| staff.app.store.recipient_of(code));
    let creation = Creation { code: code_opens, ..submission.into() };
    let key = Key { name: format!("{}:{token}", register.name), said: Some(posted.said(&staff.app)) };
    if staff.app.store.answered(&staff.actor(), &key.name).await?.is_some_and(|done| done.said != key.said) {
        return again(&form, &token, input, &posted).await;
    }
    match store(&staff, &register, (&token, key), creation, happened).await? {
        Ok(done) => match code {
            Some(code) => handover::show(&staff, &register, &done, &code).await,
            None => Ok(see(&after(&staff, &register, &done))),
        },
        Err(refusal) => page(&form, status_of(refusal.code), &new_token(), input, Some(&refusal), &[], BTreeMap::new()).await,
    }
}

/// What was told outside the published hours of its channel is taken all the same, and says so whoever takes it down.
async fn mark_outside_hours(form: &EntryForm<'_>, input: &Input, submission: &mut Submission, happened: Option<Moment>) -> Answer<()> {
    let Some(hours) = form.register.public.as_ref().and_then(|public| public.hours.as_ref()) else { return Ok(()) };
    let is_asked = !form::unasked(&form.context(), form.which, input).contains(&hours.outside);
    let channel = submission.values.get(&hours.channel).and_then(|value| value.items().first()).map(ToString::to_string);
    if let Some(channel) = channel.filter(|_| is_asked)
        && outward::is_outside(&form.staff.app, &channel, happened.unwrap_or(form.staff.now)).await?
    {
        submission.values.insert(hours.outside.clone(), Value::Flag(true));
    }
    Ok(())
}

/// The token a form carries from try to try.
pub(crate) fn draft(pairs: &Pairs) -> Answer<&str> {
    pairs.get("_draft").filter(|token| token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit())).ok_or(Failure::Forged)
}

/// Stores the entry once, however often its form is sent.
async fn store(
    staff: &Staff,
    register: &Register,
    (token, key): (&str, Key),
    creation: Creation,
    happened: Option<Moment>,
) -> Answer<Result<Done, Refusal>> {
    let said = key.said.clone();
    let wish = |creation: Creation| {
        let wish = Wish { key: Some(key), ..Wish::create(staff.actor(), register.name.clone(), creation) };
        match happened {
            Some(at) => wish.with_happened(at),
            None => wish,
        }
    };
    let wish = match staff.app.drafts.claim(token).await {
        Claim::Stored(done) if done.said != said => return Ok(Err(store::other_words())),
        Claim::Stored(done) => return Ok(Ok(done)),
        Claim::Nothing => wish(creation),
        Claim::Draft(draft) => {
            let entry = draft.entry;
            wish(draft.into_creation(creation)).with_entry(entry)
        }
    };
    let done = staff.app.store.submit(wish).await;
    staff.app.drafts.settle(token, done.as_ref().ok());
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(store::Failure::Refusal(refusal)) => Ok(Err(*refusal)),
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

/// Other words came under a token that is used up: they stay on the page, to be sent under a new one. Files that came with them go on;
/// those of the first entry are part of that one.
async fn again(form: &EntryForm<'_>, token: &str, mut input: Input, posted: &Posted) -> Answer {
    let next = new_token();
    form.staff.app.drafts.pass_on(token, &next);
    for (name, files) in &mut input.files {
        files.retain(|file| posted.files.get(name).is_some_and(|new| new.iter().any(|one| one.hash == file.hash)));
    }
    let lost = forms::not_kept(form, posted);
    page(form, StatusCode::CONFLICT, &next, input, Some(&store::other_words()), &lost, BTreeMap::new()).await
}

/// Where a person who may read the new entry is led, and where one who may not.
fn after(staff: &Staff, register: &Register, done: &Done) -> String {
    let reads = !engine::rights::reach(&staff.viewer as &Viewer, register, Verb::Read).is_none();
    if reads { format!("/r/{}/{}?done=created", done.register, encode(&done.number)) } else { "/?done=created".to_owned() }
}

/// Files of an earlier try whose keys are gone: they must be chosen again, and the form says so.
fn lost_files(staff: &Staff, register: &Register, token: &str, input: &mut Input, posted: &Posted) -> Vec<FieldFault> {
    let mut faults = posted.faults.clone();
    if staff.app.drafts.holds(token) {
        return faults;
    }
    for (name, files) in input.files.iter_mut().filter(|(_, files)| !files.is_empty()) {
        files.clear();
        if let Some(field) = register.fields.get(name) {
            let text = |lang| staff.app.words.fill(lang, "file-again", &[("label", field.label.get(lang).to_owned().into())]);
            faults.push(FieldFault::new(name, Code::Missing, text(catalogue::Lang::Zh), text(catalogue::Lang::En)));
        }
    }
    faults
}

async fn page(
    form: &EntryForm<'_>,
    status: StatusCode,
    token: &str,
    input: Input,
    refusal: Option<&Refusal>,
    more: &[FieldFault],
    found: BTreeMap<String, crate::draw::form::Found>,
) -> Answer {
    let (staff, register) = (form.staff, form.register);
    let late = form.late(&input, more);
    let (mut parts, faults) = form.draw(input, refusal, more, found).await?;
    parts.push(late);
    let title = staff.begin(register);
    let path = list_path(register);
    let page = FormPage {
        shell: staff.shell(&title, Some(&register.area)).await?,
        back: Link::new(staff.text(&register.title), &path),
        small: None,
        about: None,
        faults,
        stale: None,
        post: format!("{path}/new"),
        once: None,
        give: vec![Give::new("_draft", token)],
        multipart: has_files(&form.fields()),
        parts,
        submit: staff.say("form-submit"),
        cancel: path,
    };
    staff.page_as(status, "pages/form.html", &page)
}
