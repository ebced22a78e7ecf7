mod findings;
mod fixtures;
mod functions;
mod limits;
mod registers;
mod reports;
mod rules;
mod site;
