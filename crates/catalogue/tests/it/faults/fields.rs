//! Faults of fields: kinds, columns, what is sealed, asked only sometimes, added up or reserved.

use super::{GIFT, case, check};
use crate::{assert_says, broken, changed, line_of, listed};
use catalogue::Catalogue;

#[test]
fn fields() {
    check(&[
        case("is = \"money\"", "is = \"monney\"", "value ", "unknown field kind `monney`"),
        case("of = \"lists/form\"", "of = \"lists/from\"", "form ", "no list lists/from (form?)"),
        case("max = 80", "many = true", "giver ", "`text` cannot be `many`"),
        case("sensitivity = \"sealed\"", "sensitivity = \"secret\"", "giver ", "`secret`: a sensitivity is"),
        case("giver       =", "Giver       =", "Giver", "names are lower-case"),
        case("receipt     =", "state     =", "state     =", "`state` is a reserved name"),
        case("sensitivity = \"sealed\"", "sensitivity = \"sealed\", default = \"x\"", "giver ", "a sealed field cannot have a default"),
        case("required = true, of =", "default = \"kash\", of =", "form ", "there is no item 'kash'"),
        case("check = \"value > 0\"", "default = \"much\"", "value ", "does not fit the field's kind"),
        case("max = 80", "owner = true", "giver ", "for person fields"),
        case("receipt     = { is = \"text\"", "receipt     = { is = \"text\", required = true", "receipt ", "required but not on the form"),
        case(
            "is = \"money\", label = \"估值\", check = \"value > 0\"",
            "is = \"number\", label = \"估值\", decimals = 7",
            "value ",
            "decimals are 0 to 4",
        ),
        case("check = \"value > 0\"", "check = 5", "value ", "is a condition in quotes"),
        case("[list]\n", "[list]\ngather = \"value\"\n", "gather ", "names a choice of one item"),
        case("check = \"value > 0\"", "names = true", "value ", "`names` is for one line of text"),
        case("max = 80", "max = 80, public = { label = \"您\" }", "giver ", "no step of [public] asks it"),
        case(
            "receipt     = { is = \"text\"",
            "receipt     = { is = \"link\", register = \"gfit\"",
            "receipt ",
            "`gfit`, which is no register",
        ),
        case("receipt     = { is = \"text\"", "receipt     = { is = \"table\"", "receipt ", "at least one column"),
    ]);
}

#[test]
fn columns_of_tables() {
    let table = |column: &str| {
        format!(
            "receipt     = {{ is = \"table\", label = \"表\", columns = {{ a = {{ label = \"甲\", {column} }} }} }}\nspare = {{ is = \"text\""
        )
    };
    for (column, says) in [
        ("is = \"text\", sensitivity = \"sealed\"", "seal the whole table"),
        ("is = \"link\", register = \"gift\"", "a column of a table cannot be a link"),
        ("is = \"file\"", "a column of a table cannot be a file"),
        ("is = \"person\", bars = true", "cannot say `own`, `owner`, `bars`, `by_move` or `custody`"),
        ("is = \"table\", columns = {}", "unknown field kind `table`"),
    ] {
        let to = table(column);
        let faults = broken(GIFT, "receipt     = { is = \"text\"", &to);
        let text = &changed(GIFT, "receipt     = { is = \"text\"", &to)[GIFT];
        assert_says(&faults, GIFT, line_of(text, "receipt "), says);
    }
}

#[test]
fn what_only_moves_fill_in() {
    check(&[
        case(
            "receipt     = { is = \"text\"",
            "receipt     = { is = \"text\", by_move = true, form = true",
            "receipt ",
            "only moves fill it in",
        ),
        case(
            "value       = { is = \"money\", label",
            "value       = { is = \"money\", by_move = true, required = true, label",
            "value ",
            "required but not on the form",
        ),
        case("not_by = \"author\", asks", "not_by = \"self\", asks", "accept ", "is for the register that serves `people`"),
        case("not_by = \"accept\" }", "not_by = \"accept\", check = \"vlaue > 0\" }", "settle ", "did you mean"),
        case("not_by = \"accept\" }", "not_by = \"accept\", check = \"giver is empty\" }", "settle ", "cannot be used in a condition"),
        case("not_by = \"accept\" }", "not_by = \"accept\", sets = { receipt = \"inspector\" } }", "settle ", "is of another kind"),
    ]);
}

#[test]
fn sealed_fields_stay_sealed() {
    check(&[
        case(
            "\"received_on\", \"form\"",
            "\"received_on\", \"giver\", \"form\"",
            "columns =",
            "the sealed field `giver` cannot be in a list",
        ),
        case("state = 'declared'", "giver = 'x'", "tabs ", "the sealed field `giver` cannot be used in a condition"),
        case("check = \"value > 0\"", "check = \"giver is empty\"", "value ", "the sealed field `giver` cannot be used in a condition"),
        case(
            "check = \"value > 0\"",
            "required_if = \"giver is empty\"",
            "value ",
            "the sealed field `giver` cannot be used in a condition",
        ),
        case(
            "from = \"held\", to",
            "if = \"giver is empty\", from = \"held\", to",
            "settle ",
            "the sealed field `giver` cannot be used in a condition",
        ),
        case(
            "until = \"held\"",
            "until = \"held\", if = \"giver is empty\"",
            "verify ",
            "the sealed field `giver` cannot be used in a condition",
        ),
        case(
            "check = \"received_on <= today\"",
            "sensitivity = \"sealed\"",
            "verify ",
            "`received_on` is sealed, a clock cannot start there",
        ),
        case("unseal = { inspector = \"institution\" }\n", "", "[rights]", "sealed fields nobody can open"),
        case(
            "asks = [\"receipt\"]",
            "asks = [\"receipt\"], sets = { giver = \"'x'\" }",
            "accept =",
            "an effect cannot write the sealed field `giver`",
        ),
        case("asks = [\"receipt\"]", "asks = [\"receipt\"], sets = { receipt = \"giver\" }", "accept =", "more sensitive than `receipt`"),
        case(
            "received_on = { is = \"date\", label = \"收到日期\", required = true",
            "received_on = { is = \"person\", label = \"人\", sensitivity = \"sealed\", own = true, required = true",
            "received_on =",
            "a sealed field cannot decide rights",
        ),
    ]);
    // A sealed day cannot end a clock either.
    let mut files = changed(GIFT, "within = \"3w\"", "within = { field = \"until_on\" }");
    let text = files.get_mut(GIFT).expect("the gift register is there");
    *text = text.replace("[states]", "until_on = { is = \"date\", label = \"止\", sensitivity = \"sealed\" }\n\n[states]");
    let line = line_of(text, "verify ");
    assert_says(&Catalogue::load(&files, None).expect_err("a sealed day"), GIFT, line, "`until_on` is sealed, a clock cannot read it");
}

#[test]
fn a_sealed_field_may_check_itself_on_the_form() {
    let files = changed(GIFT, "max = 80, sensitivity = \"sealed\"", "sensitivity = \"sealed\", check = \"giver != 'x'\"");
    assert!(Catalogue::load(&files, None).is_ok());
}

#[test]
fn what_is_asked_only_sometimes() {
    let under = "receipt     = { is = \"text\", if = \"form = 'cash'\"";
    assert!(Catalogue::load(&changed(GIFT, "receipt     = { is = \"text\"", under), None).is_ok());
    check(&[
        case("receipt     = { is = \"text\"", "receipt     = { is = \"text\", if = true", "receipt ", "`if` is a condition in quotes"),
        case(
            "receipt     = { is = \"text\"",
            "receipt     = { is = \"text\", if = \"receipt = 'x'\"",
            "receipt ",
            "may read only fields before it",
        ),
        case("giver       = { is = \"text\"", "giver       = { is = \"text\", if = \"receipt = 'x'\"", "giver ", "`receipt` is not"),
        case("receipt     = { is = \"text\"", "receipt     = { is = \"text\", if = \"giver = 'x'\"", "receipt ", "sealed"),
    ]);
    // On a public page the answer that decides must have been given on a step before.
    let page =
        "[public]\nsteps = [{ title = \"一\", fields = [\"form\"] }, { title = \"二\", fields = [\"received_on\", \"receipt\"] }]\n[list]";
    let with = |page: &str| {
        let mut files = changed(GIFT, "receipt     = { is = \"text\"", under);
        let text = files.get_mut(GIFT).expect("the gift register is there");
        *text = text.replacen("[list]", page, 1);
        files
    };
    assert!(Catalogue::load(&with(page), None).is_ok(), "asked one step before");
    for wrong in [
        "[public]\nsteps = [{ title = \"一\", fields = [\"form\", \"receipt\", \"received_on\"] }]\n[list]",
        &page.replace("\"form\"", "\"value\""),
    ] {
        let files = with(wrong);
        let faults = Catalogue::load(&files, None).expect_err("asked too late or never");
        assert_says(&faults, GIFT, line_of(&files[GIFT], "receipt "), "which no earlier public step asks");
    }
}

/// A total has rows to add up and nobody who types it; what is reserved is an item, to roles there are.
#[test]
fn totals_and_reserved_items() {
    const VALUE: &str = r#"value       = { is = "money", label = "估值", check = "value > 0" }"#;
    const FORM: &str = r#"form        = { is = "choice", label = "形式", required = true, of = "lists/form" }"#;
    let table = r#"goods = { is = "table", label = "财物", columns = { amount = { is = "money", label = "金额" }, what = { is = "text", label = "说明" } } }"#;
    let total = |says: &str| format!("{table}\nvalue = {{ is = \"money\", label = \"估值\", {says} }}");
    let sound = changed(GIFT, VALUE, &total(r#"total_of = "goods.amount""#));
    let sound = Catalogue::load(&sound, None).unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    let value = &sound.register("gift").unwrap().fields["value"];
    assert!(value.total_of.is_some() && !value.on_form, "it is not asked");
    let wrong = |says: &str, told: &str| {
        let faults = broken(GIFT, VALUE, &total(says));
        assert!(faults.iter().any(|fault| fault.en.contains(told) && !fault.zh.is_empty()), "{says}: {}", listed(&faults));
    };
    wrong(r#"total_of = "amount""#, "`total_of` is");
    wrong(r#"total_of = "goods.what""#, "has to be a column of the table");
    wrong(r#"total_of = "goods.none""#, "has to be a column of the table");
    wrong(r#"total_of = "goods.amount", required = true"#, "never typed");
    wrong(r#"total_of = "goods.amount", form = true"#, "never typed");
    wrong(r#"total_of = "goods.amount", sensitivity = "sealed""#, "no less sensitive");
    let item = |reserved: &str| FORM.replace(" }", &format!(", reserved = {reserved} }}"));
    let reserved = changed(GIFT, FORM, &item(r#"{ cash = ["inspector"] }"#));
    assert!(Catalogue::load(&reserved, None).is_ok());
    let wrong = |says: &str, told: &str| {
        let faults = broken(GIFT, FORM, &item(says));
        assert!(faults.iter().any(|fault| fault.en.contains(told)), "{says}: {}", listed(&faults));
    };
    wrong(r#"{ nothing = ["inspector"] }"#, "there is no item 'nothing'");
    wrong(r#"{ cash = ["nobody"] }"#, "there is no role `nobody`");
    let faults = broken(GIFT, FORM, &FORM.replace(" }", r#", roles = ["nobody"] }"#));
    for told in ["`roles` is for person fields", "there is no role `nobody`"] {
        assert!(faults.iter().any(|fault| fault.en.contains(told)), "{told}: {}", listed(&faults));
    }
}
