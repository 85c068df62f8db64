//! Query parameters and path ids. Unknown parameters are refused.

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Path};
use axum::http::request::Parts;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize as _, Deserializer};
use service::App;
use service::domain::id::EntityId;

use super::cursor::Page;
use super::json::field_error;
use super::problem::Problem;
use crate::list::SEARCH_CHARS_MAX;

/// The query of a call, read into `T` (which denies unknown fields).
pub struct Query<T>(pub T);

/// The query of a list: `after` and `limit`, and a filter that denies unknown fields.
pub struct List<F> {
    /// What to list.
    pub filter: F,
    /// Which page of it.
    pub page: Page,
}

/// The id in the path. An unreadable one is answered like one that does not exist.
pub struct Id<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let pairs: Vec<_> = pairs(parts).collect();
        read(&pairs).map(Self)
    }
}

impl<F: DeserializeOwned> FromRequestParts<App> for List<F> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let (mut after, mut limit) = (None, None);
        let mut rest = Vec::new();
        for (name, value) in pairs(parts) {
            let slot = match name.as_str() {
                "after" => &mut after,
                "limit" => &mut limit,
                _ => {
                    rest.push((name, value));
                    continue;
                }
            };
            if slot.replace(value).is_some() {
                return Err(Problem::field(name, "is given twice"));
            }
        }
        Ok(Self {
            filter: read(&rest)?,
            page: Page::read(after, limit)?,
        })
    }
}

impl<T: EntityId> FromRequestParts<App> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let text = <Path<String> as FromRequestParts<App>>::from_request_parts(parts, app)
            .await
            .map_err(|_| Problem::not_found("the id cannot be read"))?;
        text.0
            .parse()
            .map(Self)
            .map_err(|error| Problem::not_found(format!("the id is {error}")))
    }
}

impl<T: EntityId> OptionalFromRequestParts<App> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Problem> {
        match <Option<Path<String>> as FromRequestParts<App>>::from_request_parts(parts, app).await
        {
            Ok(Some(_)) => <Self as FromRequestParts<App>>::from_request_parts(parts, app)
                .await
                .map(Some),
            _ => Ok(None),
        }
    }
}

/// A text that a list is searched for, for `#[serde(default, deserialize_with = "search")]`: trimmed, a blank one is none,
/// and one that is longer than any page would search for is refused.
pub(super) fn search<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let text = text.trim();
    if text.chars().count() > SEARCH_CHARS_MAX {
        return Err(D::Error::custom(format!(
            "has more than {SEARCH_CHARS_MAX} characters"
        )));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Refuses U+0000 and broken UTF-8 with the parameter's name, also where a call takes no parameters.
pub(super) fn check(query: &str) -> Result<(), Problem> {
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name.contains('\0') || value.contains('\0') {
            return Err(Problem::field(
                name.replace('\0', ""),
                "must not contain U+0000",
            ));
        }
        if value.contains(char::REPLACEMENT_CHARACTER) {
            return Err(Problem::field(name, "is not valid UTF-8"));
        }
    }
    Ok(())
}

/// The decoded pairs. What they contain was checked with the key: [`check`].
fn pairs(parts: &Parts) -> impl Iterator<Item = (String, String)> {
    let query = parts.uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).into_owned()
}

fn read<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, Problem> {
    let text = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        Problem::invalid(vec![field_error(&path, &error.into_inner().to_string())])
    })
}
