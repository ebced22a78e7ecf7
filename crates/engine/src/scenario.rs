//! Runs the scenarios beside definitions.
