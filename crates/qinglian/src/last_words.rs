//! What is said when the program itself is at fault: one line that helps whoever mends it, never a stack trace.

use std::panic::PanicHookInfo;

/// Says where the fault is. Output that nobody reads any more (`qinglian … | head`) is no fault: the program ends in silence.
pub fn say(fault: &PanicHookInfo) {
    let what = fault.payload_as_str().unwrap_or("no reason given");
    if what.starts_with("failed printing to std") {
        std::process::exit(0);
    }
    let place = fault.location().map(|place| format!("{}:{}", short(place.file()), place.line())).unwrap_or_default();
    eprintln!(
        "qinglian: 程序自身出错，已写入的数据不受影响；请把这一行交给维护人员 / a fault of the program, nothing stored is lost: {what} ({place})"
    );
}

/// A source file by its crate, without the folders of the machine it was built on.
fn short(file: &str) -> &str {
    let at = file.rfind("/src/").map_or(0, |src| file[..src].rfind('/').map_or(0, |slash| slash + 1));
    &file[at..]
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_file_is_named_from_its_crate_on() {
        assert_eq!(super::short("registry/src/index-1/sqlx-0.9.0/src/pool/mod.rs"), "sqlx-0.9.0/src/pool/mod.rs");
        assert_eq!(super::short("crates/web/src/app.rs"), "web/src/app.rs");
        assert_eq!(super::short("main.rs"), "main.rs");
    }
}
