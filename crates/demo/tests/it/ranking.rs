//! The independent ranking against sums made another way.

use demo::hospital::Kind;
use demo::truth::{Ranked, ranking};

#[test]
fn ranks_are_complete_and_in_order() {
    let hospital = super::hospital(51, 50_000);
    let all = ranking(&hospital, u32::MAX);
    let of_departments: i64 = all.iter().filter(|rank| rank.ranked == Ranked::Department).map(|rank| rank.amount_fen).sum();
    let of_prescribers: i64 = all.iter().filter(|rank| rank.ranked == Ranked::Prescriber).map(|rank| rank.amount_fen).sum();
    let lines = hospital.batches().flat_map(|batch| batch.lines);
    let of_lines: i64 = lines.filter(|line| hospital.items[usize::from(line.item)].kind == Kind::Drug).map(|line| line.amount_fen).sum();
    assert_eq!((of_departments, of_prescribers), (of_lines, of_lines));
    for pair in all.windows(2).filter(|pair| (pair[0].month, pair[0].ranked, &pair[0].item) == (pair[1].month, pair[1].ranked, &pair[1].item)) {
        assert!(pair[0].rank <= pair[1].rank && pair[0].amount_fen >= pair[1].amount_fen, "{pair:?}");
    }
    let top = ranking(&hospital, 10);
    assert_eq!(top, all.into_iter().filter(|rank| rank.rank <= 10).collect::<Vec<_>>());
    assert!(top.iter().any(|rank| rank.year_change.is_some()) && top.iter().any(|rank| rank.ddd.is_none()));
}
