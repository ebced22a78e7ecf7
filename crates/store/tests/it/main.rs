//! One contract for both databases: every test runs on SQLite and on a real PostgreSQL that the tests start themselves.

mod accounts;
mod backup;
mod conditions;
mod crash;
mod definitions;
mod desk;
mod erasing;
mod files;
mod full_disk;
mod jobs;
mod keeping;
mod log;
mod people;
mod postgres;
mod races;
mod reading;
mod recent;
mod sealing;
mod sessions;
mod storing;
mod tamper;
mod world;
