//! The account that payment files are paid from.

use domain::iban::{bic, iban};
use domain::payout_file::sepa;
use domain::status::Scope;
use serde::{Deserialize, Serialize};
use store::programme::payout_file::{self as rows, DebtorRow};

use super::owner;
use crate::check::Checks;
use crate::error::{Result, ServiceError};
use crate::identity::{audit, vault};
use crate::work::Work;

const DEBTOR: &str = "payout debtor";

/// The business's own account, in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debtor {
    /// The account's holder.
    pub name: String,
    /// Without spaces.
    pub iban: String,
    /// The bank's code.
    pub bic: Option<String>,
}

/// The account as typed.
#[derive(Debug, Clone, Default)]
pub struct DebtorIn {
    /// The account's holder.
    pub name: String,
    /// With spaces or without.
    pub iban: String,
    /// May be blank.
    pub bic: String,
}

/// What the business's account is, as far as it may be shown.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn debtor(work: &mut Work) -> Result<Option<DebtorRow>> {
    work.require(Scope::Read)?;
    Ok(rows::debtor(&mut work.tx).await?)
}

pub(super) async fn open_debtor(work: &mut Work) -> Result<Option<Debtor>> {
    let Some(row) = rows::debtor(&mut work.tx).await? else {
        return Ok(None);
    };
    let text = vault::open_text(&work.app, DEBTOR, &owner(work, ""), &row.sealed)?;
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| ServiceError::Internal(format!("the business's account: {error}")))
}

/// Sets the business's account.
///
/// # Errors
/// Invalid with the fields `name`, `iban` and `bic`; forbidden for others than the owner.
pub async fn set_debtor(work: &mut Work, input: DebtorIn) -> Result<()> {
    work.actor.require_owner()?;
    let mut checks = Checks::new();
    let name = checks.text("name", &input.name, 1..=70);
    let given = checks.text("iban", &input.iban, 1..=60);
    let iban = match iban(&given) {
        Ok(iban) => iban,
        Err(error) => {
            if !given.is_empty() {
                checks.fail("iban", format!("This {error}"));
            }
            String::new()
        }
    };
    let given = checks.optional_text("bic", Some(&input.bic), 20);
    let bic = given.as_deref().and_then(bic);
    checks.that(
        given.is_none() || bic.is_some(),
        "bic",
        "has 8 or 11 characters, such as COBADEFF",
    );
    checks.that(
        name.is_empty() || !sepa::latin(&name, 70).is_empty(),
        "name",
        "has no letter that a bank can read",
    );
    checks.done()?;
    let end = iban.get(iban.len().saturating_sub(4)..).unwrap_or_default();
    let masked = format!("{}•• •••• {end}", iban.get(..2).unwrap_or_default());
    let debtor = Debtor { name, iban, bic };
    let text = serde_json::to_string(&debtor)
        .map_err(|error| ServiceError::Internal(error.to_string()))?;
    let row = DebtorRow {
        sealed: vault::seal_text(&work.app, DEBTOR, &owner(work, ""), &text)?,
        masked: masked.clone(),
        updated_at_ms: work.now,
    };
    rows::set_debtor(&mut work.tx, &row).await?;
    let detail = format!("payment files are paid from {masked}");
    audit::record(work, "setting.payout_account", "setting", "", &detail).await
}
