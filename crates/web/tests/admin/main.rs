//! The admin, and what holds for every page, over HTTP.

mod affiliate;
mod agent;
mod campaign;
mod export;
mod form_input;
mod german;
mod https;
mod identity;
mod language;
mod mail_template;
mod notification;
mod page_matrix;
mod pages;
mod proofs;
mod staff_bell;
mod step_up;
mod team;
mod tenant_page;
mod two_step;
