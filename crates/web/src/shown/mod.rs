//! How the programme's nouns are shown, alike in the admin and the portal: their words, colours and
//! the parts of their amounts.

pub(crate) mod application;
pub(crate) mod asset;
pub(crate) mod browser;
pub(crate) mod channel;
pub(crate) mod commission;
pub(crate) mod invoice;
pub(crate) mod link;
pub(crate) mod message;
pub(crate) mod money;
pub(crate) mod passkey;
pub(crate) mod payout;
pub(crate) mod qr;
pub(crate) mod tally;
pub(crate) mod two_step;
