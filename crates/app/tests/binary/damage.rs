//! Storage that turns out to be damaged ends the process: what it holds in memory is not to be trusted then.

#![expect(
    clippy::disallowed_methods,
    reason = "nothing else runs on these threads"
)]

use std::fs::{self, File};
use std::io::Write as _;
use std::thread;
use std::time::Duration;

use crate::process::{Line, Server, found, tributary};

/// How often it is looked whether the process has ended, and how long between two looks: half a minute.
const LOOKS: usize = 300;
const A_LOOK: Duration = Duration::from_millis(100);

#[test]
fn damage_is_told_and_ends_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let business = found(tributary(folder.path()));
    let key = business["api_key"].as_str().unwrap();

    let errors = folder.path().join("errors");
    let mut command = tributary(folder.path());
    command.stderr(File::create(&errors).unwrap());
    let mut server = Server::run(command);
    let mut line = Line::open(server.address).unwrap();
    // The files keep their length, but nothing in them is what it was.
    for name in ["tributary.db", "tributary.db-wal"] {
        let path = folder.path().join(name);
        let Ok(found) = fs::metadata(&path) else {
            continue;
        };
        let nothing = vec![0; usize::try_from(found.len()).unwrap()];
        let mut file = File::options().write(true).open(&path).unwrap();
        file.write_all(&nothing).unwrap();
    }
    if let Ok((status, _, body)) = line.call("GET", "/api/v1/affiliates", key, "") {
        assert!(status >= 500, "{status}: {body}");
    }

    let code = (0..LOOKS).find_map(|_| {
        thread::sleep(A_LOOK);
        server.ended()
    });
    assert_eq!(code, Some(1));
    let told = fs::read_to_string(&errors).unwrap();
    assert!(told.contains("storage is damaged"), "{told}");
}
