//! Files of others: workbooks and text tables that are handed in, packages that are said to come from a house, sealed files.
#![no_main]

use libfuzzer_sys::fuzz_target;
use office::read::{Book, Limits, Pick};
use std::io::{self, Cursor};
use std::sync::LazyLock;
use vault::{Context, EntryKey, HandlerKey, Package, SigningKey, SystemEntropy};

static SIGNER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_bytes(&[7; 32]));
static ENTRY: LazyLock<EntryKey> = LazyLock::new(|| EntryKey::generate(&mut SystemEntropy));
static AUTHORITY: LazyLock<HandlerKey> = LazyLock::new(|| HandlerKey::generate(&mut SystemEntropy));

/// Rows and bytes of a file that a machine makes up thousands of times a second.
const ROWS: usize = 2_000;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, file)) = bytes.split_first() else { return };
    match kind % 4 {
        0 | 1 => table(file),
        2 => {
            if let Ok(mut package) = Package::open_unsealed(&SIGNER.verifying_key(), Cursor::new(file.to_vec())) {
                let items = package.manifest.items.len();
                assert!((0..items).all(|item| package.read(item, io::sink()).is_ok()), "it was checked when it was opened");
            }
            assert!(Package::open(&AUTHORITY, &SIGNER.verifying_key(), file, Cursor::new(Vec::new())).is_err(), "nobody has this key");
        }
        _ => {
            let context = Context { institution: "h", register: "r", entry: "e", purpose: "file" };
            assert!(vault::open_file(&ENTRY, &context, file, io::sink()).is_err(), "nobody has this key");
        }
    }
});

fn table(file: &[u8]) {
    let limits = Limits { part_bytes: 4 << 20, total_bytes: 8 << 20, held_bytes: 4 << 20, rows: 100_000, ..Limits::default() };
    let Ok(mut book) = Book::open(Cursor::new(file), limits) else { return };
    let sheets = book.sheets();
    for sheet in sheets.into_iter().map(Some).chain([None]).take(3) {
        let Ok(table) = book.table(&Pick { sheet, head_row: None }) else { continue };
        for row in table.rows.take(ROWS) {
            if row.is_err() {
                break;
            }
        }
    }
}
