//! Where a cell is, in the words a person sees in the margin of a spreadsheet.

/// The letters over a column: 0 is A, 25 is Z, 26 is AA.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        letters.push(char::from(b'A' + (rest % 26) as u8));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    letters.iter().rev().collect()
}

/// The name of a cell, such as `B17`. `column` counts from 0, `row` from 1.
pub fn cell_place(column: usize, row: u64) -> String {
    format!("{}{row}", column_letters(column))
}
