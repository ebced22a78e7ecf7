//! The definitions are embedded: a new or changed file makes a new binary.

fn main() {
    println!("cargo:rerun-if-changed=../../catalogue");
    println!("cargo:rerun-if-changed=build.rs");
}
