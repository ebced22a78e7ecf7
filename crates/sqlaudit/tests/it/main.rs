mod ehrsql;
mod fixtures;
mod logs;
mod names;
mod sequence;
mod support;
#[path = "../../../statistics/tests/it/testdata.rs"]
mod testdata;
