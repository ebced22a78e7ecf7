//! Where one figure stands in its group: a strip from the lowest to the highest, the middle half as a box, this one as a dot.

use crate::visit::Visit;

/// Units of the drawing.
const WIDTH: f64 = 160.0;
const EDGE: f64 = 8.0;

/// The strip as SVG, with its numbers in words. `[lowest, lower quartile, median, upper quartile, highest, this one]`; nothing where they
/// do not rise.
pub(crate) fn strip(visit: &Visit, group: [f64; 6]) -> Option<String> {
    let [least, lower, middle, upper, most, here] = group;
    let rises = group[..5].windows(2).all(|pair| pair[0] <= pair[1]) && group.iter().all(|number| number.is_finite());
    if !rises {
        return None;
    }
    let (low, high) = (least.min(here), most.max(here));
    let across = if high > low { (WIDTH - 2.0 * EDGE) / (high - low) } else { 0.0 };
    let at = |number: f64| EDGE + (number - low) * across;
    let number = |number: f64| format!("{:.2}", number).trim_end_matches('0').trim_end_matches('.').to_owned();
    let words = visit.fill(
        "group-says",
        &[
            ("least", number(least).into()),
            ("lower", number(lower).into()),
            ("middle", number(middle).into()),
            ("upper", number(upper).into()),
            ("most", number(most).into()),
            ("here", number(here).into()),
        ],
    );
    // The words are the house's own sentence with numbers: nothing in them needs escaping.
    Some(format!(
        "<svg viewBox=\"0 0 {WIDTH} 20\" width=\"{WIDTH}\" height=\"20\" role=\"img\" aria-label=\"{words}\">\
         <path d=\"M{:.1} 10H{:.1}\" stroke=\"currentColor\" opacity=\".5\"/>\
         <rect x=\"{:.1}\" y=\"5\" width=\"{:.1}\" height=\"10\" fill=\"currentColor\" opacity=\".2\"/>\
         <path d=\"M{:.1} 3v14\" stroke=\"currentColor\" stroke-width=\"2\"/>\
         <circle class=\"held\" cx=\"{:.1}\" cy=\"10\" r=\"5\" fill=\"currentColor\"/></svg>",
        at(least),
        at(most),
        at(lower),
        (at(upper) - at(lower)).max(1.0),
        at(middle),
        at(here)
    ))
}
