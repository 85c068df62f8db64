//! How the portal looks, with a preview beside the form that follows what is typed.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use data_encoding::BASE64;
use service::App;
use service::portal::brand::{self, Brand, BrandIn, Change, Colour, PICTURE_BYTES_MAX, Palette};

use super::host_name;
use super::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, Upload, UploadForm, refused};
use crate::ui::{AdminItem, AdminShell, BrandLook, LogoLook};
use crate::{flash, html};

const PATH: &str = "/admin/branding";
/// The largest form with pictures that is read: far more than is stored, so that a picture that is too
/// large is told of beside its field.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// What the preview's style sheet sets its colours on.
const PREVIEW: &str = ".brand-preview";

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route(
            PATH,
            get(show).post(save).layer(DefaultBodyLimit::max(BYTES_MAX)),
        )
        .route(
            "/admin/branding/preview",
            post(preview).layer(DefaultBodyLimit::max(BYTES_MAX)),
        )
        .route("/admin/branding/preview.css", get(preview_css))
}

/// A tab above the branding's pages.
pub(super) struct Tab {
    pub label: &'static str,
    pub href: &'static str,
    pub current: bool,
}

/// All tabs, with this one marked.
pub(super) fn tabs(current: &str) -> Vec<Tab> {
    [("Look", PATH), ("Address", host_name::PATH)]
        .into_iter()
        .map(|(label, href)| Tab {
            label,
            href,
            current: href == current,
        })
        .collect()
}

/// The form's fields; its files are `logo` and `favicon`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
struct BrandForm {
    portal_name: String,
    #[serde(default)]
    show_name: bool,
    colour: String,
    /// The shade that was offered and taken.
    #[serde(default)]
    offer: String,
    #[serde(default)]
    remove_logo: bool,
    #[serde(default)]
    remove_favicon: bool,
    #[serde(default)]
    support_email: String,
    #[serde(default)]
    footer: String,
    #[serde(default)]
    terms_url: String,
    #[serde(default)]
    privacy_url: String,
    #[serde(default)]
    credit: bool,
    /// `preview` only shows.
    #[serde(default)]
    act: String,
}

type Sent = UploadForm<BrandForm, PICTURE_BYTES_MAX>;

impl BrandForm {
    fn of(brand: &Brand, business: &str) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            portal_name: if brand.name == business {
                String::new()
            } else {
                brand.name.clone()
            },
            show_name: brand.show_name,
            colour: brand
                .colour
                .map(|colour| colour.to_string())
                .unwrap_or_default(),
            support_email: text(&brand.support_email),
            footer: text(&brand.footer),
            terms_url: text(&brand.terms_url),
            privacy_url: text(&brand.privacy_url),
            credit: brand.credit,
            ..Self::default()
        }
    }

    /// A colour that was offered and taken stands in the field from then on.
    fn settled(mut self) -> Self {
        if !self.offer.is_empty() {
            self.colour = std::mem::take(&mut self.offer);
        }
        self
    }

    fn input(self, logo: Option<Upload>, favicon: Option<Upload>) -> BrandIn {
        let change = |file: Option<Upload>, remove: bool| match file {
            Some(Upload {
                bytes, is_whole, ..
            }) => Change::New { bytes, is_whole },
            None if remove => Change::Remove,
            None => Change::Keep,
        };
        let Self {
            portal_name,
            show_name,
            colour,
            offer: _,
            remove_logo,
            remove_favicon,
            support_email,
            footer,
            terms_url,
            privacy_url,
            credit,
            act: _,
        } = self;
        BrandIn {
            portal_name,
            show_name,
            colour,
            logo: change(logo, remove_logo),
            favicon: change(favicon, remove_favicon),
            footer,
            terms_url,
            privacy_url,
            credit,
            support_email,
        }
    }
}

/// The portal as it would look.
struct Preview {
    /// Address of its colours; empty: the house's green.
    css: String,
    business: String,
    brand: BrandLook,
    /// The shade that can be read, when the chosen colour cannot.
    offer: Option<Colour>,
    /// Whether the colour is none at all.
    no_colour: bool,
    /// Why a picture that was chosen is not shown; empty: it is.
    no_picture: String,
}

impl Preview {
    /// What the form would lead to; `picture` is a new logo.
    fn of(form: &BrandForm, picture: Option<&Upload>, brand: &Brand, business: &str) -> Self {
        let offer = brand::offer(&form.colour);
        let shown = offer.map_or_else(|| form.colour.clone(), |colour| colour.to_string());
        let palette = brand::palette(&shown);
        let css = match palette {
            Ok(Some(palette)) => css_path(&palette),
            _ => String::new(),
        };
        let typed = |typed: &str| typed.trim().to_owned();
        let mut no_picture = String::new();
        let logo = match picture {
            Some(file) => match brand::look(&file.bytes, file.is_whole, false) {
                Ok(looked) => {
                    let data = BASE64.encode(&file.bytes);
                    let kind = looked.format.media_type();
                    Some(LogoLook::new(
                        format!("data:{kind};base64,{data}"),
                        looked.width,
                        looked.height,
                    ))
                }
                Err(why) => {
                    no_picture = format!("The logo {why}.");
                    None
                }
            },
            None if form.remove_logo => None,
            None => BrandLook::from(brand).logo,
        };
        let name = typed(&form.portal_name);
        Self {
            css,
            business: if name.is_empty() {
                business.to_owned()
            } else {
                name
            },
            brand: BrandLook {
                show_name: form.show_name || logo.is_none(),
                logo,
                footer: typed(&form.footer),
                support: typed(&form.support_email),
                terms: typed(&form.terms_url),
                privacy: typed(&form.privacy_url),
                credit: form.credit,
                ..BrandLook::default()
            },
            offer,
            no_colour: !form.colour.trim().is_empty() && form.colour.parse::<Colour>().is_err(),
            no_picture,
        }
    }

    /// The two kinds of page, as the theme names them, with what they are called.
    fn modes(&self) -> [(&'static str, &'static str); 2] {
        [("light", "On a light page"), ("dark", "On a dark page")]
    }
}

fn css_path(palette: &Palette) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("colour", &palette.primary.to_string())
        .finish();
    format!("/admin/branding/preview.css?{query}")
}

#[derive(Template)]
#[template(path = "admin/branding/show.html")]
struct BrandPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    form: BrandForm,
    business: String,
    logo: Option<LogoLook>,
    /// Address of the favicon in force; empty: none.
    favicon: String,
    preview: Preview,
    portal_href: String,
    /// Whether a picture that was chosen has to be chosen again: browsers do not keep files.
    choose_again: bool,
    errors: FormErrors,
}

#[derive(Template)]
#[template(path = "admin/branding/preview.html")]
struct PreviewPart {
    preview: Preview,
}

async fn page(
    admin: &Admin,
    form: Option<BrandForm>,
    picture: Option<&Upload>,
    choose_again: bool,
    errors: FormErrors,
) -> Result<BrandPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let brand = brand::of(&mut work, &admin.business).await?;
    let business = admin.business.name.clone();
    let form = form.unwrap_or_else(|| BrandForm::of(&brand, &business));
    let look = BrandLook::from(&brand);
    let slug = &admin.business.slug;
    let portal_href = service::messaging::notice::portal_address(&mut work, slug).await?;
    Ok(BrandPage {
        shell: admin
            .shell(&mut work, "Branding", AdminItem::Branding)
            .await?,
        tabs: tabs(PATH),
        preview: Preview::of(&form, picture, &brand, &business),
        form,
        business,
        logo: look.logo,
        favicon: look.favicon,
        portal_href,
        choose_again,
        errors,
    })
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    html::page(&page(&admin, None, None, false, FormErrors::new()).await?)
}

async fn save(admin: Admin, mut sent: Sent) -> Result<Response, PageError> {
    let (logo, favicon) = (sent.take("logo"), sent.take("favicon"));
    let form = sent.form.settled();
    let chosen = logo.is_some() || favicon.is_some();
    if form.act == "preview" {
        let page = page(&admin, Some(form), logo.as_ref(), chosen, FormErrors::new()).await?;
        return html::page(&page);
    }
    let mut work = admin.app.begin(&admin.actor).await?;
    let input = form.clone().input(logo.clone(), favicon);
    match brand::save(&mut work, input).await {
        Ok(()) => {
            work.commit().await?;
            Ok(flash::redirect(PATH, "Branding saved"))
        }
        Err(error) => {
            drop(work);
            let errors = refused(error)?;
            html::refused(&page(&admin, Some(form), logo.as_ref(), chosen, errors).await?)
        }
    }
}

/// The preview alone, for a form that is being filled in.
async fn preview(admin: Admin, sent: Result<Sent, PageError>) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let brand = brand::of(&mut work, &admin.business).await?;
    let business = &admin.business.name;
    let preview = match sent {
        Ok(mut sent) => {
            let logo = sent.take("logo");
            Preview::of(&sent.form, logo.as_ref(), &brand, business)
        }
        // Too much to read at all: what was typed beside it is not known either.
        Err(PageError::Page(page)) if page.status == StatusCode::PAYLOAD_TOO_LARGE => Preview {
            no_picture: "The pictures are larger than 8 MiB; choose smaller files. The preview shows what is saved.".to_owned(),
            ..Preview::of(&BrandForm::of(&brand, business), None, &brand, business)
        },
        Err(error) => return Err(error),
    };
    html::page(&PreviewPart { preview })
}

#[derive(Debug, serde::Deserialize)]
struct Wanted {
    colour: String,
}

/// The colours of the preview: the policy allows no style in the page itself.
async fn preview_css(
    _: Admin,
    Query(Wanted { colour }): Query<Wanted>,
) -> Result<Response, PageError> {
    let css = match brand::palette(&colour) {
        Ok(Some(palette)) => palette.css(PREVIEW),
        _ => return Err(PageError::not_found()),
    };
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], css).into_response())
}
