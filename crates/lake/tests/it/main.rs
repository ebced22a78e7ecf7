mod corrections;
mod crash;
mod definitions;
mod formats;
mod ids;
mod intake;
mod lab;
mod marts;
mod mimic;
mod naive;
#[path = "../../../statistics/tests/it/testdata.rs"]
mod testdata;
mod values;
