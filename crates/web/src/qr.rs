//! A QR code as an inline picture: no request, no style attribute.

use qrcode::bits::encode_auto;
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::ec::construct_codewords;
use qrcode::{Color, EcLevel};
use std::fmt::Write;

/// Light modules around the code, as its standard wants.
const QUIET: usize = 4;
/// Fifteen in a hundred modules may be lost.
const LEVEL: EcLevel = EcLevel::M;

/// An SVG of a text, with the label a screen reader says. `None`: the text is too long for a code.
pub(crate) fn svg(text: &str, label: &str) -> Option<String> {
    let (width, colors) = modules(text)?;
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

/// Modules a side, and each module by rows. The mask is always the same: a reader takes it from the code. To weigh all eight, as the crate's
/// shorter way does, took a third of the work of accepting a report.
fn modules(text: &str) -> Option<(usize, Vec<Color>)> {
    let bits = encode_auto(text.as_bytes(), LEVEL).ok()?;
    let version = bits.version();
    let (data, correction) = construct_codewords(&bits.into_bytes(), version, LEVEL).ok()?;
    let mut canvas = Canvas::new(version, LEVEL);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &correction);
    canvas.apply_mask(MaskPattern::Checkerboard);
    let width = usize::try_from(version.width()).ok()?;
    Some((width, canvas.into_colors()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_draws_exactly_its_dark_modules() {
        let text = "7K3M-Q9TD-2XHV-8RWE-4NPB";
        let drawn = svg(text, "回执\"码\"").expect("twenty characters fit");
        let (_, modules) = modules(text).expect("fits");
        let dark = modules.iter().filter(|color| **color == Color::Dark).count();
        let runs = drawn.split("h").filter_map(|part| part.split_once("v1").and_then(|(run, _)| run.parse::<usize>().ok()));
        assert_eq!(runs.sum::<usize>(), dark);
        assert!(drawn.contains("aria-label=\"回执&quot;码&quot;\""), "{drawn}");
    }

    #[test]
    fn another_program_reads_what_is_drawn() {
        for text in ["7K3M-Q9TD-2XHV-8RWE-4NPB", "https://hospital.example/s/4NPB?at=门诊二楼", &"长回执 ".repeat(40)] {
            let (width, colors) = modules(text).expect("fits");
            let side = width + 2 * QUIET;
            let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side * 4, side * 4, |x, y| {
                let (x, y) = (x / 4, y / 4);
                let inside = (QUIET..QUIET + width).contains(&x) && (QUIET..QUIET + width).contains(&y);
                if inside && colors[(y - QUIET) * width + x - QUIET] == Color::Dark { 0 } else { 255 }
            });
            let grids = picture.detect_grids();
            assert_eq!(grids.len(), 1, "{text}");
            assert_eq!(grids[0].decode().expect("readable").1, text);
        }
    }
}
