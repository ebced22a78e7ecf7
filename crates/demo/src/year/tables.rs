//! The small stories of a year, a row each, in the files beside this crate.

/// Cells of a row by place; a dash is an empty cell.
pub(super) struct Row(Vec<&'static str>);

impl Row {
    pub(super) fn text(&self, place: usize) -> &'static str {
        match self.0.get(place).copied().unwrap_or_default() {
            "-" => "",
            text => text,
        }
    }

    /// As it stands: a dash in the last column means that nothing stops the story.
    pub(super) fn raw(&self, place: usize) -> &'static str {
        self.0.get(place).copied().unwrap_or("-")
    }

    pub(super) fn number(&self, place: usize) -> i64 {
        self.text(place).parse().unwrap_or(0)
    }
}

fn rows(table: &'static str) -> impl Iterator<Item = Row> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| Row(line.split('\t').collect()))
}

macro_rules! tables {
    ($($name:ident)*) => {$(
        pub(super) fn $name() -> impl Iterator<Item = Row> {
            rows(include_str!(concat!("../../data/year/", stringify!($name), ".tsv")))
        }
    )*};
}

tables! { gifts clues disclosures problems tasks talks policies notices }
