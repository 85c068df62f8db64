//! The binary as a process.

mod command_line;
mod connection;
mod damage;
mod kill;
mod payout_run_kill;
mod process;
mod transfer_kill;
mod verify_statement;
mod verify_tampered;
