//! A payout provider that speaks the dialects of PayPal, Stripe and Wise and can be told to fail.
//!
//! It keeps a durable list of the transfers it made and knows a key again as the real ones do, so that a test
//! can count what was paid. The next request that pays meets a [`Fault`], once. It speaks HTTP by itself, one
//! request a connection, because most faults are not HTTP.

mod book;
mod callback;
mod dialect;
mod http;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

pub use book::Made;
pub use callback::{Hook, Ring, Ringing};

use book::Book;
use http::{Asked, Reply};

/// The public key of the calls that are signed as Wise signs them; its private half is no secret.
pub const WISE_PUBLIC_KEY: &str = include_str!("wise_key.pem");
/// How long it hangs when it is told to: longer than anybody waits.
const HANGS_FOR: Duration = Duration::from_secs(600);

/// What goes wrong with the next request that pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// It dies before it does anything.
    DieBefore,
    /// It pays, and dies before it answers.
    DieAfter,
    /// It pays and answers, and dies.
    DieAfterReply,
    /// It pays; the answer is lost.
    LoseReply,
    /// It does nothing, and never answers.
    HangBefore,
    /// It pays, and never answers.
    HangAfter,
    /// It pays, and answers 500.
    ErrorAfter,
    /// It does nothing, and answers 500.
    ErrorBefore,
    /// It pays, and answers twice.
    ReplyTwice,
    /// It pays and answers, and calls back twice.
    CallBackTwice,
    /// It pays, calls back, and answers after that.
    CallBackEarly,
    /// It refuses.
    Refuse,
}

/// What dying is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// The process exits.
    Exit,
    /// Nothing listens any more, until [`Fake::revive`].
    Deaf,
}

/// The provider.
#[derive(Clone)]
pub struct Fake(Arc<Inner>);

struct Inner {
    death: Death,
    address: SocketAddr,
    /// Bound for as long as the provider is there, and never listened on: while nothing listens, nobody else is
    /// given the port.
    _port: Option<TcpSocket>,
    state: Mutex<State>,
}

struct State {
    book: Book,
    fault: Option<Fault>,
    hooks: Vec<Hook>,
    ring: Ring,
    now_ms: Arc<dyn Fn() -> i64 + Send + Sync>,
    listening: Option<JoinHandle<()>>,
    /// What listened before and has been told to end.
    ending: Option<JoinHandle<()>>,
    /// Requests that pay, in all.
    asked_to_pay: usize,
}

/// Takes an address without listening on it, so that nobody else is given its port while whoever listens there is
/// dead. Only Linux lets another listen on it all the same; elsewhere nothing is taken.
///
/// # Errors
/// When the address cannot be had.
pub fn hold(address: SocketAddr) -> std::io::Result<Option<TcpSocket>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    let port = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    port.set_reuseaddr(true)?;
    port.bind(address)?;
    Ok(Some(port))
}

/// The time of this machine.
fn system_now_ms() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "a program of its own, whose clock is the machine's"
    )]
    let now = jiff::Timestamp::now();
    now.as_millisecond()
}

impl Fake {
    /// Starts on an address, with the list that is in a file already.
    ///
    /// # Errors
    /// When the file cannot be read or the address cannot be had.
    pub async fn start(address: &str, file: &Path, death: Death) -> std::io::Result<Self> {
        let address: SocketAddr = address.parse().map_err(std::io::Error::other)?;
        let port = hold(address)?;
        let address = port.as_ref().map_or(Ok(address), TcpSocket::local_addr)?;
        let listener = TcpListener::bind(address).await?;
        let inner = Inner {
            death,
            address: listener.local_addr()?,
            _port: port,
            state: Mutex::new(State {
                book: Book::open(file)?,
                fault: None,
                hooks: Vec::new(),
                ring: callback::over_tcp(),
                now_ms: Arc::new(system_now_ms),
                listening: None,
                ending: None,
                asked_to_pay: 0,
            }),
        };
        let fake = Self(Arc::new(inner));
        fake.listen(listener);
        Ok(fake)
    }

    /// Where it answers.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// Has the next request that pays go wrong.
    pub fn next(&self, fault: Fault) {
        self.state().fault = Some(fault);
    }

    /// Takes another clock.
    pub fn clock(&self, now_ms: impl Fn() -> i64 + Send + Sync + 'static) {
        self.state().now_ms = Arc::new(now_ms);
    }

    /// Calls back in another way than over the network.
    pub fn ring(&self, ring: Ring) {
        self.state().ring = ring;
    }

    /// Calls back there from now on.
    pub fn hook(&self, hook: Hook) {
        let mut state = self.state();
        state.hooks.retain(|known| known.provider != hook.provider);
        state.hooks.push(hook);
    }

    /// What was paid, each once.
    #[must_use]
    pub fn paid(&self) -> Vec<Made> {
        self.state().book.paid()
    }

    /// Has the money of a transfer come back, and says nothing. It is named by its key, or by our own id.
    pub fn give_back(&self, key: &str) {
        let mut state = self.state();
        if let Some(made) = state.book.named(key).filter(|made| made.paid) {
            state.book.keep(&Made {
                returned: true,
                ..made
            });
        }
    }

    /// Has a transfer that was accepted be refused in the end, and says nothing. PayPal and Wise do that.
    pub fn refuse(&self, key: &str) {
        let mut state = self.state();
        if let Some(made) = state.book.named(key) {
            state.book.keep(&Made {
                paid: false,
                refused: true,
                ..made
            });
        }
    }

    /// Calls back about a transfer, as it stands.
    pub async fn ring_about(&self, key: &str) {
        let made = self.state().book.named(key);
        if let Some(made) = made {
            self.tell(&made).await;
        }
    }

    /// How often it was asked to pay.
    #[must_use]
    pub fn asked_to_pay(&self) -> usize {
        self.state().asked_to_pay
    }

    /// Whether it listens.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.state().listening.is_some()
    }

    /// Listens again, once what listened before has let go of the address.
    ///
    /// # Errors
    /// When its address was taken meanwhile.
    pub async fn revive(&self) -> std::io::Result<()> {
        if !self.is_alive() {
            let ending = self.state().ending.take();
            if let Some(ending) = ending {
                // Aborted, or ended: it is gone either way.
                let _ = ending.await;
            }
            let listener = TcpListener::bind(self.0.address).await?;
            self.listen(listener);
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listen(&self, listener: TcpListener) {
        let fake = self.clone();
        let task = tokio::spawn(async move {
            // The connections end with the listener, as those of a process do.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                let fake = fake.clone();
                connections.spawn(async move { fake.serve(stream).await });
            }
        });
        self.state().listening = Some(task);
    }

    /// Dies. What runs within the listener ends at its next wait.
    fn die(&self) {
        if self.0.death == Death::Exit {
            std::process::exit(1);
        }
        let mut state = self.state();
        if let Some(task) = state.listening.take() {
            task.abort();
            state.ending = Some(task);
        }
    }

    async fn serve(&self, mut stream: TcpStream) {
        let Some(asked) = http::read(&mut stream).await else {
            return;
        };
        if asked.path.starts_with("/control/") {
            let reply = self.control(&asked).await;
            http::write(&mut stream, &reply).await;
            return;
        }
        if !dialect::pays(&asked) {
            let reply = dialect::answer(&mut self.state().book, &asked);
            http::write(&mut stream, &reply).await;
            return;
        }
        let fault = {
            let mut state = self.state();
            state.asked_to_pay += 1;
            state.fault.take()
        };
        match fault {
            Some(Fault::DieBefore) => return self.die(),
            Some(Fault::HangBefore) => return tokio::time::sleep(HANGS_FOR).await,
            Some(Fault::ErrorBefore) => {
                return http::write(&mut stream, &Reply::json(500, &json!({}))).await;
            }
            Some(Fault::Refuse) => {
                return http::write(&mut stream, &dialect::refusal(&asked)).await;
            }
            _ => {}
        }
        let reply = dialect::answer(&mut self.state().book, &asked);
        match fault {
            Some(Fault::DieAfter) => self.die(),
            Some(Fault::LoseReply) => {}
            Some(Fault::HangAfter) => tokio::time::sleep(HANGS_FOR).await,
            Some(Fault::ErrorAfter) => {
                http::write(&mut stream, &Reply::json(500, &json!({}))).await;
            }
            Some(Fault::DieAfterReply) => {
                // On a task of its own, which its death does not end; and whoever has read the answer finds it dead.
                let fake = self.clone();
                let last = tokio::spawn(async move {
                    if fake.0.death == Death::Deaf {
                        fake.die();
                        http::write(&mut stream, &reply).await;
                    } else {
                        http::write(&mut stream, &reply).await;
                        fake.die();
                    }
                });
                let _ = last.await;
            }
            Some(Fault::ReplyTwice) => {
                http::write(&mut stream, &reply).await;
                http::write(&mut stream, &reply).await;
            }
            Some(Fault::CallBackEarly) => {
                self.call_back(&asked).await;
                http::write(&mut stream, &reply).await;
            }
            Some(Fault::CallBackTwice) => {
                http::write(&mut stream, &reply).await;
                drop(stream);
                self.call_back(&asked).await;
                self.call_back(&asked).await;
            }
            _ => {
                http::write(&mut stream, &reply).await;
                drop(stream);
                self.call_back(&asked).await;
            }
        }
    }

    /// Tells the hook of the dialect of what the request has made.
    async fn call_back(&self, asked: &Asked) {
        let made = dialect::made(&self.state().book, asked);
        if let Some(made) = made {
            self.tell(&made).await;
        }
    }

    async fn tell(&self, made: &Made) {
        let (ring, ringing) = {
            let state = self.state();
            let Some(hook) = state
                .hooks
                .iter()
                .find(|hook| hook.provider == made.provider)
            else {
                return;
            };
            let ringing = callback::ringing(hook, made, (state.now_ms)());
            (Arc::clone(&state.ring), ringing)
        };
        ring(ringing).await;
    }

    /// What tests that are other processes ask for.
    async fn control(&self, asked: &Asked) -> Reply {
        match (asked.method.as_str(), asked.path.as_str()) {
            ("GET", "/control/transfers") => {
                let paid = self.paid();
                Reply::json(
                    200,
                    &json!({"paid": paid, "asked_to_pay": self.asked_to_pay()}),
                )
            }
            ("POST", "/control/fault") => {
                match serde_json::from_value(asked.json()["fault"].clone()) {
                    Ok(fault) => {
                        self.next(fault);
                        Reply::json(200, &Value::Null)
                    }
                    Err(error) => Reply::json(400, &json!({"error": error.to_string()})),
                }
            }
            ("POST", "/control/hook") => match serde_json::from_value(asked.json()) {
                Ok(hook) => {
                    self.hook(hook);
                    Reply::json(200, &Value::Null)
                }
                Err(error) => Reply::json(400, &json!({"error": error.to_string()})),
            },
            ("POST", "/control/give-back") => {
                let json = asked.json();
                let key = json["key"].as_str().unwrap_or_default();
                self.give_back(key);
                self.ring_about(key).await;
                Reply::json(200, &Value::Null)
            }
            _ => Reply::json(404, &Value::Null),
        }
    }
}
