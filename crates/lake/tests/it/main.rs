mod definitions;
mod intake;
mod lab;
