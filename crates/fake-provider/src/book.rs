//! The durable list of what was made. A line is written and synced before anything is answered.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// `paypal`, `stripe` or `wise`.
    pub provider: String,
    /// The client's key.
    pub key: String,
    /// Our own id.
    pub id: String,
    /// As the client wrote it.
    pub amount: String,
    /// As the client wrote it.
    pub currency: String,
    /// Where to.
    pub to: String,
    /// Whether the money has moved.
    pub paid: bool,
    /// Whether it came back.
    #[serde(default)]
    pub returned: bool,
    /// Whether it was refused after it had been accepted.
    #[serde(default)]
    pub refused: bool,
}

pub(crate) struct Book {
    file: File,
    made: Vec<Made>,
    /// Names for what is not worth keeping, such as quotes.
    pub next: u64,
    /// The target amount and currency of quotes.
    pub quotes: Vec<(String, String, String)>,
    /// Where recipients are paid.
    pub recipients: Vec<(String, String)>,
}

impl Book {
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .open(path)?;
        let mut made: Vec<Made> = Vec::new();
        for line in BufReader::new(&file).lines() {
            // A line that was cut off was never answered.
            if let Ok(one) = serde_json::from_str::<Made>(&line?) {
                made.retain(|known| (&known.provider, &known.id) != (&one.provider, &one.id));
                made.push(one);
            }
        }
        let next = 1000 + made.len() as u64 * 10;
        Ok(Self {
            file,
            made,
            next,
            quotes: Vec::new(),
            recipients: Vec::new(),
        })
    }

    /// A number nobody else has.
    pub fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Keeps a transfer, or what has become of it.
    pub fn keep(&mut self, one: &Made) {
        let line = serde_json::to_string(one).unwrap_or_default();
        let kept = writeln!(self.file, "{line}").and_then(|()| self.file.sync_data());
        if let Err(error) = kept {
            eprintln!("the list cannot be written: {error}");
            std::process::exit(2);
        }
        self.made
            .retain(|known| (&known.provider, &known.id) != (&one.provider, &one.id));
        self.made.push(one.clone());
    }

    pub fn by_key(&self, provider: &str, key: &str) -> Option<Made> {
        let mut all = self.made.iter();
        all.find(|one| one.provider == provider && one.key == key)
            .cloned()
    }

    pub fn by_id(&self, provider: &str, id: &str) -> Option<Made> {
        let mut all = self.made.iter();
        all.find(|one| one.provider == provider && one.id == id)
            .cloned()
    }

    pub fn of(&self, provider: &str) -> Vec<Made> {
        let all = self.made.iter();
        all.filter(|one| one.provider == provider)
            .cloned()
            .collect()
    }

    pub fn named(&self, name: &str) -> Option<Made> {
        let mut all = self.made.iter();
        all.find(|one| one.key == name || one.id == name).cloned()
    }

    pub fn paid(&self) -> Vec<Made> {
        self.made.iter().filter(|one| one.paid).cloned().collect()
    }
}
