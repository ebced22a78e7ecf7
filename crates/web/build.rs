//! Makes a missing `assets/dist` a sentence instead of a macro's backtrace, and rebuilds when an embedded file changes.

use std::path::Path;

fn main() {
    let dist = Path::new("../../assets/dist");
    for needed in ["app.css", "app.js", "public.css", "public.js", "seal.js", "htmx.min.js", "icon.svg"] {
        if !dist.join(needed).is_file() {
            println!("cargo::error=assets/dist/{needed} is missing: run `make assets` (npm ci && npm run build in assets/) first");
        }
    }
    println!("cargo::rerun-if-changed=../../assets/dist");
    println!("cargo::rerun-if-changed=templates");
}
