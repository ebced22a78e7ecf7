mod findings;
mod fixtures;
mod functions;
mod golden;
mod limits;
mod real;
mod registers;
mod reports;
mod rules;
mod site;
#[path = "../../../statistics/tests/it/testdata.rs"]
mod testdata;
