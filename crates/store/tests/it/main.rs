//! One contract for both databases: every test runs on SQLite and on a real PostgreSQL that the tests start themselves.

mod accepting;
mod accounts;
mod backup;
mod conditions;
mod crash;
mod custody;
mod definitions;
mod desk;
mod erasing;
mod files;
mod factor;
mod full_disk;
mod jobs;
mod keeping;
mod lent;
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
