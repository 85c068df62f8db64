//! The clock port: the only source of the time.

use std::sync::atomic::{AtomicI64, Ordering};

#[cfg(debug_assertions)]
pub use by_file::FileClock;
use domain::time::UnixMs;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// Now, in milliseconds since 1970 (UTC).
    fn now(&self) -> UnixMs;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port")]
    fn now(&self) -> UnixMs {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        UnixMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands until it is moved: for tests and for filling the demo with a past.
#[derive(Debug)]
pub struct MockClock(AtomicI64);

impl MockClock {
    /// A clock that shows this instant.
    #[must_use]
    pub fn at(now: UnixMs) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// Sets the instant.
    pub fn set(&self, now: UnixMs) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Moves on by so many milliseconds.
    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for MockClock {
    fn now(&self) -> UnixMs {
        UnixMs(self.0.load(Ordering::SeqCst))
    }
}

/// What tests of the whole process move; builds for use do not have it.
#[cfg(debug_assertions)]
mod by_file {
    use std::io;
    use std::path::{Path, PathBuf};
    use std::sync::{Mutex, PoisonError};

    use domain::time::UnixMs;

    use super::{Clock, SystemClock};

    /// What the file says.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Setting {
        /// The machine's clock and so many milliseconds.
        Moved(i64),
        /// Always this instant.
        Stands(UnixMs),
    }

    impl Setting {
        fn read(path: &Path) -> io::Result<Self> {
            let text = std::fs::read_to_string(path)?;
            let text = text.trim();
            let setting = match text.strip_prefix('=') {
                Some(instant) => instant.parse().map(|ms| Self::Stands(UnixMs(ms))),
                None => text.parse().map(Self::Moved),
            };
            setting.map_err(|_| {
                let wrong = format!("'{text}' is no number of milliseconds");
                io::Error::new(io::ErrorKind::InvalidData, wrong)
            })
        }
    }

    /// A clock that a file moves while the process runs: `60000` in it is a minute later than the machine's
    /// clock, `=1764342000000` is that instant (milliseconds since 1970), at which the clock stands. The
    /// file is read each time the time is asked for.
    #[derive(Debug)]
    pub struct FileClock {
        path: PathBuf,
        /// What counts while the file cannot be read.
        last: Mutex<Setting>,
    }

    impl FileClock {
        /// The clock that this file moves.
        ///
        /// # Errors
        /// When the file cannot be read, or says anything else.
        pub fn open(path: &Path) -> io::Result<Self> {
            Ok(Self {
                last: Mutex::new(Setting::read(path)?),
                path: path.to_owned(),
            })
        }
    }

    impl Clock for FileClock {
        fn now(&self) -> UnixMs {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if let Ok(setting) = Setting::read(&self.path) {
                *last = setting;
            }
            match *last {
                Setting::Moved(ms) => SystemClock.now().plus_ms(ms),
                Setting::Stands(instant) => instant,
            }
        }
    }
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;

    #[test]
    fn a_file_moves_and_stops_the_clock() {
        let folder = std::env::temp_dir().join(format!("tributary-clock-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("clock");
        assert!(FileClock::open(&path).is_err(), "a missing file");
        for wrong in ["", "soon", "=", "=soon", "1.5"] {
            std::fs::write(&path, wrong).unwrap();
            assert!(FileClock::open(&path).is_err(), "{wrong:?}");
        }

        std::fs::write(&path, "0\n").unwrap();
        let clock = FileClock::open(&path).unwrap();
        let (before, shown, after) = (SystemClock.now(), clock.now(), SystemClock.now());
        assert!(before <= shown && shown <= after);
        std::fs::write(&path, "900000").unwrap();
        let (before, shown, after) = (SystemClock.now(), clock.now(), SystemClock.now());
        assert!(before.plus_ms(900_000) <= shown && shown <= after.plus_ms(900_000));
        std::fs::write(&path, "=1764342000000").unwrap();
        assert_eq!(clock.now(), UnixMs(1_764_342_000_000));
        assert_eq!(clock.now(), UnixMs(1_764_342_000_000), "it stands");

        // What cannot be read changes nothing.
        std::fs::write(&path, "later").unwrap();
        assert_eq!(clock.now(), UnixMs(1_764_342_000_000));
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(clock.now(), UnixMs(1_764_342_000_000));
    }
}
