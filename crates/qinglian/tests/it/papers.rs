//! The official tables of a demo as other programs open them: openpyxl the workbook, LibreOffice the document, a printer the page.

use crate::qinglian;
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// An annex, its document's pages at most, words of its head, merged cells of its workbook, and the label of its sum if it has one.
type Annex = (&'static str, usize, &'static [&'static str], &'static [&'static str], Option<&'static str>);

const ANNEXES: [Annex; 3] = [
    ("s003_annex2", 1, &["序号", "科室名称", "主动上交钱款"], &["A1:E1", "A2:E2"], Some("合计")),
    ("s003_annex3", 9, &["序号", "姓名", "线索摘要", "处置方式及结果"], &["A1:G1", "A2:G2"], None),
    ("s003_annex4", 1, &["整治工作项目", "四种形态运用", "通报问题", "行政处罚"], &["A3:A4", "B3:E3", "F3:H3", "I3:M3"], None),
];

/// The day of the demo.
const TODAY: &str = "2026-06-11";

const SHEET: &str = "
import sys, openpyxl
sheet = openpyxl.load_workbook(sys.argv[1]).worksheets[0]
print(' '.join(str(r) for r in sheet.merged_cells.ranges))
for row in sheet.iter_rows():
    print('|'.join(str(c.value).replace('\\n', '') for c in row if c.value is not None))
";

/// Looks at the papers of a finished demo.
pub fn papers(data: &Path) {
    qinglian("verify --data {}", &[data]).ends(0);
    let folder = data.parent().expect("it has one");
    let written = |annex: &str, ending: &str| {
        let out = folder.join(format!("{annex}.{ending}"));
        let told = qinglian(&format!("report {annex} --json --data {{}} --out {{}}"), &[data, &out]).ends(0).json();
        assert_eq!(told["to"], TODAY, "a demo's today is the day it was given: {told}");
        out
    };
    for (annex, most, heads, merged, sum) in ANNEXES {
        let (book, document) = (written(annex, "xlsx"), written(annex, "docx"));
        let json = std::fs::read_to_string(written(annex, "json")).expect("written");
        assert!(!json.contains("非累计口径"));
        if runs("python3", &["-c", "import openpyxl"]) {
            in_a_workbook(&book, heads, merged, sum);
        }
        if runs("soffice", &["--version"]) && runs("pdftotext", &["-v"]) && runs("pdftoppm", &["-v"]) {
            in_print(&document, most, heads);
        }
    }
    let out = folder.join("part.json");
    qinglian("report s003_annex4 --data {} --from 2026-05-01 --out {}", &[data, &out]).ends(0);
    let text = std::fs::read_to_string(&out).expect("written");
    assert!(text.contains("非累计口径"), "another first day is marked");
    let sealed = std::fs::read_to_string(folder.join("s003_annex3.json")).expect("written");
    assert!(sealed.to_lowercase().contains("sealed"), "names in 附件3 are sealed cells");
}

fn in_a_workbook(book: &Path, heads: &[&str], merged: &[&str], sum: Option<&str>) {
    let seen = said("python3", &["-c", SHEET, text(book)]);
    let (first, rows) = seen.split_once('\n').expect("lines");
    for range in merged {
        assert!(first.split(' ').any(|known| known == *range), "{}: no {range} in {first}", book.display());
    }
    for head in heads {
        assert!(rows.contains(head), "{}: no head {head}: {rows}", book.display());
    }
    let footer = rows.lines().find(|row| row.contains("填报人：")).unwrap_or_else(|| panic!("{}: no footer", book.display()));
    assert!(footer.contains("联系电话：") && footer.contains("审核人："), "{footer}");
    assert!(rows.contains(TODAY), "{}: the day of filling in", book.display());
    if let Some(sum) = sum {
        let row = rows.lines().find(|row| row.starts_with(sum)).unwrap_or_else(|| panic!("{}: no row {sum}", book.display()));
        let total: u64 = row.split('|').nth(1).and_then(|cell| cell.parse().ok()).expect("a number");
        let above = rows.lines().filter(|row| row.split('|').next().is_some_and(|cell| cell.parse::<u64>().is_ok()));
        let added: u64 = above.filter_map(|row| row.split('|').nth(2)?.parse::<u64>().ok()).sum();
        assert!(total > 0 && total == added, "the sum is that of its rows: {row}, {added}");
    }
}

fn in_print(document: &Path, most: usize, heads: &[&str]) {
    let folder = document.parent().expect("it has one");
    let profile = format!("-env:UserInstallation=file://{}", folder.join("office").display());
    said("soffice", &[&profile, "--headless", "--convert-to", "pdf", "--outdir", text(folder), text(document)]);
    let pdf = document.with_extension("pdf");
    let printed = said("pdftotext", &["-layout", text(&pdf), "-"]);
    let pages: Vec<String> = printed.trim_end_matches('\u{c}').split('\u{c}').map(|page| page.replace([' ', '\n'], "")).collect();
    assert!((1..=most).contains(&pages.len()), "{} has {} pages: {printed}", document.display(), pages.len());
    for head in heads {
        assert!(pages[0].contains(head), "{}: no {head} on its first page: {printed}", document.display());
    }
    assert!(pages[pages.len() - 1].contains("记录链末"), "{}: the chain's head is on the last page", document.display());
    let picture = document.with_extension("page");
    said("pdftoppm", &["-gray", "-r", "50", "-f", "1", "-singlefile", text(&pdf), text(&picture)]);
    let (width, height, ink) = ink(&picture.with_extension("page.pgm"));
    assert!(width > 300 && height > 300, "{width} × {height}");
    assert!((0.005..0.4).contains(&ink), "{}: {ink} of the page is ink", document.display());
}

/// Width and height of a grey picture in dots, and how much of it is darker than half.
fn ink(picture: &Path) -> (usize, usize, f64) {
    let bytes = std::fs::read(picture).expect("pdftoppm wrote it");
    let mut at = 0;
    let mut word = || {
        let from = at + bytes[at..].iter().position(|byte| !byte.is_ascii_whitespace()).expect("a word");
        at = from + bytes[from..].iter().position(u8::is_ascii_whitespace).expect("its end");
        String::from_utf8_lossy(&bytes[from..at]).into_owned()
    };
    assert_eq!(word(), "P5");
    let (width, height): (usize, usize) = (word().parse().expect("a number"), word().parse().expect("a number"));
    assert_eq!(word(), "255");
    let dots = &bytes[at + 1..];
    assert_eq!(dots.len(), width * height);
    (width, height, dots.iter().filter(|dot| **dot < 128).count() as f64 / dots.len() as f64)
}

/// Whether a program runs here. Missing, it fails the test, since `make packages` installs it; with `QINGLIAN_SKIP=1` that part is left
/// out and says so where everybody sees it: past the macros, whose words are shown of failing tests only.
fn runs(program: &str, probe: &[&str]) -> bool {
    if Command::new(program).args(probe).output().is_ok_and(|done| done.status.success()) {
        return true;
    }
    let missing = format!("{program} {} does not run here", probe.join(" "));
    let skip = std::env::var_os("QINGLIAN_SKIP").is_some_and(|set| set == "1");
    assert!(skip, "{missing}: `make packages` installs it, QINGLIAN_SKIP=1 leaves this out");
    writeln!(std::io::stderr(), "SKIP: {missing}").expect("standard error takes a line");
    false
}

fn said(program: &str, arguments: &[&str]) -> String {
    let done = Command::new(program).args(arguments).output().expect("it was tried before");
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the path is text")
}
