//! A QR code as an inline picture: no request, no style attribute.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Light modules around the code, as its standard wants.
const QUIET: usize = 4;

/// An SVG of a text, with the label a screen reader says. `None`: the text is too long for a code.
pub(crate) fn svg(text: &str, label: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let colors = code.to_colors();
    let mut path = String::new();
    for (row, line) in colors.chunks(width).enumerate() {
        let mut at = 0;
        while at < width {
            let run = line[at..].iter().take_while(|color| **color == Color::Dark).count();
            if run > 0 {
                write!(path, "M{} {}h{run}v1h-{run}z", at + QUIET, row + QUIET).expect("writing to a string cannot fail");
            }
            at += run.max(1);
        }
    }
    let size = width + 2 * QUIET;
    let label = label.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    Some(format!(
        "<svg viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"{label}\"><path d=\"M0 0h{size}v{size}H0z\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_draws_exactly_its_dark_modules() {
        let text = "7K3M-Q9TD-2XHV-8RWE-4NPB";
        let drawn = svg(text, "回执\"码\"").expect("twenty characters fit");
        let dark = QrCode::with_error_correction_level(text, EcLevel::M)
            .expect("fits")
            .to_colors()
            .iter()
            .filter(|color| **color == Color::Dark)
            .count();
        let runs = drawn.split("h").filter_map(|part| part.split_once("v1").and_then(|(run, _)| run.parse::<usize>().ok()));
        assert_eq!(runs.sum::<usize>(), dark);
        assert!(drawn.contains("aria-label=\"回执&quot;码&quot;\""), "{drawn}");
    }
}
