//! `tributary verify-statement`: proves signed statements with nothing but the files.

use std::fs;
use std::path::Path;

use service::domain::money::display;
use service::domain::status::Account;
use service::programme::signed_statement::file::{self, Proven};

use crate::Failure;
use crate::cli::VerifyStatement;

/// Proves each file, and that they go on one behind the other.
///
/// # Errors
/// With the first place that does not hold; wrong usage when the key is none.
pub fn run(flags: &VerifyStatement) -> Result<(), Failure> {
    let key = flags.key.as_deref().map(str::trim);
    if key.is_some_and(|key| key.len() != 64 || !key.bytes().all(|b| b.is_ascii_hexdigit())) {
        return Err(Failure::Usage(
            "a key is 64 hexadecimal digits; the business shows it beside its statements"
                .to_owned(),
        ));
    }
    let whole = match &flags.against {
        Some(path) => Some(prove(path, key)?),
        None => None,
    };
    let mut before: Option<Proven> = None;
    for path in &flags.files {
        let proven = prove(path, key)?;
        if let Some(before) = &before {
            file::follows(&before.header, &proven.header)
                .map_err(|why| does_not_hold(path, &why))?;
        }
        if let Some(whole) = &whole {
            file::within(&proven, whole).map_err(|why| does_not_hold(path, &why))?;
        }
        tell(path, &proven);
        before = Some(proven);
    }
    if let Some(last) = before {
        let key = &last.header.public_key;
        println!("Signed with the key {key}.");
        if flags.key.is_none() {
            println!(
                "Compare it with the key that {} shows, or give it by --key.",
                last.header.business_name
            );
        }
    }
    Ok(())
}

fn does_not_hold(path: &Path, why: &str) -> Failure {
    Failure::Told(format!("{} does not hold: {why}", path.display()))
}

fn prove(path: &Path, key: Option<&str>) -> Result<Proven, Failure> {
    let bytes = fs::read(path)
        .map_err(|error| Failure::Told(format!("{} cannot be read: {error}", path.display())))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| does_not_hold(path, "it is not the text that was written"))?;
    file::verify(&text, key).map_err(|broken| does_not_hold(path, &broken.to_string()))
}

fn tell(path: &Path, proven: &Proven) {
    let header = &proven.header;
    let whose = match &header.affiliate_name {
        Some(name) => format!("{name} at {}", header.business_name),
        None => format!("{}, the whole journal", header.business_name),
    };
    println!(
        "{}: holds. {whose}, {} to {}, {} entries.",
        path.display(),
        header.from.rfc3339(),
        header.to.rfc3339(),
        proven.entries.len()
    );
    for balance in &header.closing.balances {
        if balance.account != Account::Expense {
            println!(
                "  {} at the end: {}",
                balance.account.as_str().replace('_', " "),
                display(balance.amount, balance.currency)
            );
        }
    }
}
