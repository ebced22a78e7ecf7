mod ehrsql;
mod fixtures;
mod logs;
mod names;
mod sequence;
mod support;
