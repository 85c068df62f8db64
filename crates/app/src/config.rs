//! What can be set: the embedded default file, a file of one's own, the environment.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::Deserialize;
use toml::{Table, Value};
use url::Url;

use crate::Failure;

/// Every setting with its default and what it means.
const DEFAULT: &str = include_str!("default.toml");

/// The environment's names, and where their values go.
const VARIABLES: &[(&str, &str, &str)] = &[
    ("TRIBUTARY_DATA_DIR", "storage", "data_dir"),
    ("TRIBUTARY_DATABASE_URL", "storage", "database_url"),
    ("TRIBUTARY_LISTEN", "web", "listen"),
    ("TRIBUTARY_BASE_URL", "web", "base_url"),
    ("TRIBUTARY_TRUSTED_PROXIES", "web", "trusted_proxies"),
    ("TRIBUTARY_SECRET_KEY", "web", "secret_key"),
    ("TRIBUTARY_METRICS_TOKEN", "web", "metrics_token"),
    ("TRIBUTARY_SHOP_LISTEN", "demo", "shop_listen"),
    ("TRIBUTARY_SMTP_URL", "mail", "smtp_url"),
    ("TRIBUTARY_MAIL_FROM", "mail", "from"),
    ("TRIBUTARY_LOG", "log", "filter"),
];

/// Characters of the token for the metrics, at least.
const METRICS_TOKEN_MIN: usize = 16;

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the data is.
    pub storage: Storage,
    /// How it is reached.
    pub web: Web,
    /// What only the demo needs.
    pub demo: Demo,
    /// How mail leaves.
    pub mail: Mail,
    /// What is logged.
    pub log: Log,
}

/// Where the data is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// The data folder.
    pub data_dir: PathBuf,
    /// The database's address; empty: a SQLite file in the data folder.
    pub database_url: String,
}

/// How it is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Web {
    /// The address that is listened on.
    pub listen: SocketAddr,
    /// The address people use.
    pub base_url: String,
    /// Whose forwarded headers are believed.
    pub trusted_proxies: Vec<String>,
    /// 64 hexadecimal digits; empty: made and kept in the data folder.
    pub secret_key: String,
    /// What opens the metrics from another machine; empty: nothing does.
    pub metrics_token: String,
}

/// What only the demo needs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// Where its example shop listens.
    pub shop_listen: SocketAddr,
}

/// How mail leaves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The mail server; empty: none.
    pub smtp_url: String,
    /// The sender's address; empty: `no-reply@` and the base URL's host.
    pub from: String,
}

/// What is logged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// The filter, as tracing writes them.
    pub filter: String,
    /// The shape of a line.
    pub format: LogFormat,
}

/// The shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Config {
    /// The settings of this process.
    ///
    /// # Errors
    /// [`Failure::Usage`] that names the setting.
    pub fn load(file: Option<&Path>) -> Result<Self, Failure> {
        let file = match file {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path)
                .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?,
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that reads the environment"
        )]
        Self::layered(&file, |name| std::env::var(name).ok())
    }

    fn layered(file: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let read = |what: &str, text: &str| {
            text.parse::<Table>()
                .map_err(|error| Failure::Usage(format!("{what}: {error}")))
        };
        let mut table = read("the default settings", DEFAULT)?;
        lay_over(&mut table, read("the configuration file", file)?);
        for (name, section, key) in VARIABLES {
            let Some(text) = variable(name).filter(|text| !text.is_empty()) else {
                continue;
            };
            let value = match *key {
                "trusted_proxies" => Value::Array(
                    text.split(',')
                        .map(|part| Value::String(part.trim().to_owned()))
                        .collect(),
                ),
                _ => Value::String(text),
            };
            if let Some(Value::Table(section)) = table.get_mut(*section) {
                section.insert((*key).to_owned(), value);
            }
        }
        let config: Self = table.try_into().map_err(|error: toml::de::Error| {
            Failure::Usage(format!("settings: {}", error.message()))
        })?;
        config.base_url()?;
        config.trusted_proxies()?;
        config.metrics_token()?;
        Ok(config)
    }

    /// The address people use, without a trailing slash.
    ///
    /// # Errors
    /// When it is no web address, or plain http on a name that is not this machine's own.
    pub fn base_url(&self) -> Result<String, Failure> {
        let wrong =
            |why: &str| Failure::Usage(format!("TRIBUTARY_BASE_URL ({}) {why}", self.web.base_url));
        let url = Url::parse(&self.web.base_url)
            .map_err(|_| wrong("must be an address such as https://partners.example.com"))?;
        let host = url.host_str().ok_or_else(|| wrong("has no host"))?;
        if url.path() != "/"
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
        {
            return Err(wrong(
                "must be just the scheme, the host and perhaps a port",
            ));
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(host) => {}
            "http" => {
                return Err(wrong(
                    "must be https; plain http is for loopback names only",
                ));
            }
            _ => return Err(wrong("must be https")),
        }
        Ok(self.web.base_url.trim_end_matches('/').to_owned())
    }

    /// What opens the metrics from another machine.
    ///
    /// # Errors
    /// When it is too short to keep anybody out, or cannot be sent in a header.
    pub fn metrics_token(&self) -> Result<String, Failure> {
        let token = &self.web.metrics_token;
        let fits = token.len() >= METRICS_TOKEN_MIN && token.bytes().all(|b| b.is_ascii_graphic());
        if token.is_empty() || fits {
            return Ok(token.clone());
        }
        Err(Failure::Usage(format!(
            "TRIBUTARY_METRICS_TOKEN must have at least {METRICS_TOKEN_MIN} characters: letters, digits and signs, without spaces"
        )))
    }

    /// Whose forwarded headers are believed.
    ///
    /// # Errors
    /// When one is no address and no network.
    pub fn trusted_proxies(&self) -> Result<Vec<IpNet>, Failure> {
        self.web
            .trusted_proxies
            .iter()
            .map(|text| {
                text.parse::<IpNet>()
                    .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
                    .map_err(|_| {
                        Failure::Usage(format!(
                            "TRIBUTARY_TRUSTED_PROXIES: '{text}' is no address and no network"
                        ))
                    })
            })
            .collect()
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Puts the values of one table over another's, section by section.
fn lay_over(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => lay_over(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_goes_before_the_file() {
        let file = "[web]\nlisten = \"0.0.0.0:9000\"\nbase_url = \"https://a.example\"\n";
        let config = Config::layered(file, |name| {
            (name == "TRIBUTARY_BASE_URL").then(|| "https://b.example/".to_owned())
        })
        .unwrap();
        assert_eq!(config.web.listen.port(), 9000);
        assert_eq!(config.base_url().unwrap(), "https://b.example");
        assert_eq!(config.log.filter, "info");
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = |file: &str| Config::layered(file, |_| None).unwrap_err().to_string();
        assert!(wrong("[web]\nport = 1").contains("port"));
        assert!(wrong("[web]\nbase_url = \"http://shop.example\"").contains("https"));
        assert!(
            wrong("[web]\nbase_url = \"https://shop.example/path\"").contains("just the scheme")
        );
        assert!(wrong("[web]\ntrusted_proxies = [\"everyone\"]").contains("everyone"));
        let short = wrong("[web]\nmetrics_token = \"secret\"");
        assert!(
            short.contains("at least 16") && !short.contains("secret"),
            "{short}"
        );
        assert!(
            wrong("[web]\nmetrics_token = \"sixteen and more with spaces\"")
                .contains("without spaces")
        );
    }

    #[test]
    fn every_variable_is_in_the_default_file() {
        let table: Table = DEFAULT.parse().unwrap();
        for (name, section, key) in VARIABLES {
            assert!(
                table[*section].get(*key).is_some() && DEFAULT.contains(name),
                "{name}"
            );
        }
    }

    #[test]
    fn loopback_names() {
        for host in [
            "localhost",
            "shop.localhost",
            "127.0.0.1",
            "127.9.9.9",
            "[::1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        assert!(!is_loopback("localhost.example.com"));
    }
}
