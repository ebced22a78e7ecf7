//! One-time links sent by the gateway of text messages: a link for each number, the numbers in this request's memory and nowhere else.

use super::{DAY_MS, MOST_DAYS, Sending, Told, page, registers, stages, unit_field};
use crate::failure::Answer;
use crate::staff::Staff;
use crate::view::field::{Choice, Control, Field, Look};
use axum::extract::Request;
use axum::http::StatusCode;
use catalogue::Register;
use catalogue::register::Verb;
use engine::{Moment, UnitId};

/// Numbers of one sending.
const MOST_NUMBERS: usize = 200;
/// Signs of a telephone number, as any gateway knows one. Units: characters.
const NUMBER_SIGNS: std::ops::RangeInclusive<usize> = 5..=20;

/// The channel of the gateway that sends links, if one does.
pub(super) fn gateway(staff: &Staff) -> Option<String> {
    staff.app.config.post.as_ref().and_then(|post| post.sends_links_by().into_iter().next())
}

pub(super) fn fields(staff: &Staff, ratings: &Register, typed: &Sending) -> Vec<Field> {
    let options =
        stages(staff, ratings).into_iter().map(|(item, label)| Choice { on: typed.stage == item, value: item, label, hint: None });
    let fault = |name: &str| typed.faults.iter().find(|(at, _)| *at == name).map(|(_, text)| text.clone());
    let field = |name: &'static str, key: &str, control| Field::new(name, staff.say(key), control).required(true).fault(fault(name));
    let days = if typed.days.is_empty() { "14" } else { &typed.days }.to_owned();
    vec![
        field("sms_unit", "ratings-links-unit", unit_field(staff, &typed.unit)),
        field("sms_stage", "ratings-links-stage", Control::Choice { look: Look::Radio, options: options.collect() }),
        field("sms_days", "ratings-links-days", Control::Number { value: days, unit: None }),
        field("sms_numbers", "ratings-sms-numbers", Control::long(typed.numbers.as_str(), Some(6_000)))
            .hint(Some(staff.fill("ratings-sms-numbers-hint", &[("n", MOST_NUMBERS.into())]))),
    ]
}

/// `POST /ratings/sms`: sends each number its link, and says how many went.
pub(crate) async fn send(staff: Staff, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let (ratings, calls) = registers(&staff)?;
    staff.need(&ratings, Verb::Export)?;
    let typed = |name: &str| posted.pairs.get(name).unwrap_or_default().trim().to_owned();
    let [unit, stage, days, numbers] = ["sms_unit", "sms_stage", "sms_days", "sms_numbers"].map(typed);
    let mut asked = Sending { unit, stage, days, numbers, faults: Vec::new() };
    let unit = UnitId::parse(&asked.unit).filter(|unit| staff.directory.unit(*unit).is_some());
    let stage = stages(&staff, &ratings).into_iter().map(|(item, _)| item).find(|item| *item == asked.stage);
    let days = asked.days.parse::<i64>().ok().filter(|days| (1..=MOST_DAYS).contains(days));
    let numbers: Vec<String> = asked.numbers.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let wrong = [
        ("sms_unit", "ratings-links-unit-fault", unit.is_none()),
        ("sms_stage", "ratings-links-stage-fault", stage.is_none()),
        ("sms_days", "ratings-links-days-fault", days.is_none()),
        ("sms_numbers", "ratings-sms-numbers-fault", numbers.is_empty() || numbers.len() > MOST_NUMBERS),
    ];
    for (name, key, _) in wrong.into_iter().filter(|(_, _, is_wrong)| *is_wrong) {
        asked.faults.push((name, staff.say(key)));
    }
    let (true, Some(unit), Some(stage), Some(days)) = (asked.faults.is_empty(), unit, stage, days) else {
        return page(&staff, &ratings, &calls, StatusCode::UNPROCESSABLE_ENTITY, Told { sending: asked, ..Told::default() }).await;
    };
    let said = each(&staff, unit, &stage, Moment(staff.now.0 + days * DAY_MS), &numbers).await?;
    page(&staff, &ratings, &calls, StatusCode::OK, Told { said, ..Told::default() }).await
}

/// Makes and hands over one link after another. Answers how many went, and which lines did not and why; never a number.
async fn each(staff: &Staff, unit: UnitId, stage: &str, until: Moment, numbers: &[String]) -> Answer<Vec<String>> {
    let (Some(post), Some(channel), Some(address)) = (&staff.app.config.post, gateway(staff), &staff.app.config.address) else {
        return Ok(vec![staff.say("ratings-sms-none")]);
    };
    let (mut sent, mut failed) = (0_usize, Vec::new());
    for (at, number) in numbers.iter().enumerate() {
        let why = if !is_number(number) {
            Some(staff.say("ratings-sms-no-number"))
        } else {
            let code = staff.app.store.make_links(1, Some(unit), stage, until).await?.remove(0);
            post.send_link(&channel, number, &format!("{address}/s/{code}")).await.err()
        };
        match why {
            None => sent += 1,
            Some(why) => failed.push(staff.fill("ratings-sms-failed", &[("line", (at + 1).into()), ("why", why.into())])),
        }
    }
    Ok(std::iter::once(staff.fill("ratings-sms-sent", &[("n", sent.into())])).chain(failed).collect())
}

fn is_number(text: &str) -> bool {
    let plain = |sign: char| sign.is_ascii_digit() || matches!(sign, '+' | '-' | ' ');
    NUMBER_SIGNS.contains(&text.chars().count()) && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn a_number_is_digits_and_what_people_write_between_them() {
        for right in ["000-0000", "13800000000", "+86 138 0000 0000"] {
            assert!(is_number(right), "{right}");
        }
        for wrong in ["", "0000", "王五", "000-0000;x", "1234567890123456789012"] {
            assert!(!is_number(wrong), "{wrong:?}");
        }
    }
}
