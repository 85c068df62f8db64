//! A form that was sent, kept sealed in a job until it is taken on.

use data_encoding::BASE64;
use domain::id::{AffiliateId, ApplicationId};
use domain::status::{ApplicationState, QuestionKind};
use domain::time::UnixMs;
use serde::{Deserialize, Serialize};
use store::portal::application::{Answer, Application};

use crate::error::{Result, ServiceError};
use crate::identity::vault;
use crate::work::Work;

/// What a form is sealed for until then.
const SEALED: &str = "application";

/// What the job needs to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TakePayload {
    /// The application that may come of it.
    pub application_id: ApplicationId,
    /// The form, sealed, in base64.
    pub sealed: String,
}

impl TakePayload {
    pub(super) fn seal(work: &Work, id: ApplicationId, kept: &Kept) -> Result<Self> {
        let text = serde_json::to_string(kept)
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        let sealed = vault::seal_text(&work.app, SEALED, &owner(work, id), &text)?;
        Ok(Self {
            application_id: id,
            sealed: BASE64.encode(&sealed),
        })
    }

    pub(super) fn open(&self, work: &Work) -> Result<Kept> {
        let sealed = BASE64
            .decode(self.sealed.as_bytes())
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        let owner = owner(work, self.application_id);
        let text = vault::open_text(&work.app, SEALED, &owner, &sealed)?;
        serde_json::from_str(&text).map_err(|error| ServiceError::Internal(error.to_string()))
    }
}

fn owner(work: &Work, id: ApplicationId) -> String {
    format!("{} {id}", work.business())
}

/// A form that passed every check, until it is taken on.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) website: String,
    pub(super) audience: String,
    pub(super) terms_url: String,
    /// Kind of question, question, answer.
    pub(super) answers: Vec<(QuestionKind, String, String)>,
    /// What the link said about who brought them.
    pub(super) by: String,
    /// Whether nothing came from the address within a day before.
    pub(super) first_today: bool,
    pub(super) sent_at: UnixMs,
}

impl Kept {
    /// The application, without its affiliate, its answers, who brought it, and whether it is the first of its
    /// address for a day.
    pub(super) fn into_application(
        self,
        id: ApplicationId,
    ) -> (Application, Vec<Answer>, String, bool) {
        let Self {
            name,
            email,
            website,
            audience,
            terms_url,
            answers,
            by,
            first_today,
            sent_at,
        } = self;
        let application = Application {
            id,
            // Not known yet.
            affiliate_id: AffiliateId::from(uuid::Uuid::nil()),
            state: ApplicationState::Pending,
            name,
            email,
            website,
            audience,
            terms_url,
            by_rule: false,
            decided_by: String::new(),
            reason: String::new(),
            reason_told: false,
            created_at_ms: sent_at,
            decided_at_ms: None,
        };
        let answers = answers
            .into_iter()
            .map(|(kind, question, answer)| Answer {
                kind,
                question,
                answer,
            })
            .collect();
        (application, answers, by, first_today)
    }
}
