//! What people can do, tried from outside on real databases.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "in a test a broken assumption should fail loudly, and says where"
)]

mod accounts;
mod archive;
mod archive_older;
mod bank;
mod changing;
mod claiming;
mod deals;
mod demo;
mod evidence_documented;
mod evidence_kept;
mod evidence_together;
mod exporting;
mod forgetting;
mod importing;
mod importing_again;
mod importing_faults;
mod isolation;
mod labels;
mod listing;
mod logging;
mod made;
mod merging;
mod model;
mod own_ids;
mod people;
mod pitch_tests;
mod pitch_tests_own;
mod provider;
mod sign_in;
mod team;
mod team_brought_in;
mod team_worlds;
mod today;
mod today_order;
mod undoing;
mod who;
mod whose_rows;
