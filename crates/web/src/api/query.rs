//! Query parameters and path ids. Unknown parameters are refused.

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Path};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use service::App;
use service::domain::id::EntityId;

use super::cursor::Page;
use super::json::field_error;
use super::problem::Problem;

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
        read(&pairs(parts)?).map(Self)
    }
}

impl<F: DeserializeOwned> FromRequestParts<App> for List<F> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let (mut after, mut limit) = (None, None);
        let mut rest = Vec::new();
        for (name, value) in pairs(parts)? {
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

/// The decoded pairs; U+0000 and broken UTF-8 are refused with the parameter's name.
fn pairs(parts: &Parts) -> Result<Vec<(String, String)>, Problem> {
    let query = parts.uri.query().unwrap_or_default();
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    for (name, value) in &pairs {
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
    Ok(pairs)
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
