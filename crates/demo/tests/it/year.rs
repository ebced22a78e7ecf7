//! The year of entries, played through a real store.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalogue::Catalogue;
use demo::hospital::Hospital;
use demo::year::Year;
use store::{Config, Store};

#[tokio::test(flavor = "multi_thread")]
async fn the_year_plays() {
    let catalogue = Arc::new(Catalogue::embedded());
    let hospital = Hospital::generate(81, 50_000, super::TODAY, &catalogue.calendar);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clock = Year::clock(super::TODAY);
    let config = Config::new(folder.path(), catalogue.clone(), "demo").with_clock(clock.clock());
    let store = Store::open(config).await.expect("the store opens");
    let mut year = Year::begin(&hospital, store.clone(), clock).await.expect("the house is founded");
    year.before_screening().await.unwrap_or_else(|error| panic!("{error}"));
    year.after_screening().await.unwrap_or_else(|error| panic!("{error}"));
    let accounts = year.accounts().await.expect("accounts are opened");
    for register in catalogue.registers.values() {
        let mut best = (0, String::new(), BTreeMap::new());
        for account in &accounts {
            let person = store.account(&account.account).await.unwrap().unwrap().person;
            let viewer = store.viewer(person).unwrap();
            if let Ok(counts) = store.counts(&store::Query::of(register.name.clone()), &viewer).await {
                if counts.total > best.0 { best = (counts.total, account.account.clone(), counts.tabs.into_iter().collect()); }
            }
        }
        println!("{} {:?}", register.name, best);
    }
    for account in &accounts {
        let person = store.account(&account.account).await.unwrap().unwrap().person;
        let viewer = store.viewer(person).unwrap();
        let desk = store.desk(&viewer, engine::Moment(store.now().0 - 7 * 86_400_000), 10).await.unwrap();
        println!("{} late {} today {} waiting {} changed {} notices {:?}", account.account, desk.overdue.count, desk.due_today.count, desk.waiting.count, desk.changed.count, 0);
    }
}
