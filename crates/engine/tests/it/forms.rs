//! What is typed, and what it means: amounts, dates, choices, rows, files, and what a form says when it is wrong.

use crate::house::{House, at, code, day, values};
use catalogue::{FieldName, Lang};
use engine::form::{self, Context, Input, Submission, Which};
use engine::{Entry, FileRef, PersonId, Refusal, Value};

/// A register with a field of every kind.
const KINDS: &str = "receipt = { is = \"text\", label = \"凭证\", max = 10 }
count   = { is = \"number\", label = \"数量\", decimals = 1, min = 1, max = 100 }
sure    = { is = \"yesno\", label = \"确定\" }
many    = { is = \"choice\", label = \"多选\", of = \"lists/form\", many = true }
people  = { is = \"person\", label = \"人员\", many = true }
photo   = { is = \"file\", label = \"照片\", max = 1 }
photos  = { is = \"file\", label = \"照片们\", many = true, max = 1 }
why     = { is = \"text\", label = \"原因\", required_if = \"form = 'cash'\" }
rows    = { is = \"table\", label = \"明细\", max = 3, columns = { form = { is = \"choice\", of = \"lists/form\", label = \"形式\", required = true }, amount = { is = \"money\", label = \"金额\", required = true, check = \"amount >= 0\" }, sure = { is = \"yesno\", label = \"估值\" }, note = { is = \"text\", label = \"备注\", required_if = \"amount > 100\", max = 5 } } }";

fn house() -> House {
    let mut house = House::with(&[("receipt = { is = \"text\", label = \"凭证\" }", KINDS), (", asks = [\"receipt?\"]", "")]);
    house.person("王芳", &[], "内科");
    house
}

fn input(typed: &[(&str, &str)]) -> Input {
    let mut input = Input::default();
    for (key, text) in typed {
        input.texts.entry((*key).to_owned()).or_default().push((*text).to_owned());
    }
    input
}

fn context(house: &House) -> Context<'_> {
    Context { catalogue: &house.catalogue, register: house.thing(), directory: &house.directory, now: house.now, me: None, my_unit: None }
}

fn read(house: &House, typed: &[(&str, &str)]) -> Result<Submission, Refusal> {
    form::read(&context(house), Which::Create, &input(typed))
}

fn one(field: &str, text: &str) -> Result<Value, &'static str> {
    match read(&house(), &[(field, text)]) {
        Ok(submission) => Ok(submission.values.get(field).unwrap_or_else(|| panic!("{text:?} was read as nothing")).clone()),
        Err(refusal) => {
            assert_eq!(refusal.fields.len(), 1, "{refusal}");
            assert_eq!(refusal.fields[0].field, field);
            assert!(!refusal.fields[0].text.zh.is_empty() && !refusal.fields[0].text.get(Lang::En).is_empty());
            Err(refusal.code.word())
        }
    }
}

/// Three questions in a chain, the last one sealed, and a move that asks one under a condition.
fn asking() -> House {
    let fields = "receipt = { is = \"text\", label = \"凭证\" }
other   = { is = \"text\", label = \"何种\", if = \"form = 'card'\", required = true }
colour  = { is = \"text\", label = \"颜色\", if = \"other is not empty\" }
secret  = { is = \"text\", label = \"密\", if = \"form = 'card'\", sensitivity = \"sealed\" }
photos  = { is = \"file\", label = \"照片\", many = true, if = \"form = 'card'\" }";
    House::with(&[("receipt = { is = \"text\", label = \"凭证\" }", fields), (", asks = [\"receipt?\"]", "")])
}

const ANSWERS: [(&str, &str); 3] = [("other", "钢笔"), ("colour", "红"), ("secret", "不可说")];

#[test]
fn what_is_not_asked_is_neither_required_nor_kept() {
    let house = asking();
    let typed = |form: &'static str| ANSWERS.into_iter().chain([("form", form)]).collect::<Vec<_>>();
    let kept = read(&house, &typed("card")).expect("all of it is asked");
    assert_eq!((kept.values.len(), kept.secret.covers().len()), (3, 1));
    let dropped = read(&house, &typed("cash")).expect("a form for which they are not asked");
    assert_eq!(dropped.values.keys().map(FieldName::as_str).collect::<Vec<_>>(), ["form"], "colour goes with what asked for it");
    assert!(dropped.secret.is_empty(), "and nothing of it is sealed");
    assert!(read(&house, &ANSWERS).expect("nothing chosen, nothing asked").values.is_empty());
    // Required where asked, and only there; a fault in what is not asked is none.
    assert_eq!(read(&house, &[("form", "card")]).err().map(|refusal| refusal.code.word()), Some("missing"));
    assert!(read(&house, &[("form", "cash"), ("other", &"长".repeat(600))]).is_ok());
}

#[test]
fn what_is_not_asked_is_not_carried_on() {
    let house = asking();
    let file = FileRef { hash: "0".repeat(64), name: "a.png".to_owned(), size: 1, happened: None };
    for (item, left) in [("card", 5), ("cash", 1)] {
        let mut input = input(&ANSWERS);
        input.texts.insert("form".to_owned(), vec![item.to_owned()]);
        input.files.insert("photos".into(), vec![file.clone()]);
        form::drop_unasked(&context(&house), Which::Create, &mut input);
        assert_eq!(input.texts.len() + input.files.len(), left, "{item}: {:?}", input.texts);
    }
}

#[test]
fn going_past_the_form_does_not_help() {
    let mut house = asking();
    let someone = house.person("作者", &[], "内科");
    let other = ("form", Value::Choice("card".into()));
    let given = ("other", Value::Text("钢笔".to_owned()));
    let entry = house.create(someone, &[other, given.clone()]);
    let cash = crate::house::creation(&[("form", Value::Choice("cash".into())), given.clone()]);
    let by = engine::Actor::Person(someone);
    assert_eq!(code(house.submit(house.thing(), None, by.clone(), cash)), "not_on_form");
    let empty = house.create(someone, &[]);
    assert_eq!(code(house.submit(house.thing(), Some(&empty), by.clone(), crate::house::edit(&[given]))), "not_on_form");
    // Corrected to another answer, what hung on it is emptied with it.
    let context = Context { me: Some(someone), ..context(&house) };
    let changed = form::read(&context, Which::Edit(&entry), &input(&[("form", "cash")])).expect("a correction");
    assert_eq!(changed.set.get("other"), Some(&None));
}

fn entry_of(house: &mut House, given: &[(&str, Value)]) -> (PersonId, Entry) {
    let author = house.person("作者", &[], "内科");
    let entry = house.create(author, given);
    (author, entry)
}

#[test]
fn amounts_are_exact_to_the_fen() {
    for (typed, fen) in [
        ("1200", 120_000),
        ("1200.5", 120_050),
        ("0.01", 1),
        ("0.29", 29),
        ("1.1", 110),
        ("1,234,567.89", 123_456_789),
        ("１２００．５０", 120_050),
        ("￥1200", 120_000),
        ("¥ 1200.00", 120_000),
        ("1200元", 120_000),
        ("1200.50 元", 120_050),
        ("9999999999999", 999_999_999_999_900),
        ("0", 0),
    ] {
        assert_eq!(one("value", typed), Ok(Value::Fen(fen)), "{typed}");
    }
    // More than any hospital has is a slip of the hand, not a rounded amount.
    assert_eq!(one("value", "45035996273704.97"), Err("unknown_value"));
}

#[test]
fn what_is_no_amount_is_refused_and_never_guessed() {
    for typed in ["1.234", "12,5", "1,23,4", ",123", "1e3", "1 200", "一千", "1.2万", "--5", ".", "0x10", "∞"] {
        assert_eq!(one("value", typed), Err("unknown_value"), "{typed}");
    }
    assert!(read(&house(), &[("value", "")]).unwrap().values.is_empty());
    assert_eq!(one("value", "-5"), Err("check_failed"), "negative is an amount, but the field's check says no");
}

#[test]
fn numbers_hold_their_decimals_and_bounds() {
    assert_eq!(one("count", "12.5"), Ok(Value::Number(12.5)));
    assert_eq!(one("count", "１２"), Ok(Value::Number(12.0)));
    assert_eq!(one("count", "12.50"), Ok(Value::Number(12.5)), "a trailing zero is no decimal");
    assert_eq!(one("count", "12.55"), Err("unknown_value"));
    assert_eq!(one("count", "1e1"), Err("unknown_value"));
    assert_eq!(one("count", "15e-1"), Err("unknown_value"), "an exponent hides decimals");
    assert_eq!(one("count", "NaN"), Err("unknown_value"));
    assert_eq!(one("count", "100"), Ok(Value::Number(100.0)));
    assert_eq!(one("count", "100.1"), Err("too_large"));
    assert_eq!(one("count", "0.9"), Err("too_small"));
}

#[test]
fn dates_as_people_write_them() {
    for typed in
        ["2026-02-11", "2026年2月11日", "2026/2/11", "2026.2.11", "２０２６年２月１１日", "2026 年 2 月 11 日", "20260211", " 2026-2-11 "]
    {
        assert_eq!(one("made_on", typed), Ok(day("2026-02-11")), "{typed}");
    }
    for typed in ["2026-02-30", "26-2-11", "2026年2月", "11/2/2026", "明天", "2026-2-11-1", "0226-02-11", "2026021"] {
        assert_eq!(one("made_on", typed), Err("unknown_value"), "{typed}");
    }
    assert_eq!(one("made_on", "2026-03-02"), Ok(day("2026-03-02")), "today");
    assert_eq!(one("made_on", "2026-03-03"), Err("check_failed"), "tomorrow");
}

#[test]
fn moments_as_people_write_them() {
    for typed in ["2026-03-01 14:30", "2026-03-01T14:30", "2026年3月1日 14:30", "2026/3/1 １４：３０", "2026-03-01 14:30:00"] {
        assert_eq!(one("made_at", typed), Ok(Value::Moment(at("2026-03-01T14:30"))), "{typed}");
    }
    assert_eq!(one("made_at", "2026-03-01"), Ok(Value::Moment(at("2026-03-01T00:00"))));
    for typed in ["2026-03-01 24:30", "2026-03-01 14", "2026-03-01 14:60", "2026-03-01 14:30:00:00", "14:30"] {
        assert_eq!(one("made_at", typed), Err("unknown_value"), "{typed}");
    }
}

#[test]
fn yes_and_no_in_both_languages() {
    for (typed, truth) in [("yes", true), ("是", true), ("有", true), ("on", true), ("no", false), ("否", false), ("无", false)] {
        assert_eq!(one("sure", typed), Ok(Value::Flag(truth)), "{typed}");
    }
    assert_eq!(one("sure", "也许"), Err("unknown_value"));
}

#[test]
fn choices_by_name_or_by_label() {
    assert_eq!(one("form", "card"), Ok(Value::Choice("card".into())));
    assert_eq!(one("form", "购物卡"), Ok(Value::Choice("card".into())));
    assert_eq!(one("form", "Shopping card"), Ok(Value::Choice("card".into())));
    assert_eq!(one("form", "支票"), Err("unknown_value"));
    assert_eq!(one("form", "coupon"), Err("not_dated"), "out of force since 2025");
    let many = read(&house(), &[("many", "cash"), ("many", "购物卡"), ("many", "cash")]).unwrap();
    assert_eq!(many.values["many"], Value::Choices(vec!["cash".into(), "card".into()]), "ticked twice is ticked");
    assert_eq!(code(read(&house(), &[("form", "cash"), ("form", "card")]).map(|_| ())), "unknown_value");
}

#[test]
fn an_item_out_of_force_stays_where_it_stands() {
    let mut house = house();
    house.now = at("2025-06-30T12:00");
    let row = values(&[("form", Value::Choice("coupon".into())), ("amount", Value::Fen(100))]);
    let (author, entry) = entry_of(&mut house, &[("form", Value::Choice("coupon".into())), ("rows", Value::Rows(vec![row]))]);
    house.now = at("2026-03-02T09:00");
    let typed = [("form", "coupon"), ("rows.0.form", "coupon"), ("rows.0.amount", "2")];
    let again = form::read(&context(&house), Which::Edit(&entry), &input(&typed)).expect("what the entry holds may stay, in rows too");
    let act = engine::Act::Edit { set: again.set, sealed: None, barred: Vec::new(), reason: None };
    assert!(house.submit(house.thing(), Some(&entry), engine::Actor::Person(author), act).is_ok());
    let other = form::read(&context(&house), Which::Edit(&entry), &input(&[("many", "coupon")]));
    assert_eq!(code(other.map(|_| ())), "not_dated", "another field may not take it up anew");
}

#[test]
fn people_by_number_or_by_a_name_only_one_has() {
    let mut house = house();
    let li = house.person("李明", &[], "内科");
    assert_eq!(read(&house, &[("keeper", "李明")]).unwrap().values["keeper"], Value::Person(li));
    assert_eq!(read(&house, &[("keeper", "0002")]).unwrap().values["keeper"], Value::Person(li));
    assert_eq!(read(&house, &[("keeper", &li.to_string())]).unwrap().values["keeper"], Value::Person(li));
    let second = house.person("李明", &[], "外科");
    let refusal = read(&house, &[("keeper", "李明")]).map(|_| ()).unwrap_err();
    assert!(refusal.fields[0].text.zh.contains("工号"), "two of a name: {refusal}");
    house.directory.people.get_mut(&second).unwrap().active = false;
    assert!(read(&house, &[("keeper", "李明")]).is_ok(), "who left is not meant");
    assert_eq!(code(read(&house, &[("keeper", "无名")]).map(|_| ())), "unknown_value");
}

#[test]
fn texts_have_a_length_and_one_line() {
    assert_eq!(one("receipt", "一二三四五六七八九十"), Ok(Value::Text("一二三四五六七八九十".into())), "characters, not bytes");
    assert_eq!(one("receipt", "一二三四五六七八九十一"), Err("too_long"));
    assert_eq!(one("receipt", "一\n二"), Err("unknown_value"));
    assert_eq!(one("why", &"长".repeat(501)), Err("too_long"), "a text without a limit still has one");
    assert_eq!(one("receipt", " 甲　"), Ok(Value::Text("甲".into())), "blanks around it fall away, full-width ones too");
}

#[test]
fn required_if_looks_at_the_rest_of_the_form() {
    assert!(read(&house(), &[("form", "card")]).is_ok(), "the near miss");
    let refusal = read(&house(), &[("form", "cash")]).map(|_| ()).unwrap_err();
    assert_eq!(
        (refusal.code.word(), refusal.fields[0].field.as_str(), refusal.fields[0].text.zh.as_str()),
        ("missing", "why", "请填写原因")
    );
    assert!(read(&house(), &[("form", "cash"), ("why", "急")]).is_ok());
}

#[test]
fn rows_are_read_judged_and_told_by_where_they_were_typed() {
    let typed =
        [("rows.0.form", "cash"), ("rows.0.amount", "1"), ("rows.2.form", "card"), ("rows.2.amount", "2.5"), ("rows.2.sure", "yes")];
    let rows = read(&house(), &typed).unwrap().values["rows"].clone();
    let first = values(&[("form", Value::Choice("cash".into())), ("amount", Value::Fen(100))]);
    let second = values(&[("form", Value::Choice("card".into())), ("amount", Value::Fen(250)), ("sure", Value::Flag(true))]);
    assert_eq!(rows, Value::Rows(vec![first, second]));
    let faults = |typed: &[(&str, &str)]| -> Vec<(String, &'static str)> {
        let refusal = read(&house(), typed).map(|_| ()).unwrap_err();
        refusal.fields.into_iter().map(|fault| (fault.field, fault.code.word())).collect()
    };
    // Row 1 was left empty: what is missing in row 2 is told of row 2.
    let gap = [("rows.1.form", ""), ("rows.1.amount", ""), ("rows.2.form", "cash")];
    assert_eq!(faults(&gap), [("rows.2.amount".to_owned(), "missing")]);
    assert_eq!(faults(&[("rows.0.form", "cash"), ("rows.0.amount", "x")]), [("rows.0.amount".to_owned(), "unknown_value")]);
    assert_eq!(faults(&[("rows.0.form", "cash"), ("rows.0.amount", "-1")]), [("rows.0.amount".to_owned(), "check_failed")]);
    assert_eq!(faults(&[("rows.0.form", "cash"), ("rows.0.amount", "100.01")]), [("rows.0.note".to_owned(), "missing")]);
    assert_eq!(
        faults(&[("rows.0.form", "cash"), ("rows.0.amount", "1"), ("rows.0.note", "一二三四五六")]),
        [("rows.0.note".to_owned(), "too_long")]
    );
    // Nothing but an untouched tick box is no row.
    assert!(read(&house(), &[("rows.0.sure", "no")]).unwrap().values.is_empty());
    assert!(read(&house(), &[("rows.0.amount", "0"), ("rows.0.form", "cash")]).is_ok(), "zero is an amount");
}

#[test]
fn rows_have_a_bound_and_none_is_dropped_in_silence() {
    let typed = |count: usize| -> Vec<(String, String)> {
        (0..count).flat_map(|at| [(format!("rows.{at}.form"), "cash".to_owned()), (format!("rows.{at}.amount"), "1".to_owned())]).collect()
    };
    let read_rows = |count| {
        let typed = typed(count);
        let typed: Vec<(&str, &str)> = typed.iter().map(|(key, text)| (key.as_str(), text.as_str())).collect();
        read(&house(), &typed).map(|_| ())
    };
    assert!(read_rows(3).is_ok());
    assert_eq!(code(read_rows(4)), "too_large");
    assert_eq!(code(read_rows(1_001)), "too_large");
}

#[test]
fn files_are_counted_and_weighed() {
    let file = |size| FileRef { hash: "0".repeat(64), name: "a.jpg".into(), size, happened: None };
    let with = |field: &str, files: Vec<FileRef>| {
        let mut input = Input::default();
        input.files.insert(FieldName::new(field), files);
        form::read(&context(&house()), Which::Create, &input).map(|submission| submission.values.len())
    };
    assert_eq!(with("photo", vec![file(1_048_576)]), Ok(1), "a whole mebibyte fits");
    assert_eq!(code(with("photo", vec![file(1_048_577)])), "too_large");
    assert_eq!(code(with("photo", vec![file(1), file(2)])), "unknown_value");
    assert_eq!(with("photos", vec![file(1), file(2)]), Ok(1));
}

#[test]
fn an_edit_leaves_alone_what_was_not_typed_and_empties_what_was() {
    let mut house = house();
    let (_, entry) = entry_of(&mut house, &[("value", Value::Fen(100)), ("form", Value::Choice("card".into()))]);
    let edit = |typed: &[(&str, &str)]| form::read(&context(&house), Which::Edit(&entry), &input(typed)).unwrap().set;
    assert!(edit(&[]).is_empty());
    assert!(edit(&[("value", "1.00")]).is_empty(), "the same value is no change");
    assert_eq!(edit(&[("value", "")]).into_iter().collect::<Vec<_>>(), [(FieldName::new("value"), None)]);
    assert_eq!(edit(&[("value", "2")])["value"], Some(Value::Fen(200)));
}

#[test]
fn sealed_values_part_from_the_rest_on_the_form() {
    let house = house();
    let submission = read(&house, &[("matter", "某人收受某物"), ("value", "1")]).unwrap();
    assert_eq!(submission.values.keys().map(FieldName::as_str).collect::<Vec<_>>(), ["value"]);
    assert_eq!(submission.set.len(), 1);
    assert_eq!(submission.secret.covers(), [FieldName::new("matter")]);
    let shown = format!("{:?} {:?} {:?}", submission.values, submission.set, submission.barred);
    assert!(!shown.contains("某人"), "{shown}");
    let opened = engine::SecretValues::from_plaintext(&submission.secret.to_plaintext()).unwrap();
    assert_eq!(opened.for_viewer_with_key()["matter"], Value::Text("某人收受某物".into()));
}

#[test]
fn what_is_typed_reads_back_as_it_was_shown() {
    let house = house();
    let given = [
        ("made_on", "2026-02-11"),
        ("made_at", "2026-03-01T14:30"),
        ("value", "1234.50"),
        ("form", "card"),
        ("count", "12.5"),
        ("sure", "yes"),
        ("receipt", "甲"),
        ("rows.0.form", "cash"),
        ("rows.0.amount", "0.07"),
    ];
    let first = read(&house, &given).unwrap().values;
    let mut typed: Vec<(String, String)> = Vec::new();
    for (name, value) in &first {
        let field = house.thing().field(name.as_str()).unwrap();
        match value {
            Value::Rows(rows) => typed.extend(form::typed_table(field, rows)),
            _ => typed.push((name.as_str().to_owned(), form::typed(field, value))),
        }
    }
    let typed: Vec<(&str, &str)> = typed.iter().map(|(key, text)| (key.as_str(), text.as_str())).collect();
    assert!(typed.len() >= given.len());
    assert_eq!(read(&house, &typed).unwrap().values, first);
}

#[test]
fn roles_kept_apart_are_not_granted_together() {
    let mut house = House::shipped();
    house.now = at("2026-03-02T09:00");
    let hr = house.person("人事", &["hr"], "人事");
    let unit = house.unit("内科");
    let grants = |roles: &[(&str, &str, Option<&str>)]| {
        let rows = roles.iter().map(|(role, from, until)| {
            let mut row = values(&[("role", Value::Choice((*role).into())), ("from", day(from))]);
            if let Some(until) = until {
                row.insert("until".into(), day(until));
            }
            row
        });
        Value::Rows(rows.collect())
    };
    let person = |roles: Value| {
        let given = [
            ("code", Value::Text("1001".into())),
            ("name", Value::Text("某员工".into())),
            ("unit", Value::Unit(unit)),
            ("class", Value::Choice(house.catalogue.lists["person_class"].items.keys().next().unwrap().clone())),
            ("rank", Value::Choice(house.catalogue.lists["rank"].items.keys().next().unwrap().clone())),
            ("party", Value::Flag(false)),
            ("official", Value::Flag(true)),
        ];
        let register = house.register("person");
        let entered = house.submit(register, None, engine::Actor::Person(hr), crate::house::creation(&given)).unwrap().entry;
        let mut propose = crate::house::step("propose_roles", &[("proposed", roles)]);
        if let engine::Act::Move { note, .. } = &mut propose {
            *note = Some(engine::Note::Plain("任免文件".into()));
        }
        house.submit(register, Some(&entered), engine::Actor::Person(hr), propose)
    };
    assert!(person(grants(&[("inspector", "2026-01-01", None), ("conduct", "2026-01-01", None)])).is_ok());
    assert_eq!(code(person(grants(&[("inspector", "2026-01-01", None), ("admin", "2026-01-01", None)]))), "check_failed");
    assert_eq!(
        code(person(grants(&[("admin", "2026-01-01", Some("2026-03-01")), ("inspector", "2026-03-01", None)]))),
        "check_failed",
        "a day in common"
    );
    assert!(
        person(grants(&[("admin", "2026-01-01", Some("2026-02-28")), ("inspector", "2026-03-01", None)])).is_ok(),
        "one after the other"
    );
}

/// What only moves fill in comes by no form, no correction and no import, whoever writes the command.
#[test]
fn roles_in_force_are_written_by_nobody_but_those_who_confirm() {
    let mut house = House::shipped();
    house.now = at("2026-03-02T09:00");
    let (hr, chief) = (house.person("人事", &["hr"], "人事"), house.person("书记", &["secretary"], "党办"));
    let unit = house.unit("内科");
    let grants = |role: &str| ("roles", Value::Rows(vec![values(&[("role", Value::Choice(role.into())), ("from", day("2026-03-02"))])]));
    let given = [
        ("code", Value::Text("1001".into())),
        ("name", Value::Text("某员工".into())),
        ("unit", Value::Unit(unit)),
        ("class", Value::Choice("doctor".into())),
        ("rank", Value::Choice("other".into())),
        ("party", Value::Flag(false)),
        ("official", Value::Flag(true)),
    ];
    let register = house.register("person");
    let with: Vec<_> = given.iter().cloned().chain([grants("inspector")]).collect();
    for actor in [engine::Actor::Person(hr), engine::Actor::Import(hr)] {
        let refused = house.submit(register, None, actor.clone(), crate::house::creation(&with)).unwrap_err();
        assert!(refused.fields.iter().any(|fault| fault.field == "roles" && fault.code == engine::Code::NotOnForm), "{actor:?}: {refused}");
        assert!(house.submit(register, None, actor, crate::house::creation(&given)).is_ok(), "without roles it comes in");
    }
    let founded = house.submit(register, None, engine::Actor::System, crate::house::creation(&with)).unwrap().entry;
    assert!(founded.values.contains_key("roles"), "the set-up founds the house");
    let both =
        Value::Rows(["inspector", "admin"].map(|role| values(&[("role", Value::Choice(role.into())), ("from", day("2026-03-02"))])).into());
    let with: Vec<_> = given.iter().cloned().chain([("roles", both)]).collect();
    let refused = house.submit(register, None, engine::Actor::System, crate::house::creation(&with));
    assert_eq!(code(refused), "check_failed", "nor does the set-up give what is kept apart");
    for who in [hr, chief] {
        let edited = house.submit(register, Some(&founded), engine::Actor::Person(who), crate::house::edit(&[grants("secretary")]));
        assert!(["not_on_form", "not_allowed", "form"].contains(&code(edited)), "what was filled in is not corrected either");
    }
}
