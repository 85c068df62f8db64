//! Whom staff can invite to the portal: affiliates without an account and without an open invitation.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use jiff::tz::TimeZone;
use service::identity::business;
use service::portal::roster::{self, INVITABLE_ORDERS, Invitable};

use crate::admin::affiliate::{status_label, status_tone};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::html;
use crate::list::ListState;
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell, Filters, Pager, Tone};

/// Where the list is.
const PATH: &str = "/admin/portal/invite";

#[derive(Template)]
#[template(path = "admin/portal/invite.html")]
struct InvitePage {
    shell: AdminShell,
    filters: Filters,
    rows: Vec<Row>,
    pager: Pager,
}

struct Row {
    id: String,
    href: String,
    name: String,
    email: String,
    status_label: String,
    status_tone: Tone,
    /// What there was before.
    past: String,
    /// The affiliate's own act, which ends on their page: the link to copy is there.
    invite_action: String,
}

pub(super) async fn show(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let mut state = ListState::new(PATH, query.as_deref(), "-added");
    state.keep_sort(&[INVITABLE_ORDERS]);
    let search = state.search();
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(roster::invitable_count(&mut work, search.as_deref()).await?);
    let window = state.window(INVITABLE_ORDERS);
    let found = roster::invitable(&mut work, search.as_deref(), window).await?;
    html::page(&InvitePage {
        shell: admin
            .shell(&mut work, "Invite to the portal", AdminItem::Portal)
            .await?,
        filters: state.filters("Search name or e-mail", Vec::new()),
        rows: found.into_iter().map(|one| Row::new(one, &zone)).collect(),
        pager: state.pager("affiliate", "affiliates"),
    })
}

impl Row {
    fn new(one: Invitable, zone: &TimeZone) -> Self {
        let Invitable {
            id,
            name,
            email,
            status,
            created_at_ms,
            invited_at_ms,
        } = one;
        let day = |at| Moment::new(at, zone).date;
        let href = format!("/admin/affiliates/{id}");
        Self {
            id: id.to_string(),
            past: match invited_at_ms {
                Some(at) => format!("Invited on {}; that link is over", day(at)),
                None => format!("Added on {}, never invited", day(created_at_ms)),
            },
            invite_action: format!("{href}/invite"),
            status_label: status_label(status),
            status_tone: status_tone(status),
            href,
            name,
            email,
        }
    }
}
