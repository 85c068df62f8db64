//! Payment files, their answers, and the statements of what was paid, over HTTP.

mod bank_entries;
mod bank_reports;
mod bank_xml;
mod files;
mod results;
mod returns;
mod shop;
mod staff;
mod statements;
