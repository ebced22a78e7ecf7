//! The files as other programs see them: openpyxl, and LibreOffice by way of PDF. Where one is not installed the
//! test fails, unless it is told to be left out.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use office::letter;
use office::paper::{write_docx, write_xlsx};
use office::sheet::{self, Cell, Column, Format, Kind, List};

use super::forms::{clues, disclosures, letter as notice, made_at, summary};

/// What a program prints; nothing when it cannot be started or fails at `probe`.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let done = Command::new(program).args(arguments).output().ok()?;
    let shown = String::from_utf8_lossy(&done.stdout).into_owned();
    let faults = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{program}: {faults}");
    Some(shown)
}

/// Whether a program runs here. Missing, it fails the test: `make packages` installs it. With `QINGLIAN_SKIP=1` the test is left out,
/// and says so where everybody sees it: past the macros, whose words are shown of failing tests only.
fn is_there(program: &str, probe: &[&str]) -> bool {
    let found = Command::new(program).args(probe).output().is_ok_and(|done| done.status.success());
    if !found {
        let said = format!("{program} {} does not run here", probe.join(" "));
        assert!(
            std::env::var_os("QINGLIAN_SKIP").is_some_and(|set| set == "1"),
            "{said}: `make packages` installs it, QINGLIAN_SKIP=1 leaves this test out"
        );
        writeln!(std::io::stderr(), "SKIP: {said}").expect("standard error takes a line");
    }
    found
}

/// A folder for this test's files, kept after the test so that they can be looked at.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

const LIST_SHEET: &str = "
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheet = book.worksheets[0]
print(sorted(str(r) for r in sheet.merged_cells.ranges))
for row in sheet.iter_rows():
    print([c.value for c in row if c.value is not None])
print(sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.print_title_rows, sheet.freeze_panes)
print([c.data_type for row in sheet.iter_rows() for c in row if c.data_type == 'f'])
";

#[test]
fn openpyxl_sees_the_merged_heads_and_the_numbers() {
    if !is_there("python3", &["-c", "import openpyxl"]) {
        return;
    }
    let folder = folder("openpyxl");
    let sees = |paper: &office::paper::Paper, name: &str| {
        let path = folder.join(name);
        write_xlsx(paper, made_at(), std::fs::File::create(&path).unwrap()).unwrap();
        output("python3", &["-c", LIST_SHEET, path.to_str().unwrap()]).unwrap()
    };

    let seen = sees(&summary(), "summary.xlsx");
    let lines: Vec<&str> = seen.lines().collect();
    assert_eq!(
        lines[0],
        "['A11:P11', 'A12:P12', 'A13:P13', 'A14:P14', 'A15:P15', 'A1:P1', 'A2:P2', 'A3:A4', 'B3:E3', \
         'F3:H3', 'I3:M3', 'N3:N4', 'O3:O4', 'P3:P4']"
    );
    assert_eq!(lines[1], "['附件4']");
    assert_eq!(lines[2], "['示例县人民医院专项整治情况汇总表']");
    assert!(lines[3].starts_with(r"['整治工作项目', '科室类别\n（个数）', '处理人员\n（人数）',"), "{}", lines[3]);
    assert!(lines[4].starts_with(r"['职能\n科室', '临床\n科室', '医技\n科室', '合计', "), "{}", lines[4]);
    assert_eq!(lines[6], "['（二）医疗服务群众反映强烈', 1, 11, 3, 15, 0, 7, 7, 5, 2, 0, 0, 7, 2, 3, 5]");
    assert!(lines[11].starts_with("['填报人：李干事"), "{}", lines[11]);
    assert_eq!(lines[16], "landscape 9 $3:$4 A5");

    let seen = sees(&disclosures(3), "disclosures.xlsx");
    assert!(seen.contains("'A7:B7'"), "the label of the sum spans two columns: {seen}");
    assert!(seen.contains("['合计', 3, 6, '1.00万元／9件']"), "{seen}");

    let seen = sees(&clues(), "clues.xlsx");
    assert!(seen.contains("'〔密〕'") && seen.contains("'=反映某科室"), "{seen}");
    assert!(seen.ends_with("[]\n"), "a text is no formula: {seen}");
}

#[test]
fn openpyxl_sees_the_types_of_a_list() {
    if !is_there("python3", &["-c", "import openpyxl"]) {
        return;
    }
    let path = folder("openpyxl").join("list.xlsx");
    let list = List {
        title: "登记".into(),
        columns: vec![Column::new("编号", Kind::Text), Column::new("估值（元）", Kind::Money), Column::new("日期", Kind::Date)],
        about_title: "说明".into(),
        about: vec![("导出人".into(), "李干事".into())],
        made_at: made_at(),
    };
    let mut rows = sheet::begin(Format::Xlsx, &list, std::fs::File::create(&path).unwrap()).unwrap();
    rows.row(&[Cell::Text("=1+1".into()), Cell::Fen(12_345), Cell::Date(made_at().date())]).unwrap();
    rows.finish().unwrap();
    let script = "
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
print(book.sheetnames, book.properties.created, book.worksheets[0].freeze_panes)
for c in book.worksheets[0][2]: print(c.data_type, c.value, c.number_format, c.quotePrefix)
";
    let seen = output("python3", &["-c", script, path.to_str().unwrap()]).unwrap();
    // openpyxl calls any text that begins with an equals sign a formula unless it looks at how it is stored.
    assert_eq!(
        seen,
        "['登记', '说明'] 2026-06-11 09:45:00 A2\ns =1+1 @ True\nn 123.45 #,##0.00 False\nd 2026-06-11 00:00:00 yyyy-mm-dd False\n"
    );
}

/// Converts the files of a folder to PDF and answers what each page says.
fn pages(folder: &Path, files: &[PathBuf]) -> Vec<Vec<String>> {
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let mut arguments = vec![profile.as_str(), "--headless", "--convert-to", "pdf", "--outdir", folder.to_str().unwrap()];
    arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
    output("soffice", &arguments).unwrap();
    files
        .iter()
        .map(|file| {
            let pdf = folder.join(file.file_name().unwrap()).with_extension("pdf");
            let text = output("pdftotext", &["-layout", pdf.to_str().unwrap(), "-"]).unwrap();
            std::fs::remove_file(&pdf).unwrap();
            text.trim_end_matches('\u{c}').split('\u{c}').map(|page| page.replace([' ', '\n'], "")).collect()
        })
        .collect()
}

#[test]
fn libreoffice_prints_document_and_workbook_alike() {
    if !(is_there("soffice", &["--version"]) && is_there("pdftotext", &["-v"])) {
        return;
    }
    let folder = folder("libreoffice");
    let mut files = Vec::new();
    for (name, paper) in [("summary", summary()), ("disclosures", disclosures(60)), ("clues", clues())] {
        let (document, book) = (folder.join(format!("{name}_d.docx")), folder.join(format!("{name}_x.xlsx")));
        write_docx(&paper, made_at(), std::fs::File::create(&document).unwrap()).unwrap();
        write_xlsx(&paper, made_at(), std::fs::File::create(&book).unwrap()).unwrap();
        files.extend([document, book]);
    }
    let notice_path = folder.join("letter.docx");
    letter::write_docx(&notice(), made_at(), std::fs::File::create(&notice_path).unwrap()).unwrap();
    files.push(notice_path);

    let pages = pages(&folder, &files);
    for (file, pages) in files.iter().zip(&pages).take(2) {
        assert_eq!(pages.len(), 1, "{} fits one page", file.display());
        for text in
            ["附件4", "情况汇总表", "整治工作项目", "四种形态运用", "（六）医德医风", "填报人：李干事", "说明：1.", "链首9c41", "1/1"]
        {
            assert!(pages[0].contains(text), "{}: no {text} in {}", file.display(), pages[0]);
        }
    }
    for (file, pages) in files.iter().zip(&pages).skip(2).take(2) {
        assert!(pages.len() > 1, "{} needs several pages", file.display());
        for page in &pages[..2] {
            assert!(page.contains("科室名称"), "{}: the head repeats on each page", file.display());
        }
        assert!(pages.last().unwrap().contains("合计60120"), "{}", pages.last().unwrap());
    }
    assert!(pages[4][0].contains("〔密〕") && pages[5][0].contains("〔密〕"));
    assert_eq!(pages[6].len(), 1);
    assert!(pages[6][0].contains("示院纪函〔2026〕7号"), "{}", pages[6][0]);
}
