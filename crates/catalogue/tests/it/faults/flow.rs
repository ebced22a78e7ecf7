//! Faults of the flow: states and moves, deadlines, effects, and who may what.

use super::{case, check, check_in};

#[test]
fn states_and_moves() {
    check(&[
        case("end = true", "mark = \"half\"", "[states]", "at least one state needs `end = true`"),
        case(
            "held     = { label = \"已入库\" }",
            "held     = { label = \"已入库\", start = true }",
            "[states]",
            "exactly one state needs `start = true`",
        ),
        case(", start = true", "", "[states]", "exactly one state needs `start = true`"),
        case("settled  =", "lost     = { label = \"遗失\" }\nsettled  =", "lost ", "no move reaches the state `lost`"),
        case("settled  =", "lost     = { label = \"遗失\" }\nsettled  =", "lost ", "`lost` is no end but has no exit"),
        case("from = \"held\", to = \"settled\"", "from = \"held\", to = \"same\"", "held     =", "`held` is no end but has no exit"),
        case("to = \"held\"", "to = \"helt\"", "accept =", "no state `helt`; did you mean `held`?"),
        case("not_by = \"accept\"", "not_by = \"acept\"", "settle ", "no move `acept`; did you mean `accept`?"),
        case(
            "by = \"inspector\", not_by = \"author\"",
            "by = \"inspektor\", not_by = \"author\"",
            "accept =",
            "no role `inspektor`; did you mean `inspector`?",
        ),
        case("asks = [\"receipt\"]", "asks = [\"receit\"]", "accept =", "no field `receit`; did you mean `receipt`?"),
        case("settle =", "edit =", "edit =", "`edit` is a reserved move"),
        case("by = \"inspector\", not_by = \"author\"", "not_by = \"author\"", "accept =", "move `accept` needs `by`"),
        case("from = \"declared\", ", "", "accept =", "move `accept` needs `from`"),
        case("asks = [\"receipt\"]", "note = \"maybe\"", "accept =", "note is none, optional or required"),
        case("end = true", "end = true, mark = \"round\"", "settled ", "a mark is open, half"),
        case("by = \"inspector\", not_by = \"author\"", "by = \"admin\", not_by = \"author\"", "accept =", "the role `admin` may not read"),
        case(
            "held     = { label",
            "held     = { was = [\"declared\"], label",
            "held     =",
            "the earlier name `declared` means something else",
        ),
    ]);
}

#[test]
fn deadlines() {
    check(&[
        case("within = \"3w\"", "within = \"3x\"", "verify ", "a span is 24h (hours), 15d"),
        case("within = \"3w\"", "within = \"w\"", "verify ", "a span is 24h (hours), 15d"),
        case("within = \"3w\"", "within = \"-3w\"", "verify ", "a span is 24h (hours), 15d"),
        case("within = \"3w\"", "within = \"99999999w\"", "verify ", "a span is 24h (hours), 15d"),
        case("after = \"received_on\"", "after = \"value\"", "verify ", "`value` is no date, a clock cannot start there"),
        case("after = \"received_on\"", "after = \"recieved\"", "verify ", "there is no move `recieved`"),
        case("within = \"3w\"", "within = { field = \"value\" }", "verify ", "`value` is no date"),
        case(", until = \"held\"", "", "verify ", "deadline `verify` needs `until`"),
        case("until = \"held\"", "until = \"helt\"", "verify ", "no state or move `helt`; did you mean `held`?"),
        case("\"tell inspector\"", "\"ring inspector\"", "verify ", "write tell, remind or assign"),
        case("\"tell inspector\"", "{ opens = \"clew\" }", "verify ", "opens `clew`, which is no register"),
        case("\"tell inspector\"", "{ opens = { register = \"gift\", with = { value = \"owner\" } } }", "verify ", "of another kind"),
        case("\"tell inspector\"", "{ rings = \"inspector\" }", "verify ", "unknown key `rings`"),
        case("late = [", "suspend = { by = \"inspector\" }, late = [", "verify ", "`suspend` needs `by` and `approve`"),
    ]);
}

#[test]
fn effects() {
    check(&[
        case("asks = [\"receipt\"]", "opens = \"clew\"", "accept =", "opens `clew`, which is no register"),
        case(
            "asks = [\"receipt\"]",
            "opens = { register = \"gift\", with = { from = \"self\" } }",
            "accept =",
            "`gift` has no field `from`",
        ),
        case(
            "asks = [\"receipt\"]",
            "opens = { register = \"gift\", with = { form = \"'kash'\" } }",
            "accept =",
            "`form` has no item 'kash'; did you mean 'cash'?",
        ),
        case(
            "asks = [\"receipt\"]",
            "opens = { register = \"gift\", with = { value = \"today\" } }",
            "accept =",
            "the value for `value` is of another kind",
        ),
        case("asks = [\"receipt\"]", "moves = { via = \"value\", move = \"settle\" }", "accept =", "`value` is no link"),
        case("asks = [\"receipt\"]", "moves = { via = \"gift.value\", move = \"settle\" }", "accept =", "is no link to this register"),
        case("asks = [\"receipt\"]", "sets = { receipt = 5 }", "accept =", "the value for `receipt` is of another kind"),
        case(
            "asks = [\"receipt\"]",
            "opens = { register = \"gift\", bars = [\"inspector\"] }",
            "accept =",
            "bars: author, owner or a person field, `inspector` is a role",
        ),
        case("asks = [\"receipt\"]", "opens = { register = \"gift\", bars = [\"value\"] }", "accept =", "no role `value`"),
        case("asks = [\"receipt\"]", "opens = { register = \"gift\", spares = [\"inspector\"] }", "accept =", "spares: person fields only"),
        case("asks = [\"receipt\"]", "opens = { register = \"gift\", spares = [\"owner\"] }", "accept =", "spares: person fields only"),
        case("asks = [\"receipt\"]", "score = { person = \"giver\", points = 1 }", "accept =", "`score`"),
        case("[fields]", "effects = { on = \"create\" }\n[fields]", "effects ", "effects is a list"),
        case("[fields]", "effects = [{ on = \"create\" }]\n[fields]", "effects ", "this effect does nothing"),
        case(
            "[fields]",
            "effects = [{ on = \"acept\", tell = \"author\" }]\n[fields]",
            "effects ",
            "no move `acept`; did you mean `accept`?",
        ),
        case("asks = [\"receipt\"]", "tell = \"inspektor\"", "accept =", "no role `inspektor`; did you mean `inspector`?"),
    ]);
}

#[test]
fn rights_and_roles() {
    check(&[
        case("edit   = { staff = \"own\" }", "edit   = { stuff = \"own\" }", "edit ", "no role `stuff`; did you mean `staff`?"),
        case("edit   = { staff = \"own\" }", "edit   = { staff = \"mine\" }", "edit ", "a scope is own, unit, institution or all"),
        case(
            "unseal = {",
            "unseal = { staff = \"own\",",
            "unseal ",
            "role `staff` has the ceiling confidential, it cannot be given sealed",
        ),
        case(
            "edit   = {",
            "sees   = { admin = \"internal\" }\nedit   = {",
            "sees ",
            "role `admin` has the ceiling public, it cannot be given internal",
        ),
        case("edit   = {", "sees   = { staff = \"high\" }\nedit   = {", "sees ", "a sensitivity is public"),
        case("edit   = {", "sees_while = { staff = [\"held\"] }\nedit   = {", "sees_while ", "`staff` is not in `sees`"),
        case(
            "read   = { staff = \"own\", inspector = \"institution\" }",
            "read   = { staff = \"own\", inspector = \"own\" }",
            "unseal ",
            "may unseal more than it may read",
        ),
        case("read   = { staff", "read   = { public = \"own\", staff", "read ", "there is no role `public`"),
        case("edit   = {", "edit_while = [\"helt\"]\nedit   = {", "edit_while", "no state `helt`"),
        case(
            "edit   = {",
            "unless = { inspector = \"value > 1\", admn = \"value > 1\" }\nedit   = {",
            "unless",
            "no role `admn`; did you mean `admin`?",
        ),
    ]);
    check_in(
        "roles.toml",
        &[
            case("apart = [\"admin\"]", "apart = [\"boss\"]", "apart", "apart from `boss`, which is no role"),
            case("[admin]", "[public]\ntitle = \"公众\"\n[admin]", "[public]", "`public` is a reserved role"),
            case("ceiling = \"sealed\"", "ceiling = \"deep\"", "ceiling = \"deep\"", "a sensitivity is public"),
            case("title = \"纪检\"", "titel = \"纪检\"", "titel", "unknown key `titel`; did you mean `title`?"),
        ],
    );
}
