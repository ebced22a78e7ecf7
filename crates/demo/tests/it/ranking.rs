//! The independent ranking against sums made another way.

use demo::hospital::Kind;
use demo::truth::{Level, Rank, equality, ranking};

#[test]
fn ranks_are_complete_and_in_order() {
    let hospital = super::hospital(51, 50_000);
    let all = ranking(&hospital, u32::MAX);
    let of = |level: Level| all.iter().filter(|rank| rank.level == level).collect::<Vec<&Rank>>();
    let lines = hospital.batches().flat_map(|batch| batch.lines);
    let of_lines: i64 = lines.filter(|line| hospital.items[usize::from(line.item)].kind == Kind::Drug).map(|line| line.amount_fen).sum();
    let of_items: i64 = of(Level::Item).iter().map(|rank| rank.amount_fen).sum();
    // An item returned more than ordered in a month has no rank, so the ranked may sum to a little more than all.
    assert!(of_items >= of_lines && of_items - of_lines < of_lines / 1000, "{of_items} {of_lines}");
    let group = |rank: &Rank| (rank.month, rank.level, if rank.level == Level::Item { String::new() } else { rank.item.clone() });
    for ranks in all.chunk_by(|a, b| group(a) == group(b)) {
        assert!(ranks.is_sorted_by_key(|rank| (rank.rank, -rank.amount_fen)));
        assert!((ranks.iter().map(|rank| rank.share).sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(ranks.iter().all(|rank| rank.peers as usize == ranks.len()));
    }
    assert!(of(Level::Department).iter().any(|rank| rank.yoy.is_some()) && all.iter().any(|rank| rank.ddds.is_none()));
}

#[test]
fn the_first_ten_are_of_the_first_ten_drugs() {
    let hospital = super::hospital(52, 50_000);
    let top = ranking(&hospital, 10);
    assert!(top.iter().all(|rank| rank.rank <= 10));
    for rank in top.iter().filter(|rank| rank.level != Level::Item) {
        let of_item = |other: &&Rank| other.level == Level::Item && other.month == rank.month && other.item == rank.item;
        assert!(top.iter().any(|other| of_item(&other)), "{rank:?}");
    }
    assert_eq!(top.iter().filter(|rank| rank.level == Level::Item).count(), 10 * hospital.months.len());
}

#[test]
fn one_fen_off_is_not_equal() {
    let hospital = super::hospital(53, 50_000);
    let must_be = ranking(&hospital, 10);
    assert_eq!(equality("U01", &must_be, &must_be).recall, 1.0);
    let mut is = must_be.clone();
    is[7].amount_fen += 1;
    is[9].share *= 1.0 + 1e-6;
    is.pop();
    let score = equality("U01", &must_be, &is);
    assert_eq!((score.planted, score.found, score.findings), (must_be.len(), must_be.len() - 3, must_be.len() - 1));
    assert!(score.recall < 1.0 && score.precision < 1.0);
}
