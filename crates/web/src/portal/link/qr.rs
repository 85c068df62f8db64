//! A link's QR code as a file.

use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use service::error::conflict;
use service::programme::link;

use super::Named;
use super::record::Asked;
use crate::download::attachment;
use crate::error::PageError;
use crate::language::t;
use crate::portal::viewer::Viewer;
use crate::shown::qr::{PNG_SIDES, qr_png, qr_svg};
use crate::ui::ListUrl;

/// Pixels of the PNG when the address names no size.
const PNG_SIDE: u32 = PNG_SIDES[1];

pub(super) async fn svg(
    viewer: Viewer,
    Path(named): Path<Named>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let (url, code) = to_print(&viewer, &named, query.as_deref()).await?;
    let file = qr_svg(&url).ok_or_else(too_long)?;
    Ok(attachment(
        file.into_bytes(),
        "image/svg+xml",
        &format!("{code}.svg"),
    ))
}

pub(super) async fn png(
    viewer: Viewer,
    Path(named): Path<Named>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let (url, code) = to_print(&viewer, &named, query.as_deref()).await?;
    let asked = ListUrl::from_query("", query.as_deref().unwrap_or_default());
    let side = asked
        .get("size")
        .parse()
        .ok()
        .filter(|side| PNG_SIDES.contains(side))
        .unwrap_or(PNG_SIDE);
    let file = qr_png(&url, side).ok_or_else(too_long)?;
    Ok(attachment(file, "image/png", &format!("{code}.png")))
}

/// The address that a QR code is asked for, and the link's code; only of a link that works.
async fn to_print(
    viewer: &Viewer,
    named: &Named,
    query: Option<&str>,
) -> Result<(String, String), PageError> {
    viewer.require_figures()?;
    let affiliate = viewer.actor.affiliate()?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let line = link::get(&mut work, affiliate, named.id()?).await?;
    if !line.link_state(work.now).is_live() {
        return Err(
            conflict("This link does not work at the moment, so there is no code of it.").into(),
        );
    }
    let asked = Asked::of(query);
    let url = link::tag(&mut work, &line, &asked.page, &asked.tags).await?;
    Ok((url, line.code))
}

fn too_long() -> PageError {
    PageError::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        t("link-too-long-title"),
        t("link-too-long"),
    )
}
