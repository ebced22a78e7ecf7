//! What a table's columns can be matched to: the fields of the creation form that a cell can fill.

use crate::draw::Draw;
use catalogue::field::Kind;
use catalogue::{Field, Sensitivity};

/// One thing a column may fill.
#[derive(Debug, Clone)]
pub(crate) struct Target<'a> {
    /// The key of the form: a field, or `table.0.column` for the one sub-row a line of a table can bring.
    pub key: String,
    pub label: String,
    pub field: &'a Field,
    pub required: bool,
    /// Labels in both languages, for guessing.
    pub known_as: Vec<String>,
}

/// The key that stands for the entry's own number.
pub(crate) const NUMBER: &str = "number";

/// Targets in the form's order. Sealed fields and files cannot come from a table.
pub(crate) fn targets<'a>(draw: &Draw<'a>) -> Vec<Target<'a>> {
    let mut found = Vec::new();
    let fields = draw.register.fields.values().filter(|field| field.on_form && field.sensitivity != Sensitivity::Sealed);
    for field in fields {
        match &field.kind {
            Kind::File { .. } => {}
            Kind::Table { columns } => {
                let cells = columns.values().filter(|column| !matches!(column.kind, Kind::File { .. }));
                found.extend(cells.map(|column| Target {
                    key: format!("{}.0.{}", field.name, column.name),
                    label: format!("{} · {}", draw.visit.text(&field.label), draw.visit.text(&column.label)),
                    field: column,
                    required: field.required && column.required,
                    known_as: vec![
                        format!("{} · {}", field.label.zh, column.label.zh),
                        format!("{} · {}", field.label.en, column.label.en),
                        format!("{}{}", field.label.zh, column.label.zh),
                        format!("{}.{}", field.name, column.name),
                    ],
                }));
            }
            _ => found.push(Target {
                key: field.name.to_string(),
                label: draw.visit.text(&field.label).to_owned(),
                field,
                required: field.required && field.default.is_none(),
                known_as: vec![field.label.zh.clone(), field.label.en.clone(), field.name.to_string()],
            }),
        }
    }
    found
}

/// The column whose head says what the target is called.
pub(crate) fn guess(target: &Target<'_>, head: &[String]) -> Option<usize> {
    let plain = |text: &str| text.trim().trim_end_matches(['*', '＊', ':', '：']).to_lowercase();
    let known: Vec<String> = target.known_as.iter().map(|name| plain(name)).collect();
    head.iter().position(|name| !name.is_empty() && known.contains(&plain(name)))
}

/// What a cell of this field may hold, in a sentence for the template.
pub(crate) fn described(draw: &Draw<'_>, field: &Field) -> String {
    let say = |key: &str| draw.visit.say(key);
    match &field.kind {
        Kind::Choice { of, many } => {
            let today = draw.visit.today();
            let items = draw.catalogue.items(of).into_iter().flat_map(|list| list.items.values()).filter(|item| item.holds_on(today));
            let labels = items.map(|item| draw.visit.text(&item.label).to_owned()).collect::<Vec<_>>().join(" / ");
            if *many { format!("{labels} {}", say("template-many")) } else { labels }
        }
        Kind::YesNo => format!("{} / {}", say("yes"), say("no")),
        Kind::Date => say("template-date"),
        Kind::DateTime => say("template-datetime"),
        Kind::Money => say("template-money"),
        Kind::Number { .. } => say("template-number"),
        Kind::Person { .. } => say("template-person"),
        Kind::Unit { .. } => say("template-unit"),
        Kind::Supplier => say("template-supplier"),
        Kind::Link { .. } => say("template-link"),
        Kind::Text | Kind::LongText | Kind::File { .. } | Kind::Table { .. } => {
            field.max.map_or_else(String::new, |max| draw.visit.fill("template-text", &[("n", (max as u64).into())]))
        }
    }
}
