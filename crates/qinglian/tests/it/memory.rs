//! A server at rest is small, before and after it was used.

use crate::browser::Browser;
use crate::served::{House, PASSWORD, Served};

/// Units: MB resident, pages of the program file included.
const MOST: u64 = 150;

#[test]
fn a_server_at_rest_is_small() {
    let house = House::new();
    let served = Served::start(&house.data);
    let at_start = served.resident_mb();
    let mut li = Browser::signed_in(&served.addr, "li", PASSWORD);
    for round in 0..2 {
        for page in
            ["/", "/r/gift", "/r/report", "/r/clue", "/r/case", "/r/disclosure", "/r/outcome", "/r/person", "/search?q=gift", "/r/gift/new"]
        {
            assert_eq!(li.get(page).expect("it serves").status, 200, "{page} in round {round}");
        }
    }
    let after = served.resident_mb();
    assert!(at_start > 5 && at_start <= MOST && after <= MOST, "{at_start} MB at the start, {after} MB after 20 pages");
}
