//! The randomness port: the only source of random bytes.

use std::sync::Mutex;

use domain::id::{BusinessId, EntityId, uuid_v7};
use domain::time::UnixMs;
use rand::{Rng as _, SeedableRng as _, TryRng as _};

/// Draws random bytes.
pub trait Random: Send + Sync + 'static {
    /// Fills the buffer. Good enough for secrets in production.
    fn fill(&self, buffer: &mut [u8]);
}

/// A generator seeded by the operating system (ChaCha12), reseeded with every process.
pub struct SystemRandom(Mutex<rand::rngs::StdRng>);

impl SystemRandom {
    /// Seeds from the operating system.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn new() -> std::io::Result<Self> {
        let mut seed = [0; 32];
        rand::rngs::SysRng
            .try_fill_bytes(&mut seed)
            .map_err(std::io::Error::other)?;
        Ok(Self(Mutex::new(rand::rngs::StdRng::from_seed(seed))))
    }
}

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .fill_bytes(buffer);
    }
}

/// A generator that draws the same bytes every time: for tests and the demo's figures.
pub struct SeededRandom(Mutex<rand::rngs::StdRng>);

impl SeededRandom {
    /// Starts at a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(rand::rngs::StdRng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .fill_bytes(buffer);
    }
}

/// Draws an id of any entity for this instant.
pub fn new_id<T: EntityId>(random: &dyn Random, now: UnixMs) -> T {
    let mut bits = [0; 10];
    random.fill(&mut bits);
    T::from(uuid_v7(now.0, bits))
}

/// Draws an id of a business for this instant.
pub fn new_business_id(random: &dyn Random, now: UnixMs) -> BusinessId {
    let mut bits = [0; 4];
    random.fill(&mut bits);
    BusinessId::new(now.0, u32::from_be_bytes(bits))
}

/// Draws a secret of 256 bits as 52 lower-case base32 characters.
pub fn new_secret(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    data_encoding::BASE32_NOPAD.encode(&bytes).to_lowercase()
}

/// Draws a short code of letters and digits that are not easily confused, such as `k7m2xq9p`.
pub fn new_code(random: &dyn Random, length: usize) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
    bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte & 31)]))
        .collect()
}
