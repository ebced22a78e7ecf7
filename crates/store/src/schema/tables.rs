//! The list of tables.

use super::{Column, Index, Kind, Table};

const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text, required: true }
}

const fn int(name: &'static str) -> Column {
    Column { name, kind: Kind::Int, required: true }
}

const fn bytes(name: &'static str) -> Column {
    Column { name, kind: Kind::Bytes, required: true }
}

const fn real(name: &'static str) -> Column {
    Column { name, kind: Kind::Real, required: true }
}

const fn maybe(column: Column) -> Column {
    Column { required: false, ..column }
}

const fn index(columns: &'static [&'static str]) -> Index {
    Index { unique: false, columns, only: None }
}

const fn unique(columns: &'static [&'static str]) -> Index {
    Index { unique: true, columns, only: None }
}

const fn partial(columns: &'static [&'static str], only: &'static str) -> Index {
    Index { unique: false, columns, only: Some(only) }
}

const PLAIN: Table = Table { name: "", columns: &[], key: &[], indexes: &[], cache: false, narrow: false };
const CACHE: Table = Table { cache: true, ..PLAIN };

/// Every table but the full-text index, which each database makes in its own way. In the order they are copied.
pub(crate) const TABLES: &[Table] = &[
    Table { name: "settings", columns: &[text("name"), text("value")], key: &["name"], narrow: true, ..PLAIN },
    Table {
        name: "definitions",
        columns: &[text("revision"), text("register"), text("body"), int("at")],
        key: &["revision"],
        indexes: &[index(&["register"])],
        ..PLAIN
    },
    // The truth. A chain is an institution's, or `reads:` and an institution's for who looked at what.
    Table {
        name: "events",
        columns: &[
            text("chain"),
            int("seq"),
            text("entry"),
            text("register"),
            int("at"),
            maybe(int("happened")),
            text("actor"),
            text("verb"),
            text("revision"),
            maybe(bytes("salt")),
            maybe(text("data")),
            bytes("digest"),
            bytes("prev"),
            bytes("hash"),
        ],
        key: &["chain", "seq"],
        indexes: &[index(&["entry", "seq"])],
        ..PLAIN
    },
    Table { name: "heads", columns: &[text("chain"), int("seq"), bytes("hash"), int("epoch")], key: &["chain"], narrow: true, ..PLAIN },
    // Of each entry's fold, what lists filter, sort and count by. `nr` is the row's short name.
    Table {
        name: "entries",
        columns: &[
            int("nr"),
            text("id"),
            text("institution"),
            text("register"),
            text("number"),
            text("state"),
            int("live"),
            maybe(text("unit")),
            maybe(text("owner")),
            maybe(text("author")),
            int("created"),
            int("changed"),
            maybe(int("due")),
            int("version"),
        ],
        key: &["nr"],
        indexes: &[
            unique(&["id"]),
            unique(&["institution", "register", "number"]),
            index(&["register", "created", "nr"]),
            // Counts and most scans touch this alone.
            index(&["register", "institution", "state", "unit", "owner", "author", "due", "live"]),
            partial(&["owner", "live", "due"], "owner IS NOT NULL"),
            partial(&["author", "changed"], "author IS NOT NULL"),
            partial(&["register", "due"], "due IS NOT NULL"),
        ],
        ..CACHE
    },
    // The folds themselves, as JSON, apart, so that rows that are scanned stay short.
    Table { name: "entry_bodies", columns: &[int("nr"), text("body")], key: &["nr"], ..CACHE },
    // Values of fields that conditions, lists or links ask for: `field` is `register.field`, `place` counts several.
    Table {
        name: "entry_values",
        columns: &[int("nr"), text("field"), int("place"), maybe(text("word")), maybe(int("whole")), maybe(real("fraction"))],
        key: &["nr", "field", "place"],
        indexes: &[
            partial(&["field", "word", "nr"], "word IS NOT NULL"),
            partial(&["field", "whole", "nr"], "whole IS NOT NULL"),
            partial(&["field", "fraction", "nr"], "fraction IS NOT NULL"),
        ],
        narrow: true,
        ..CACHE
    },
    Table {
        name: "entry_clocks",
        columns: &[
            int("nr"),
            text("deadline"),
            int("start"),
            int("due"),
            int("soon"),
            maybe(int("met")),
            maybe(int("held")),
            maybe(int("next")),
        ],
        key: &["nr", "deadline"],
        indexes: &[partial(&["next"], "next IS NOT NULL")],
        narrow: true,
        ..CACHE
    },
    Table {
        name: "entry_barred",
        columns: &[int("nr"), text("tag")],
        key: &["nr", "tag"],
        indexes: &[index(&["tag", "nr"])],
        narrow: true,
        ..CACHE
    },
    Table {
        name: "wraps",
        columns: &[text("entry"), text("holder"), text("recipient"), bytes("wrap"), int("at")],
        key: &["entry", "holder"],
        indexes: &[index(&["recipient"])],
        ..PLAIN
    },
    // The key of each identity: dealt to custodians (JSON), or wrapped to the recovery key while there are fewer than two.
    Table {
        name: "custody",
        columns: &[text("entry"), text("recipient"), maybe(text("dealing")), maybe(bytes("wrap")), int("at")],
        key: &["entry"],
        ..PLAIN
    },
    Table {
        name: "custody_shares",
        columns: &[text("entry"), text("recipient")],
        key: &["entry", "recipient"],
        indexes: &[index(&["recipient"])],
        narrow: true,
        ..PLAIN
    },
    // One request at a time for each entry, with its reason sealed to each custodian; and what was agreed to, until it is used.
    Table {
        name: "custody_asks",
        columns: &[text("entry"), text("ask"), text("reasons"), int("until")],
        key: &["entry"],
        indexes: &[index(&["until"])],
        ..PLAIN
    },
    Table {
        name: "custody_consents",
        columns: &[text("entry"), text("person"), text("request"), text("consent"), int("at")],
        key: &["entry", "person"],
        ..PLAIN
    },
    // What holders of shares of the recovery key are asked for, with the request's key sealed to each; and what the first agreed to.
    Table {
        name: "rescues",
        columns: &[text("person"), text("ask"), text("keys"), int("until")],
        key: &["person"],
        indexes: &[index(&["until"])],
        ..PLAIN
    },
    Table {
        name: "rescue_consents",
        columns: &[text("person"), text("holder"), text("request"), text("consent")],
        key: &["person", "holder"],
        ..PLAIN
    },
    Table {
        name: "notices",
        columns: &[text("id"), text("person"), text("entry"), text("register"), int("duty"), text("why"), int("at"), maybe(int("seen"))],
        key: &["id"],
        indexes: &[index(&["person", "at"]), index(&["entry"])],
        ..PLAIN
    },
    // A file belongs to the entry it was handed in with; the same bytes handed in twice are kept once.
    Table {
        name: "files",
        columns: &[text("hash"), text("entry"), int("stored"), int("sealed"), int("at")],
        key: &["hash", "entry"],
        indexes: &[index(&["entry"])],
        ..PLAIN
    },
    Table {
        name: "jobs",
        columns: &[
            text("id"),
            text("kind"),
            text("payload"),
            text("state"),
            maybe(text("person")),
            int("done"),
            int("total"),
            text("message"),
            int("attempts"),
            int("most"),
            maybe(text("worker")),
            maybe(int("until")),
            int("after"),
            int("at"),
            maybe(int("ended")),
            int("cancel"),
        ],
        key: &["id"],
        indexes: &[index(&["state", "after"]), index(&["at"])],
        ..PLAIN
    },
    Table {
        name: "accounts",
        columns: &[
            text("login"),
            text("person"),
            text("record"),
            maybe(text("recipient")),
            int("failed"),
            maybe(int("locked")),
            maybe(text("totp")),
            int("renew"),
            int("active"),
            int("at"),
            // The thirty seconds the last accepted code of the second factor was of.
            maybe(int("step")),
        ],
        key: &["login"],
        indexes: &[unique(&["person"])],
        ..PLAIN
    },
    // Spare codes of a second factor that were not used yet, each as a keyed hash.
    Table { name: "spares", columns: &[text("login"), text("tag"), int("at")], key: &["login", "tag"], narrow: true, ..PLAIN },
    // Keys of deputies, each sealed to its deputy. That one holds, and until when, the chain says.
    Table {
        name: "deputies",
        columns: &[text("away"), text("deputy"), text("body"), int("at")],
        key: &["away"],
        indexes: &[index(&["deputy"])],
        ..PLAIN
    },
    Table {
        name: "sessions",
        columns: &[text("token"), text("login"), text("person"), int("at"), int("seen"), int("until"), text("data")],
        key: &["token"],
        indexes: &[index(&["person"]), index(&["until"])],
        ..PLAIN
    },
    Table { name: "counters", columns: &[text("name"), int("value")], key: &["name"], narrow: true, ..PLAIN },
    Table {
        name: "keys",
        columns: &[text("name"), text("actor"), text("answer"), int("at")],
        key: &["name", "actor"],
        indexes: &[index(&["at"])],
        ..PLAIN
    },
    Table {
        name: "imports",
        columns: &[
            text("id"),
            text("register"),
            text("person"),
            text("file"),
            text("state"),
            int("rows"),
            int("taken"),
            int("refused"),
            text("report"),
            int("at"),
        ],
        key: &["id"],
        indexes: &[index(&["register", "at"])],
        ..PLAIN
    },
    Table {
        name: "views",
        columns: &[text("id"), text("person"), text("register"), text("name"), text("query"), int("at")],
        key: &["id"],
        indexes: &[unique(&["person", "register", "name"])],
        ..PLAIN
    },
    // What entries that may tell of the same have in common: keyed hashes.
    Table {
        name: "alike",
        columns: &[text("entry"), text("kind"), text("token")],
        key: &["entry", "kind", "token"],
        indexes: &[index(&["kind", "token"])],
        narrow: true,
        ..PLAIN
    },
    // One-time links by the hash of their code, and what they were made for.
    Table {
        name: "short_links",
        columns: &[text("tag"), maybe(text("unit")), text("about"), int("until"), int("used")],
        key: &["tag"],
        indexes: &[index(&["until"])],
        narrow: true,
        ..PLAIN
    },
    // Telephone numbers of people to be called, encrypted, until the call is over.
    Table {
        name: "call_numbers",
        columns: &[text("entry"), bytes("locked"), int("until")],
        key: &["entry"],
        indexes: &[index(&["until"])],
        ..PLAIN
    },
];
