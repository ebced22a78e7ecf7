//! From marks to a table: cells, totals, checks, paper.

use super::campaign::Campaign;
use super::layout::{ColumnLayout, Layout, Show};
use super::marks::{Mark, MarkRow, Marks, counted, entries, numbers, things};
use super::{Cell, Definition, Mention, Report, ReportError, Request, Row, Unlock, sealed};
use catalogue::Text;
use jiff::civil::Date;
use office::paper::{self, Paper, Signature, Sum};

pub(super) fn build(
    definition: &Definition,
    marks: Marks,
    campaign: &Campaign,
    from: Date,
    request: &Request<'_>,
    unlock: Option<&dyn Unlock>,
) -> Result<Report, ReportError> {
    let layout = &definition.layout;
    refuse(layout, &marks)?;
    let rows: Vec<Row> = marks
        .rows
        .iter()
        .zip(1..)
        .map(|(row, number)| {
            let cells = layout.columns.iter().map(|column| cell(column, row, number, unlock));
            Row { key: row.key.clone(), cells: cells.collect() }
        })
        .collect();
    let sum =
        layout.sum.as_ref().map(|sum| layout.columns[sum.span..].iter().map(|column| total(column, &marks.rows)).collect::<Vec<Cell>>());
    let cumulative = from == campaign.launched_on;
    let mentions = layout.mention.iter().filter_map(|(key, text)| Some(mention(text, marks.apart.get(key)?))).collect();
    let paper = print(layout, &rows, sum.as_deref(), campaign, (from, cumulative), request);
    Ok(Report {
        report: layout.report.clone(),
        title: Text::new(titled(&layout.title.zh, request), titled(&layout.title.en, request)),
        campaign: campaign.id,
        from,
        to: request.to,
        cumulative,
        rows,
        sum,
        mentions,
        paper,
    })
}

fn titled(title: &str, request: &Request<'_>) -> String {
    title.replace("{institution}", request.institution)
}

/// All that speaks against the table, together.
fn refuse(layout: &Layout, marks: &Marks) -> Result<(), ReportError> {
    let told = layout.refuse.iter().filter_map(|(key, text)| Some(mention(text, marks.apart.get(key)?)));
    let mut reasons: Vec<Mention> = told.collect();
    for row in &marks.rows {
        for column in layout.columns.iter().filter(|column| !column.total_of.is_empty()) {
            reasons.extend(unbalanced(layout, column, row));
        }
    }
    if reasons.is_empty() { Ok(()) } else { Err(ReportError::Unreconciled(reasons)) }
}

/// A total whose leaves do not add up to it: something counted in two leaves, or in none.
fn unbalanced(layout: &Layout, total: &ColumnLayout, row: &MarkRow) -> Option<Mention> {
    let leaves: Vec<_> = total.total_of.iter().map(|leaf| counted(row.cell(leaf))).collect();
    let all = joined(total, row);
    let odd: Vec<&Mark> = all
        .iter()
        .copied()
        .filter(|mark| {
            let key = mark.counted.as_deref();
            key.is_some_and(|key| leaves.iter().filter(|leaf| leaf.contains(key)).count() != 1)
        })
        .collect();
    if odd.is_empty() {
        return None;
    }
    let numbers = numbers(odd.iter().copied());
    let name = row_name(layout, row);
    let text = Text::new(
        format!(
            "“{name}”一行，“{}”与各分项之和不一致：{} 未归入唯一的分项，请核对其科室类别、职级或形态",
            total.label.zh,
            numbers.join("、")
        ),
        format!(
            "row “{name}”: the parts of “{}” do not add up; {} belong to no part or to several: check class, rank or form",
            total.label.en,
            numbers.join(", ")
        ),
    );
    Some(Mention { text, entries: entries(odd), numbers })
}

/// The first words of a row name it; else its key does.
fn row_name(layout: &Layout, row: &MarkRow) -> String {
    let words = layout.columns.iter().filter(|column| column.show == Show::Text).find_map(|column| words(row.cell(&column.key)));
    words.unwrap_or_else(|| row.key.clone())
}

fn mention(text: &Text, marks: &[Mark]) -> Mention {
    let numbers = numbers(marks);
    let fill = |text: &str, comma: &str| text.replace("{numbers}", &numbers.join(comma)).replace("{count}", &numbers.len().to_string());
    Mention { text: Text::new(fill(&text.zh, "、"), fill(&text.en, ", ")), entries: entries(marks), numbers }
}

/// Marks of a total: its leaves' and its own, which stand for what found no leaf.
fn joined<'m>(total: &'m ColumnLayout, row: &'m MarkRow) -> Vec<&'m Mark> {
    total.total_of.iter().chain([&total.key]).flat_map(|key| row.cell(key)).collect()
}

fn cell(column: &ColumnLayout, row: &MarkRow, number: i64, unlock: Option<&dyn Unlock>) -> Cell {
    let own = row.cell(&column.key);
    let (value, entries) = match column.show {
        Show::RowNumber => (paper::Cell::Count(number), Vec::new()),
        Show::Joined => {
            let parts = column.parts.iter().map(|part| value(part.show, part.field.as_deref(), row.cell(&part.key), unlock));
            let texts: Vec<String> = parts.map(|part| part.shown()).filter(|text| !text.is_empty()).collect();
            let marks = column.parts.iter().flat_map(|part| row.cell(&part.key));
            (paper::Cell::Text(texts.join(&column.separator)), entries(marks))
        }
        show if column.total_of.is_empty() => (value(show, column.field.as_deref(), own, unlock), entries(own)),
        show => {
            let all: Vec<Mark> = joined(column, row).into_iter().cloned().collect();
            (value(show, None, &all, unlock), entries(&all))
        }
    };
    Cell { column: column.key.clone(), value, entries, counted: things(joined(column, row)) }
}

fn value(show: Show, field: Option<&str>, marks: &[Mark], unlock: Option<&dyn Unlock>) -> paper::Cell {
    match show {
        Show::Count => paper::Cell::Count(counted(marks).len() as i64),
        Show::Sum => paper::Cell::Count(amount(marks)),
        Show::Wan => paper::Cell::WanYuan(amount(marks)),
        Show::Text | Show::RowNumber | Show::Joined => words(marks).map_or(paper::Cell::Blank, paper::Cell::Text),
        Show::Date => match words(marks) {
            Some(day) => day.parse().map_or(paper::Cell::Text(day), paper::Cell::Date),
            None => paper::Cell::Blank,
        },
        Show::Sealed => sealed::open(marks, field.unwrap_or_default(), unlock),
    }
}

fn amount(marks: &[Mark]) -> i64 {
    marks.iter().filter_map(|mark| mark.amount).sum()
}

fn words(marks: &[Mark]) -> Option<String> {
    let words: Vec<&str> = marks.iter().filter_map(|mark| mark.words.as_deref()).collect();
    (!words.is_empty()).then(|| words.join("、"))
}

/// A cell of the row of totals: what stands above it added up.
fn total(column: &ColumnLayout, rows: &[MarkRow]) -> Cell {
    let add = |show: Show, key: &str| {
        rows.iter()
            .map(|row| match show {
                Show::Count => counted(row.cell(key)).len() as i64,
                _ => amount(row.cell(key)),
            })
            .sum::<i64>()
    };
    let shown = |show: Show, key: &str| match show {
        Show::Wan => paper::Cell::WanYuan(add(show, key)),
        _ => paper::Cell::Count(add(show, key)),
    };
    let keys: Vec<&str> = match column.show {
        Show::Joined => column.parts.iter().map(|part| part.key.as_str()).collect(),
        _ => vec![column.key.as_str()],
    };
    let value = match column.show {
        Show::Joined => paper::Cell::Text(
            column.parts.iter().map(|part| shown(part.show, &part.key).shown()).collect::<Vec<_>>().join(&column.separator),
        ),
        show if show.is_number() => shown(show, &column.key),
        _ => paper::Cell::Blank,
    };
    let marks = rows.iter().flat_map(|row| keys.iter().flat_map(|key| row.cell(key)));
    Cell { column: column.key.clone(), value, entries: entries(marks.clone()), counted: things(marks) }
}

fn print(
    layout: &Layout,
    rows: &[Row],
    sum: Option<&[Cell]>,
    campaign: &Campaign,
    (from, cumulative): (Date, bool),
    request: &Request<'_>,
) -> Paper {
    let values = |cells: &[Cell]| cells.iter().map(|cell| cell.value.clone()).collect();
    let signed = |label: &String, given: &Option<String>, known: &Option<String>| Signature {
        label: label.clone(),
        value: given.clone().or_else(|| known.clone()).unwrap_or_default(),
    };
    let [preparer, phone, reviewer] = &layout.footer;
    let period = match cumulative {
        true => format!("数据自专项整治启动之日（{from}）起累计，截至填报之日（{}）。", request.to),
        false => format!("非累计口径：只含 {from} 至 {} 的数据；专项整治启动于 {}。", request.to, campaign.launched_on),
    };
    let mut stamp: Vec<String> = layout.counting.iter().map(|rule| format!("口径：{}", rule.text)).collect();
    stamp.push(request.copy.sentence().zh);
    // When it was counted, and the fingerprint of all records by then: one line, the last.
    let head = request.chain_head.as_ref().map(|head| format!("；存证指纹（与院外存证比对）记录链末：{head}"));
    let made_at = request.made_at.strftime("%Y-%m-%d %H:%M");
    stamp.push(format!("统计于 {made_at}，数据截至 {}{}", request.to, head.unwrap_or_default()));
    Paper {
        annex: Some(layout.annex.clone()),
        title: titled(&layout.title.zh, request),
        orientation: layout.orientation,
        columns: layout.columns.iter().map(|column| paper::Column { width: column.width, align: column.align }).collect(),
        head: layout.head.clone(),
        rows: rows.iter().map(|row| paper::Row { cells: values(&row.cells) }).collect(),
        sum: layout.sum.as_ref().zip(sum).map(|(label, cells)| Sum { label: label.label.clone(), span: label.span, cells: values(cells) }),
        footer: vec![
            signed(preparer, &request.preparer, &campaign.preparer),
            signed(phone, &request.phone, &None),
            signed(reviewer, &request.reviewer, &campaign.reviewer),
        ],
        notes: layout.notes.iter().cloned().chain([period]).collect(),
        stamp,
    }
}
