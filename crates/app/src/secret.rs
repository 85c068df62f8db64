//! The secret key: given, or made once and kept in the data folder.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use data_encoding::HEXLOWER_PERMISSIVE;
use service::random::Random;

use crate::Failure;

/// The file in the data folder.
const FILE: &str = "secret.key";

/// Reads the key from its setting, or from the folder; makes it when neither has one.
///
/// # Errors
/// When the text is no key, or the file cannot be read or made.
pub fn load(setting: &str, folder: &Path, random: &dyn Random) -> Result<[u8; 32], Failure> {
    if !setting.is_empty() {
        return decode(setting).ok_or_else(|| {
            Failure::Usage("TRIBUTARY_SECRET_KEY must be 64 hexadecimal digits".to_owned())
        });
    }
    let path = folder.join(FILE);
    let failed = |error: std::io::Error| Failure::Told(format!("{}: {error}", path.display()));
    if let Err(error) = fs::metadata(&path) {
        if error.kind() != ErrorKind::NotFound {
            return Err(failed(error));
        }
        make(&path, random).map_err(failed)?;
    }
    let text = fs::read_to_string(&path).map_err(failed)?;
    decode(text.trim()).ok_or_else(|| {
        Failure::Told(format!(
            "{} is damaged: it should hold 64 hexadecimal digits",
            path.display()
        ))
    })
}

fn decode(text: &str) -> Option<[u8; 32]> {
    HEXLOWER_PERMISSIVE
        .decode(text.as_bytes())
        .ok()?
        .try_into()
        .ok()
}

/// Writes a new key beside its place and links it there: of two processes that start at once, both
/// read the one that was first.
fn make(path: &Path, random: &dyn Random) -> std::io::Result<()> {
    let mut key = [0; 32];
    random.fill(&mut key);
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    writeln!(file, "{}", HEXLOWER_PERMISSIVE.encode(&key))?;
    file.sync_all()?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use service::random::SeededRandom;

    use super::*;

    #[test]
    fn a_key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let random = SeededRandom::new(1);
        let first = load("", folder.path(), &random).unwrap();
        assert_eq!(load("", folder.path(), &random).unwrap(), first);
        assert_ne!(first, [0; 32]);
        let mode = fs::metadata(folder.path().join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_given_key_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let random = SeededRandom::new(1);
        assert_eq!(
            load(&"AB".repeat(32), folder.path(), &random).unwrap(),
            [0xab; 32]
        );
        assert!(load("short", folder.path(), &random).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
