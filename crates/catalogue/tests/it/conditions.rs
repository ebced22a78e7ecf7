//! Conditions: what is said of a wrong one, and what a right one may look like.

use crate::{broken, line_of, small};
use catalogue::Catalogue;
use catalogue::expr::{Expr, Literal, Op, Operand};

const GIFT: &str = "registers/gift/gift.toml";

fn small_catalogue() -> Catalogue {
    Catalogue::load(&small(), None).expect("the small catalogue is sound")
}

fn read(text: &str) -> Result<Expr, String> {
    let catalogue = small_catalogue();
    let register = catalogue.register("gift").expect("the gift register is there");
    catalogue.condition(register, text).map_err(|(zh, en)| {
        assert!(!zh.is_empty());
        en
    })
}

fn wrong(text: &str, says: &str) {
    match read(text) {
        Ok(expr) => panic!("`{text}` was read as {expr:?}"),
        Err(en) => assert!(en.contains(says), "`{text}` says {en:?}, expected {says:?}"),
    }
}

#[test]
fn a_wrong_condition_says_what_and_how() {
    wrong("recieved_on = today", "`recieved_on` in the condition is no field; did you mean `received_on`?");
    wrong("form = cash", "`cash` in the condition is no field");
    wrong("value > 'much'", "cannot compare money with text");
    wrong("received_on > 5", "cannot compare a date with a number");
    wrong("form < 'cash'", "text compares with = and != only");
    wrong("form = 'kash'", "there is no item 'kash'; did you mean 'cash'?");
    wrong("state = 'helt'", "there is no item 'helt'; did you mean 'held'?");
    wrong("state in ('held', 'helt')", "there is no item 'helt'");
    wrong("state in (held)", "`held` in the condition is no field");
    wrong("value in (today)", "cannot compare money with a date");
    wrong("owner in (me)", "takes literals only");
    wrong("giver is empty", "the sealed field `giver` cannot be used in a condition");
    wrong("value", "a comparison is missing");
    wrong("value >", "ends too early");
    wrong("(value > 1", "`)` is missing");
    wrong("value > 1)", "did not expect `)` here");
    wrong("value is nothing", "followed by `empty` or `not empty`");
    wrong("form = 'cash", "a quote in the condition is not closed");
    wrong("value > 1 & value < 3", "unexpected character '&'");
    wrong("value > 12x", "no number, date or span of days");
    wrong("received_on > 2021-13-01", "no number, date or span of days");
    wrong("received_on > today + 3", "did not expect `3` here");
    wrong("received_on > today + 3h", "did not expect `3h` here");
    wrong("created > now - 3d", "did not expect `3d` here");
    wrong("value > now - 3h", "cannot compare money with a moment");
    wrong("created > now - 9999999h", "no number, date or span of days or hours");
    wrong("", "ends too early");
}

#[test]
fn what_no_hand_writes_is_bounded() {
    wrong(&format!("{}value > 1{}", "(".repeat(5_000), ")".repeat(5_000)), "nests too deeply");
    wrong(&format!("{}value > 1", "not ".repeat(50_000)), "nests too deeply");
    wrong("received_on > today + 9223372036854775807d", "no number, date or span of days");
    wrong(&format!("value > 1{}", "0".repeat(400)), "no number, date or span of days");
    assert!(read(&format!("{}value > 1", "not ".repeat(4))).is_ok());
    assert!(read(&format!("{}value > 1{}", "(".repeat(20), ")".repeat(20))).is_ok());
}

#[test]
fn amounts_become_fen_once() {
    let compared = |expr: Expr| match expr {
        Expr::Compare { op, right: Operand::Literal(literal), .. } => (op, literal),
        other => panic!("{other:?} is no comparison with a literal"),
    };
    assert_eq!(compared(read("value >= 200.5").unwrap()), (Op::Ge, Literal::Fen(20_050)));
    assert_eq!(compared(read("value > -1").unwrap()), (Op::Gt, Literal::Fen(-100)));
    // The nearest fen, not the nearest below: 1.1 yuan has no exact binary form.
    assert_eq!(compared(read("value = 1.1").unwrap()), (Op::Eq, Literal::Fen(110)));
}

#[test]
fn and_binds_more_than_or_and_not_most() {
    let Expr::Any(parts) = read("value > 1 or value < 0 and not state = 'held'").unwrap() else { panic!("or stands on top") };
    assert!(matches!(&parts[1], Expr::All(inner) if matches!(inner[1], Expr::Not(_))), "{parts:?}");
    assert!(matches!(read("(value > 1 or value < 0) and overdue").unwrap(), Expr::All(_)));
    assert!(matches!(read("received_on is not empty").unwrap(), Expr::Not(_)));
    assert!(matches!(read("received_on >= today - 7d and created < now").unwrap(), Expr::All(_)));
    let Expr::Compare { right: Operand::Hours { plus, .. }, .. } = read("due < created - 24h").unwrap() else {
        panic!("hours stand there")
    };
    assert_eq!(plus, -24);
}

#[test]
fn a_condition_names_the_fields_it_reads() {
    let expr = read("value > 1 and (received_on < today or not form in ('cash')) and receipt is empty").unwrap();
    let names: Vec<&str> = expr.fields().iter().map(|name| name.as_str()).collect();
    assert_eq!(names, ["value", "received_on", "form", "receipt"]);
}

#[test]
fn a_wrong_condition_in_a_file_stands_at_its_line() {
    for (from, to, at) in [
        ("check = \"value > 0\"", "check = \"value > 'x'\"", "value "),
        ("if = \"state = 'declared'\"", "if = \"state = 'declraed'\"", "tabs "),
    ] {
        let faults = broken(GIFT, from, to);
        let line = line_of(&small()[GIFT], at);
        assert!(faults.iter().any(|fault| fault.place.line == line && *fault.place.file == *GIFT), "{from}: {}", crate::listed(&faults));
    }
}

#[test]
fn only_what_a_condition_can_come_to_is_worth_offering() {
    let can = |text: &str, item: &str| read(text).expect("a condition").can_hold_with(&"form".into(), item);
    for (text, cash, goods) in [
        ("form in ('cash')", true, false),
        ("form = 'cash' and value > 5", true, false),
        ("form = 'cash' or value > 5", true, true),
        ("not (form = 'cash')", false, true),
        ("form != 'cash' and (value > 5 or form = 'cash')", false, true),
        ("form is empty", false, false),
        ("form is not empty", true, true),
        ("value > 5", true, true),
        ("not (form = 'cash' and value > 5)", true, true),
    ] {
        assert_eq!((can(text, "cash"), can(text, "goods")), (cash, goods), "{text}");
    }
}
