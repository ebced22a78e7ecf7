//! The catalogue is embedded: any change under it, a new file too, rebuilds this crate.
fn main() {
    println!("cargo:rerun-if-changed=../../catalogue");
}
