//! Official forms: the model, the two writers, and what makes their output the same.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use office::letter;
use office::paper::{Cell, HeadCell, Paper, PaperFault, write_docx, write_xlsx};
use quick_xml::events::Event;

use super::forms::{clues, disclosures, letter as notice, made_at, summary};

fn docx(paper: &Paper) -> Vec<u8> {
    let mut out = Vec::new();
    write_docx(paper, made_at(), &mut out).unwrap();
    out
}

fn xlsx(paper: &Paper) -> Vec<u8> {
    let mut out = Vec::new();
    write_xlsx(paper, made_at(), &mut out).unwrap();
    out
}

/// The parts of a package by name.
fn parts(zip: &[u8]) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut part = zip.by_index(index).unwrap();
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            (part.name().unwrap().into_owned(), text)
        })
        .collect()
}

/// A cell of a row of a document.
#[derive(Debug, Default, PartialEq)]
struct Drawn {
    span: usize,
    /// `restart`, or empty where a merge goes on.
    merge: Option<String>,
    text: String,
}

#[derive(Debug, Default)]
struct DrawnRow {
    is_head: bool,
    cells: Vec<Drawn>,
}

/// The rows of the table of a document.
fn table_of(document: &str) -> Vec<DrawnRow> {
    let mut rows: Vec<DrawnRow> = Vec::new();
    let mut xml = quick_xml::Reader::from_str(document);
    let mut in_cell = false;
    loop {
        match xml.read_event().unwrap() {
            Event::Eof => return rows,
            Event::Start(tag) | Event::Empty(tag) => {
                let val = tag.try_get_attribute("w:val").unwrap().map(|val| val.value.into_owned());
                let cell = rows.last_mut().and_then(|row| row.cells.last_mut());
                match (tag.name().as_ref(), cell) {
                    ("w:tr", _) => rows.push(DrawnRow::default()),
                    ("w:tblHeader", _) => rows.last_mut().unwrap().is_head = true,
                    ("w:tc", _) => {
                        in_cell = true;
                        rows.last_mut().unwrap().cells.push(Drawn { span: 1, ..Drawn::default() });
                    }
                    ("w:gridSpan", Some(cell)) => cell.span = val.unwrap().parse().unwrap(),
                    ("w:vMerge", Some(cell)) => cell.merge = Some(val.unwrap_or_default()),
                    ("w:br", Some(cell)) if in_cell => cell.text.push('\n'),
                    _ => {}
                }
            }
            Event::Text(text) if in_cell => {
                rows.last_mut().unwrap().cells.last_mut().unwrap().text += &text.xml10_content();
            }
            Event::End(tag) if tag.name().as_ref() == "w:tc" => in_cell = false,
            _ => {}
        }
    }
}

#[test]
fn every_row_of_the_document_covers_every_column() {
    for (paper, rows) in [(summary(), 8), (disclosures(3), 5), (clues(), 3)] {
        let drawn = table_of(&parts(&docx(&paper))["word/document.xml"]);
        assert_eq!(drawn.len(), rows, "{}", paper.title);
        for row in &drawn {
            assert_eq!(row.cells.iter().map(|cell| cell.span).sum::<usize>(), paper.columns.len());
        }
        let heads = drawn.iter().take_while(|row| row.is_head).count();
        assert_eq!(heads, paper.head.len(), "the head and nothing else repeats on each page");
        assert_eq!(heads, drawn.iter().filter(|row| row.is_head).count());
    }
}

#[test]
fn the_head_of_the_summary_is_merged_as_the_form_has_it() {
    let drawn = table_of(&parts(&docx(&summary()))["word/document.xml"]);
    let shape =
        |row: usize| -> Vec<(usize, Option<&str>)> { drawn[row].cells.iter().map(|cell| (cell.span, cell.merge.as_deref())).collect() };
    let (from, on, single) = ((1, Some("restart")), (1, Some("")), (1, None));
    assert_eq!(shape(0), [from, (4, None), (3, None), (5, None), from, from, from]);
    let mut second = vec![single; 16];
    for column in [0, 13, 14, 15] {
        second[column] = on;
    }
    assert_eq!(shape(1), second);
    assert_eq!(drawn[0].cells[1].text, "科室类别\n（个数）");
    assert_eq!(drawn[1].cells[0].text, "", "the label stands once");
    assert_eq!(drawn[3].cells[2].text, "11");
}

#[test]
fn the_sum_spans_its_label_and_a_withheld_cell_says_so() {
    let drawn = table_of(&parts(&docx(&disclosures(3)))["word/document.xml"]);
    let sum = &drawn[4];
    assert_eq!(sum.cells[0], Drawn { span: 2, merge: None, text: "合计".into() });
    assert_eq!(sum.cells[1].text, "3");
    let drawn = table_of(&parts(&docx(&clues()))["word/document.xml"]);
    assert_eq!(drawn[1].cells[1].text, "〔密〕");
}

#[test]
fn the_parts_of_a_document_are_declared_related_and_well_formed() {
    let mut out = Vec::new();
    letter::write_docx(&notice(), made_at(), &mut out).unwrap();
    for bytes in [docx(&summary()), out] {
        let parts = parts(&bytes);
        for (name, text) in &parts {
            let mut xml = quick_xml::Reader::from_str(text);
            while !matches!(xml.read_event().unwrap_or_else(|fault| panic!("{name}: {fault}")), Event::Eof) {}
            let is_listed = parts["[Content_Types].xml"].contains(&format!("\"/{name}\""));
            assert!(is_listed || name.ends_with(".rels") || name.starts_with('['), "{name} has no content type");
        }
        for target in ["styles.xml", "settings.xml", "fontTable.xml", "footer1.xml"] {
            assert!(parts["word/_rels/document.xml.rels"].contains(&format!("Target=\"{target}\"")));
            assert!(parts.contains_key(&format!("word/{target}")));
        }
        for style in parts["word/document.xml"].split("<w:pStyle w:val=\"").skip(1) {
            let id = style.split('"').next().unwrap();
            assert!(parts["word/styles.xml"].contains(&format!("w:styleId=\"{id}\"")), "no style {id}");
        }
        assert!(parts["word/styles.xml"].contains("方正小标宋简体"));
        assert!(parts["word/fontTable.xml"].contains("FZXiaoBiaoSong-B05S"));
    }
}

#[test]
fn text_of_strangers_cannot_break_a_document() {
    let mut paper = disclosures(1);
    paper.rows[0].cells[1] = Cell::Text("</w:t>&\u{0}\u{8}\"<甲\r\n乙\t丙".into());
    paper.title = "a\u{1}\"&<>".into();
    let parts = parts(&docx(&paper));
    let drawn = table_of(&parts["word/document.xml"]);
    assert!(drawn[1].cells[1].text.ends_with("甲\n乙丙"), "{:?}", drawn[1].cells[1].text);
    assert!(!parts.values().any(|text| text.contains(['\u{0}', '\u{1}', '\u{8}'])));
    assert!(xlsx(&paper).len() > 1000);
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    for paper in [summary(), disclosures(40), clues()] {
        assert!(docx(&paper) == docx(&paper), "docx of {}", paper.title);
        assert!(xlsx(&paper) == xlsx(&paper), "xlsx of {}", paper.title);
    }
    let later = made_at().tomorrow().unwrap();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    write_xlsx(&summary(), made_at(), &mut first).unwrap();
    write_xlsx(&summary(), later, &mut second).unwrap();
    assert!(first != second, "the time is the caller's");
}

fn check_fault(paper: Paper, expected: PaperFault) {
    assert_eq!(paper.check(), Err(expected.clone()));
    for error in [write_docx(&paper, made_at(), Vec::new()).unwrap_err(), write_xlsx(&paper, made_at(), Vec::new()).unwrap_err()] {
        assert_eq!((error.code(), error.zh()), (expected.code(), expected.zh()));
    }
}

#[test]
fn a_head_that_does_not_tile_is_refused() {
    let with_head = |head: Vec<Vec<HeadCell>>| Paper { head, ..disclosures(1) };
    let leaf = || HeadCell::new("x");
    let fault = |row| PaperFault::Head { row, columns: 5 };
    let fives = || (0..5).map(|_| leaf()).collect::<Vec<_>>();
    check_fault(with_head(vec![vec![leaf().across(4)]]), fault(1));
    check_fault(with_head(vec![vec![leaf().across(6)]]), fault(1));
    check_fault(with_head(vec![vec![leaf().across(5), leaf()]]), fault(1));
    check_fault(with_head(vec![vec![leaf().across(5).down(2)]]), fault(1));
    check_fault(with_head(vec![vec![leaf().across(0), leaf().across(5)]]), fault(1));
    check_fault(with_head(vec![vec![leaf().down(2), leaf().across(4)], fives()]), fault(2));
    // A wide cell below may not run into one that comes down from above.
    let above = vec![leaf().across(2), leaf().down(2), leaf().across(2)];
    check_fault(with_head(vec![above.clone(), vec![leaf().across(3), leaf()]]), fault(2));
    let good = with_head(vec![above, vec![leaf(), leaf(), leaf().across(2)]]);
    assert_eq!(good.check(), Ok(()));
    assert_eq!(
        good.head_grid().unwrap().iter().map(|cell| (cell.row, cell.column)).collect::<Vec<_>>(),
        [(0, 0), (0, 2), (0, 3), (1, 0), (1, 1), (1, 3)]
    );
}

#[test]
fn rows_and_sums_of_another_width_are_refused() {
    let mut paper = disclosures(2);
    paper.rows[1].cells.pop();
    check_fault(paper, PaperFault::Row { row: 2, found: 4, columns: 5 });
    let mut paper = disclosures(2);
    paper.sum.as_mut().unwrap().span = 3;
    check_fault(paper, PaperFault::Sum { found: 6, columns: 5 });
    let mut paper = disclosures(2);
    paper.columns[0].width = 0;
    check_fault(paper, PaperFault::Columns { found: 5 });
}

#[test]
fn cells_show_the_same_everywhere() {
    for (cell, shown) in [
        (Cell::Blank, ""),
        (Cell::Count(-3), "-3"),
        (Cell::Yuan(5), "0.05"),
        (Cell::Yuan(-123_456), "-1234.56"),
        (Cell::WanYuan(1_250_000), "1.25"),
        (Cell::WanYuan(1_000_000), "1.00"),
        (Cell::WanYuan(-1), "-0.000001"),
        (Cell::Sealed, "〔密〕"),
        (Cell::Date(jiff::civil::date(2026, 4, 9)), "2026-04-09"),
    ] {
        assert_eq!(cell.shown(), shown);
    }
}

#[test]
fn notes_are_numbered_when_there_are_several() {
    assert_eq!(disclosures(1).note_lines(), ["说明：自启动日累计至填报日"]);
    assert_eq!(clues().note_lines(), ["说明：1.线索来源按八类填写", "　　　2.自启动日累计至填报日"]);
    assert_eq!(Paper { notes: Vec::new(), ..clues() }.note_lines(), [""; 0]);
}

#[test]
fn a_paper_survives_being_stored() {
    for paper in [summary(), disclosures(2), clues()] {
        let stored = serde_json::to_string(&paper).unwrap();
        assert_eq!(serde_json::from_str::<Paper>(&stored).unwrap(), paper);
    }
    let short = r#"{"annex":null,"title":"表","orientation":"portrait","columns":[{"width":1}],
        "head":[[{"text":"数"}]],"rows":[{"cells":[{"count":3}]},{"cells":["sealed"]}]}"#;
    let paper: Paper = serde_json::from_str(short).unwrap();
    assert_eq!(paper.check(), Ok(()));
    assert_eq!(paper.rows[1].cells[0], Cell::Sealed);
}
