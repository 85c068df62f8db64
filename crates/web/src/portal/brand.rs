//! The files of a business's brand, and its look on pages.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use service::portal::brand::{self, Brand, Format};
use service::{App, ServiceError};

use crate::assets::FOREVER;
use crate::error::PageError;
use crate::ui::{BrandLook, LogoLook};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new().route("/brand/{file}", get(serve))
}

/// A picture may be anything inside, so nothing in it may run, load or be framed. The style attributes
/// of a drawing are its colours.
const PICTURE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
);

async fn serve(State(app): State<App>, Path(name): Path<String>) -> Result<Response, PageError> {
    let file = match brand::file(&app, &name).await {
        Ok(file) => file,
        // A browser asks for it in passing: no page is needed to say that it is not there.
        Err(ServiceError::NotFound(_)) => return Ok(StatusCode::NOT_FOUND.into_response()),
        Err(error) => return Err(error.into()),
    };
    let mut headers = HeaderMap::new();
    let kind = match Format::of_ending(&file.ending) {
        Some(picture) => {
            headers.insert(header::CONTENT_SECURITY_POLICY, PICTURE_POLICY);
            // Mails show the logo, too.
            headers.insert(
                HeaderName::from_static("cross-origin-resource-policy"),
                HeaderValue::from_static("cross-origin"),
            );
            picture.media_type()
        }
        None => "text/css; charset=utf-8",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOREVER));
    Ok((headers, file.content).into_response())
}

impl From<&Brand> for BrandLook {
    fn from(brand: &Brand) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            css: text(&brand.css),
            logo: brand
                .logo
                .as_ref()
                .map(|logo| LogoLook::new(&logo.path, logo.width, logo.height)),
            show_name: brand.show_name || brand.logo.is_none(),
            favicon: brand
                .favicon
                .as_ref()
                .map(|favicon| favicon.path.clone())
                .unwrap_or_default(),
            favicon_type: brand
                .favicon
                .as_ref()
                .map_or("", |favicon| favicon.format.media_type()),
            footer: text(&brand.footer),
            terms: text(&brand.terms_url),
            privacy: text(&brand.privacy_url),
            support: text(&brand.support_email),
            credit: brand.credit,
        }
    }
}

/// The brand of the portal that a path leads into, for pages that say what went wrong there.
pub async fn at(app: &App, path: &str) -> Option<Brand> {
    let slug = path.strip_prefix("/portal/")?.split('/').next()?;
    of_slug(app, slug).await
}

/// The brand of the business with this short name, for the same pages.
pub async fn of_slug(app: &App, slug: &str) -> Option<Brand> {
    let business = service::identity::business::by_slug(app, slug).await.ok()?;
    brand::of_portal(app, &business).await.ok()
}
