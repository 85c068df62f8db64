//! The second step of a log-in, as its owner sets it up: alike in the admin and the portal.

use service::identity::two_step::{self, Holder};
use service::{ServiceError, Work};

use super::qr::{QrShape, qr_shape};
use crate::error::PageError;
use crate::form::FormErrors;
use crate::language::t;

/// What the page shows.
pub(crate) struct TwoStepView {
    /// `off`, `waiting` for the first code, or `on`.
    pub state: &'static str,
    /// The path of the page, under which its acts are.
    pub base: String,
    /// While it waits: the secret in groups of four.
    pub secret: String,
    /// While it waits: the address that the QR code holds.
    pub address: String,
    /// While it waits.
    pub qr: Option<QrShape>,
    /// Recovery codes that were just made, shown this once.
    pub codes: Vec<String>,
    /// Recovery codes that are left.
    pub codes_left: i64,
    pub csrf: String,
    pub errors: FormErrors,
}

impl TwoStepView {
    /// How the second step of `holder` stands. `issuer` and `name` are what the app shows beside its codes.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn load(
        work: &mut Work,
        holder: Holder,
        issuer: &str,
        name: &str,
        base: String,
        csrf: String,
    ) -> Result<Self, PageError> {
        let standing = two_step::standing(work, holder).await?;
        let waiting = match two_step::waiting(work, holder, issuer, name).await {
            Ok(secret) => Some(secret),
            Err(ServiceError::Conflict(_)) => None,
            Err(error) => return Err(error.into()),
        };
        let state = match (standing.on, &waiting) {
            (true, _) => "on",
            (false, Some(_)) => "waiting",
            (false, None) => "off",
        };
        let (secret, address) =
            waiting.map_or_else(Default::default, |secret| (secret.text, secret.address));
        Ok(Self {
            state,
            base,
            qr: qr_shape(&address).filter(|_| state == "waiting"),
            secret,
            address,
            codes: Vec::new(),
            codes_left: standing.codes_left,
            csrf,
            errors: FormErrors::new(),
        })
    }
}

/// What is wrong with a code that was entered; any other error goes on.
///
/// # Errors
/// The error itself, as a page, when it is not about the code.
pub(crate) fn refused(error: ServiceError) -> Result<FormErrors, PageError> {
    let mut errors = FormErrors::new();
    match error {
        ServiceError::TooMany { .. } => {
            errors.add("code", t("two-step-five"));
            Ok(errors)
        }
        error => crate::form::refused(error),
    }
}
