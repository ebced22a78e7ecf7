//! `letter` of a public page: fields that can take what came, and choices that exist.

use crate::{assert_says, changed, line_of, listed};
use catalogue::{Catalogue, Sources};

const GIFT: &str = "registers/gift/gift.toml";

/// The small register with a public page that takes letters.
fn with(letter: &str) -> Sources {
    let fields = "words = { is = \"longtext\", label = \"内容\", sensitivity = \"sealed\" }\n\
                  papers = { is = \"file\", label = \"附件\", many = true, sensitivity = \"sealed\" }\n\
                  wrote = { is = \"text\", label = \"来信人\", sensitivity = \"sealed\" }\n\
                  way = { is = \"choice\", label = \"渠道\", of = { email = \"邮箱\", web = \"网络\" } }\nreceipt     = { is = \"text\"";
    let mut files = changed(GIFT, "receipt     = { is = \"text\"", fields);
    let text = files.get_mut(GIFT).expect("the gift register is there");
    let page = format!("[public]\nsteps = [{{ title = \"一\", fields = [\"received_on\", \"form\"] }}]\n{letter}\n[list]");
    *text = text.replacen("[list]", &page, 1);
    files
}

const RIGHT: &str =
    "letter = { text = \"words\", files = \"papers\", sender = \"wrote\", channel = \"way\", signed = { form = \"cash\" } }";

#[test]
fn what_takes_a_letter_is_sealed_and_what_it_chooses_exists() {
    let loaded = Catalogue::load(&with(RIGHT), None).unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    let letter = loaded.register("gift").and_then(|register| register.public.as_ref()?.letter.clone()).expect("it takes letters");
    let filled: Vec<&str> = letter.fields().map(|name| name.as_str()).collect();
    assert_eq!(filled, ["words", "papers", "wrote", "way", "form"]);
    for (from, to, says) in [
        ("text = \"words\"", "text = \"wrote\"", "`text` names a sealed long text"),
        ("files = \"papers\"", "files = \"words\"", "`files` names a sealed field of several files"),
        ("sender = \"wrote\"", "sender = \"receipt\"", "`sender` names a sealed text of one line"),
        ("channel = \"way\"", "channel = \"wrote\"", "`wrote` is no choice of one"),
        ("form = \"cash\"", "form = \"csah\"", "there is no item `csah`; did you mean `cash`?"),
        ("form = \"cash\"", "from = \"cash\"", "there is no field `from`"),
        ("text = \"words\", ", "", "text"),
        ("letter = { ", "letter = { subject = \"words\", ", "subject"),
    ] {
        assert!(RIGHT.contains(from), "{from}");
        let files = with(&RIGHT.replacen(from, to, 1));
        let faults = Catalogue::load(&files, None).expect_err(to);
        assert_says(&faults, GIFT, line_of(&files[GIFT], "letter ="), says);
    }
}
