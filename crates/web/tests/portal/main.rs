//! The portal, and what staff decides about it, over HTTP.

mod access;
mod account;
mod accounts;
mod address;
mod application;
mod asset;
mod branding;
mod code;
mod door;
mod host_name;
mod link;
mod lost_phone;
mod message;
mod page;
mod passkey;
mod sameness;
mod sign_up;
mod statement;
mod unsubscribe;
