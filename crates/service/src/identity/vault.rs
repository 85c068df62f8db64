//! Texts that must be read again but by nobody who has only the database: sealed with
//! XChaCha20-Poly1305 under a key made from the installation's, and bound to what they are and whose.
//! Moved to another row or another business a sealed text does not open.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};

use super::seal;
use crate::app::App;
use crate::error::{Result, ServiceError};

/// The first byte of what is stored, so that another way of sealing can follow.
const VERSION: u8 = 1;
const NONCE_LENGTH: usize = 24;

fn cipher(app: &App, purpose: &str) -> XChaCha20Poly1305 {
    // A key a purpose; `seal::fingerprint` is an HMAC under the installation's key.
    let text = seal::fingerprint(app, "vault key", purpose);
    let key: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    XChaCha20Poly1305::new(&key.into())
}

fn broken() -> ServiceError {
    ServiceError::Internal("a sealed text does not open: was the secret key changed?".to_owned())
}

/// Seals a text for a purpose; `owner` names the business and whose it is.
///
/// # Errors
/// [`ServiceError::Internal`], for texts of gigabytes.
pub fn seal_text(app: &App, purpose: &str, owner: &str, text: &str) -> Result<Vec<u8>> {
    let mut nonce = [0; NONCE_LENGTH];
    app.random().fill(&mut nonce);
    let payload = Payload {
        msg: text.as_bytes(),
        aad: owner.as_bytes(),
    };
    let sealed = cipher(app, purpose)
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| ServiceError::Internal("a text cannot be sealed".to_owned()))?;
    Ok([&[VERSION][..], &nonce, &sealed].concat())
}

/// The text that [`seal_text`] sealed for the same purpose and owner.
///
/// # Errors
/// [`ServiceError::Internal`] when it was sealed for another, changed, or sealed under another key.
pub fn open_text(app: &App, purpose: &str, owner: &str, sealed: &[u8]) -> Result<String> {
    let (version, rest) = sealed.split_first().ok_or_else(broken)?;
    let (nonce, sealed) = rest
        .split_first_chunk::<NONCE_LENGTH>()
        .ok_or_else(broken)?;
    if *version != VERSION {
        return Err(broken());
    }
    let payload = Payload {
        msg: sealed,
        aad: owner.as_bytes(),
    };
    let text = cipher(app, purpose)
        .decrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| broken())?;
    String::from_utf8(text).map_err(|_| broken())
}
