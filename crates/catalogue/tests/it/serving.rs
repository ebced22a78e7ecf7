//! What a register is to the product is said by its definition, of one register each, with the fields it takes.

use crate::{assert_says, broken, line_of, listed, over};
use catalogue::{AreaPage, Catalogue, Service, embedded};

const GIFT: &str = "registers/gift/gift.toml";
const SUPPLIER: &str = "registers/organisation/supplier.toml";

#[test]
fn every_part_is_played_by_one_shipped_register() {
    let catalogue = Catalogue::embedded();
    for service in Service::ALL {
        let register = catalogue.serving(service).unwrap_or_else(|| panic!("nobody serves {}", service.word()));
        assert_eq!(catalogue.service_of(register.name.as_str()), Some(service));
        assert_eq!(Service::from_word(service.word()), Some(service));
    }
    assert!(catalogue.service_of("gift").is_none() && catalogue.service_of("nothing").is_none());
}

#[test]
fn a_part_needs_its_word_and_its_fields() {
    let faults = broken(GIFT, "number ", "serves = \"people_\"\nnumber ");
    assert_says(&faults, GIFT, 3, "`people_` is nothing a register serves (people?)");
    let faults = broken(GIFT, "number ", "serves = \"suppliers\"\nnumber ");
    assert_says(&faults, GIFT, 3, "to serve `suppliers` it needs the field `name` (text, not sealed)");
    assert_eq!(faults.len(), 1, "{}", listed(&faults));
    // A name of another kind is none; a long text is a text.
    for (kind, fits) in [("date", false), ("longtext", true), ("text\", sensitivity = \"sealed", false)] {
        let field = format!("[fields]\nname = {{ is = \"{kind}\", label = \"名称\" }}\n");
        let mut files = crate::changed(GIFT, "number ", "serves = \"suppliers\"\nnumber ");
        let gift = files.get_mut(GIFT).unwrap();
        *gift = gift.replacen("[fields]\n", &field, 1);
        let loaded = Catalogue::load(&files, None);
        assert_eq!(loaded.is_ok(), fits, "{kind}: {}", listed(&loaded.err().unwrap_or_default()));
    }
}

#[test]
fn a_part_is_played_once_and_a_site_does_not_change_the_cast() {
    let vendor = embedded()[SUPPLIER].replace("register = \"supplier\"", "register = \"vendor\"").replace("\"QY-", "\"GY-");
    let faults = over("registers/trade/vendor.toml", &vendor).expect_err("two registers of suppliers");
    let line = line_of(&vendor, "serves");
    assert_says(&faults, "site/registers/trade/vendor.toml", line, "the register `supplier` serves `suppliers` as well");
    assert_says(&faults, SUPPLIER, line_of(&embedded()[SUPPLIER], "serves"), "the register `vendor` serves `suppliers` as well");
    let plain = vendor.replace("serves   = \"suppliers\"\n", "");
    assert!(over("registers/trade/vendor.toml", &plain).is_ok_and(|catalogue| catalogue.serving(Service::Suppliers).is_some()));
    let faults = over(SUPPLIER, "serves = \"units\"\n").expect_err("another part");
    assert_says(&faults, "site/registers/organisation/supplier.toml", 1, "changes what the register serves");
    assert!(over(SUPPLIER, "serves = \"suppliers\"\n").is_ok(), "what is said again is no change");
}

#[test]
fn a_page_stands_in_one_area() {
    let catalogue = Catalogue::embedded();
    for page in AreaPage::ALL {
        assert_eq!(catalogue.areas.iter().filter(|area| area.holds.contains(&page)).count(), 1, "{}", page.word());
    }
    let offered = |name: &str| catalogue.areas.iter().any(|area| area.name == name && area.offered);
    assert!(offered("gift") && !offered("organisation"));
    for (holds, says) in [("rules", "`rules` stands in another area already"), ("ledgers", "there is no page `ledgers`")] {
        let faults = over("areas.toml", &format!("[rectify]\nholds = \"{holds}\"\n")).expect_err("a page that stands elsewhere");
        assert_says(&faults, "site/areas.toml", 2, says);
    }
}
