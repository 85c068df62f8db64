//! Text that comes back from a browser or a mail as it was given out: signed with the
//! installation's key, for one purpose. It is readable, not secret.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::app::App;

fn mac(app: &App, purpose: &str, payload: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&app.settings().secret_key).ok()?;
    // The length keeps purpose and payload apart.
    mac.update(&(purpose.len() as u64).to_be_bytes());
    mac.update(purpose.as_bytes());
    mac.update(payload);
    Some(mac)
}

/// A keyed hash (HMAC-SHA-256, 64 hex digits): the same for the same purpose and text.
#[must_use]
pub fn fingerprint(app: &App, purpose: &str, text: &str) -> String {
    mac(app, purpose, text.as_bytes()).map_or_else(String::new, |mac| {
        data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
    })
}

/// Signs a payload: base64url of it, a dot, base64url of the HMAC-SHA-256.
#[must_use]
pub fn close(app: &App, purpose: &str, payload: &str) -> String {
    let tag = mac(app, purpose, payload.as_bytes()).map_or_else(String::new, |mac| {
        BASE64URL_NOPAD.encode(&mac.finalize().into_bytes())
    });
    format!("{}.{tag}", BASE64URL_NOPAD.encode(payload.as_bytes()))
}

/// The payload, when [`close`] made this text for this purpose.
#[must_use]
pub fn open(app: &App, purpose: &str, text: &str) -> Option<String> {
    let (payload, tag) = text.split_once('.')?;
    let payload = BASE64URL_NOPAD.decode(payload.as_bytes()).ok()?;
    let tag = BASE64URL_NOPAD.decode(tag.as_bytes()).ok()?;
    mac(app, purpose, &payload)?.verify_slice(&tag).ok()?;
    String::from_utf8(payload).ok()
}
