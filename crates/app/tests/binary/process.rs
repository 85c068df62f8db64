//! The binary as a process, and one connection to it.

#![expect(
    clippy::disallowed_methods,
    reason = "nothing else runs on these threads"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use service::clock::{Clock as _, SystemClock};
use service::programme::{callback, payout_run};
use store::db::{DatabaseUrl, Db};
use store::job;

/// Longer than a claim of a job holds.
const LEASE_MS: i64 = 10 * 60_000;
const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// The binary with nothing of this environment.
pub fn tributary(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    for (name, _) in
        std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TRIBUTARY_"))
    {
        command.env_remove(name);
    }
    command
        .env("TRIBUTARY_DATA_DIR", folder)
        .env("TRIBUTARY_LISTEN", "127.0.0.1:0")
        .env("TRIBUTARY_LOG", "warn");
    command
}

/// What `init` of a business says.
pub fn init(mut command: Command, name: &str, email: &str) -> Output {
    let args = [
        "init",
        "--business",
        name,
        "--owner-email",
        email,
        "--owner-password",
        "correct horse battery staple",
        "--json",
    ];
    command.args(args).output().unwrap()
}

/// Founds the business Acme; what is printed of it.
pub fn found(command: Command) -> Value {
    let output = init(command, "Acme", "owner@acme.example");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A server that is killed when dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// Held open: the server goes on to write there.
    _output: BufReader<ChildStdout>,
}

impl Server {
    pub fn start(folder: &Path) -> Self {
        Self::run(tributary(folder))
    }

    /// Starts it with more in its environment.
    pub fn run(command: Command) -> Self {
        Self::serve(command, None)
    }

    /// Starts it with a flag.
    pub fn serve(mut command: Command, flag: Option<&str>) -> Self {
        let serve = command.arg("serve").args(flag);
        let mut child = serve.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let address = line
            .trim()
            .rsplit('/')
            .next()
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("no address in {line:?}"));
        Self {
            child,
            address,
            _output: output,
        }
    }

    /// Starts one that stands still at a point, says so on its standard error, and waits to be killed.
    pub fn halting(mut command: Command, point: &str) -> Self {
        command
            .env("TRIBUTARY_TRIAL_HALT_AT", point)
            .stderr(Stdio::piped());
        Self::run(command)
    }

    /// Waits until the process says on its standard error that it stands still at a point.
    pub fn wait_until_halted(&mut self) {
        let errors = self.child.stderr.take().expect("a piped standard error");
        let mut lines = BufReader::new(errors);
        let mut line = String::new();
        while lines.read_line(&mut line).unwrap() > 0 {
            if line.contains("halted at") {
                return;
            }
            line.clear();
        }
        panic!("the process ended without standing still");
    }

    /// Its exit code, when it has ended by itself.
    pub fn ended(&mut self) -> Option<i32> {
        self.child.try_wait().unwrap()?.code()
    }

    /// SIGTERM: what has begun ends; the exit code.
    pub fn stop(mut self) -> Option<i32> {
        self.tell_to_end();
        self.child.wait().unwrap().code()
    }

    /// SIGTERM, for a process whose standard error is piped: all ends by itself, and nothing has to be cut off.
    pub fn ends_by_itself(mut self) {
        self.tell_to_end();
        let mut said = String::new();
        let mut errors = self.child.stderr.take().expect("a piped standard error");
        errors.read_to_string(&mut said).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{said}");
        assert!(!said.contains("did not end within"), "{said}");
    }

    fn tell_to_end(&self) {
        let process = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &process]).status();
        assert!(told.unwrap().success());
    }

    /// SIGKILL: nothing is drained, flushed or told.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One kept connection.
pub struct Line(BufReader<TcpStream>);

impl Line {
    pub fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Status, head and body; an error when the server is gone.
    pub fn call(
        &mut self,
        method: &str,
        path: &str,
        key: &str,
        body: &str,
    ) -> std::io::Result<(u16, String, String)> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost:8080\r\nuser-agent: {CHROME}\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.send(request.as_bytes())?;
        self.answer()
    }

    /// Sends these bytes.
    pub fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    /// The next answer: status, head and body.
    pub fn answer(&mut self) -> std::io::Result<(u16, String, String)> {
        let mut head = String::new();
        loop {
            if self.0.read_line(&mut head)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if head.ends_with("\r\n\r\n") {
                break;
            }
        }
        let header = |name: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(name))
                .map(str::trim)
        };
        let length = header("content-length:").map_or(0, |text| text.parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Ok((status, head, String::from_utf8(body).unwrap()))
    }
}

/// As if the time had passed after which the claims of a process that has died end.
pub async fn end_claims(folder: &Path) {
    let db = Db::connect(&DatabaseUrl::Sqlite(folder.join("tributary.db")))
        .await
        .unwrap();
    let now = SystemClock.now();
    let later = now.plus_ms(LEASE_MS);
    let kinds = [payout_run::JOB, callback::JOB];
    let mut tx = db.system_write().await.unwrap();
    for claimed in job::claim(&mut tx, &kinds, later, later, 1_000)
        .await
        .unwrap()
    {
        job::retry(&mut tx, &claimed, now, "its process was killed")
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    db.close().await;
}

/// Makes something by the API; its JSON.
pub fn made(line: &mut Line, key: &str, path: &str, body: &Value) -> Value {
    let (status, _, answer) = line
        .call("POST", &format!("/api/v1{path}"), key, &body.to_string())
        .unwrap();
    assert_eq!(status, 201, "{path}: {answer}");
    serde_json::from_str(&answer).unwrap()
}

/// Makes an approved affiliate with the link `maria` of an active campaign; the partnership.
pub fn linked(line: &mut Line, key: &str) -> Value {
    let affiliate =
        json!({"name": "Maria", "email": "maria@affiliate.example", "status": "approved"});
    let affiliate = made(line, key, "/affiliates", &affiliate);
    let campaign = json!({"name": "Spring", "active": true, "destination_url": "https://shop.example/", "hosts": ["shop.example"]});
    let campaign = made(line, key, "/campaigns", &campaign);
    let partnerships = format!(
        "/campaigns/{}/partnerships",
        campaign["id"].as_str().unwrap()
    );
    let link = json!({"affiliate_id": affiliate["id"], "code": "maria"});
    made(line, key, &partnerships, &link)
}
