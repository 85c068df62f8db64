//! Acts on many affiliates at once.

use axum::response::Response;
use domain::id::AffiliateId;
use domain::money::group_thousands;
use domain::status::AffiliateStatus;
use serde::Deserialize;
use service::ServiceError;
use service::programme::affiliate::{self, BulkReport, InGroup, Selection};

use super::list::asked;
use crate::admin::act::back_to;
use crate::admin::message::{ManyForm, compose_many};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::flash;
use crate::form::{FormErrors, PostForm};

/// What the bulk bar sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BulkForm {
    /// `approve`, `suspend`, `group` or `message`.
    #[serde(default)]
    act: String,
    /// The rows that were ticked.
    #[serde(default)]
    id: Vec<String>,
    /// Every row of `query` instead.
    #[serde(default)]
    all: bool,
    #[serde(default)]
    query: String,
    /// A group's id, or `none`.
    #[serde(default)]
    group: String,
    /// Where to go afterwards.
    #[serde(default)]
    back: String,
}

pub(super) async fn act(
    admin: Admin,
    PostForm(form): PostForm<BulkForm>,
) -> Result<Response, PageError> {
    let BulkForm {
        act,
        id,
        all,
        query,
        group,
        back,
    } = form;
    let (state, filter) = asked(Some(&query));
    let back = back_to(&back, &state.href());
    let selection = if all {
        Selection::Matching(filter)
    } else {
        // An id that cannot be read belongs to nobody here, like one of another business.
        Selection::Ids(
            id.iter()
                .filter_map(|id| id.parse::<AffiliateId>().ok())
                .collect(),
        )
    };
    if selection == Selection::Ids(Vec::new()) {
        return Ok(flash::redirect_with_error(
            &back,
            "Nothing was selected. Tick the affiliates first.",
        ));
    }
    if act == "message" {
        let to_send = ManyForm {
            id,
            all,
            query,
            back,
            ..ManyForm::default()
        };
        return compose_many(&admin, to_send, FormErrors::new()).await;
    }
    let mut work = admin.app.begin(&admin.actor).await?;
    let done = match act.as_str() {
        "approve" => {
            affiliate::set_status_many(&mut work, selection, AffiliateStatus::Approved).await
        }
        "suspend" => {
            affiliate::set_status_many(&mut work, selection, AffiliateStatus::Suspended).await
        }
        "group" => match group.parse::<InGroup>() {
            Ok(InGroup::None) => affiliate::assign_group(&mut work, selection, None).await,
            Ok(InGroup::Of(group)) => {
                affiliate::assign_group(&mut work, selection, Some(group)).await
            }
            Ok(InGroup::Any | InGroup::Not(_)) | Err(_) => {
                return Ok(flash::redirect_with_error(
                    &back,
                    "Choose a group. Nothing was changed.",
                ));
            }
        },
        _ => {
            return Err(PageError::bad_request(
                "This list has no such act. Nothing was changed.",
            ));
        }
    };
    let report = match done {
        Ok(report) => report,
        Err(ServiceError::Invalid(fields)) => {
            let reasons: Vec<String> = fields.into_iter().map(|field| field.message).collect();
            return Ok(flash::redirect_with_error(
                &back,
                format!("Nothing was changed: {}.", reasons.join("; ")),
            ));
        }
        Err(error) => return Err(error.into()),
    };
    work.commit().await?;
    let verb = match act.as_str() {
        "approve" => "approved",
        "suspend" => "suspended",
        _ => "put into the group",
    };
    let text = told(&report, verb);
    Ok(if report.failed.is_empty() {
        flash::redirect(&back, text)
    } else {
        flash::redirect_with_error(&back, text)
    })
}

/// "14 affiliates approved, 2 were so already, 1 not found".
fn told(report: &BulkReport, verb: &str) -> String {
    let number = |n: usize| group_thousands(&n.to_string());
    let noun = if report.changed == 1 {
        "affiliate"
    } else {
        "affiliates"
    };
    let mut text = format!("{} {noun} {verb}", number(report.changed));
    if report.unchanged > 0 {
        text.push_str(&format!(", {} already were", number(report.unchanged)));
    }
    if !report.failed.is_empty() {
        text.push_str(&format!(
            ", {} not found (removed meanwhile?)",
            number(report.failed.len())
        ));
    }
    text.push('.');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_tells_all_of_it() {
        let id = "aff_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let report = BulkReport {
            changed: 1,
            unchanged: 0,
            failed: vec![],
        };
        assert_eq!(told(&report, "approved"), "1 affiliate approved.");
        let report = BulkReport {
            changed: 1234,
            unchanged: 2,
            failed: vec![(id, "not found".into())],
        };
        assert_eq!(
            told(&report, "suspended"),
            "1,234 affiliates suspended, 2 already were, 1 not found (removed meanwhile?)."
        );
    }
}
