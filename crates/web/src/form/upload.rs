//! Forms that bring files (`enctype="multipart/form-data"`).

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;

use super::{Csrf, FIELDS_MAX, FORM_BYTES_MAX, not_utf8, refuse_nul, take_token, typed};
use crate::error::PageError;

/// Characters of a file's name that are kept.
const NAME_CHARS_MAX: usize = 200;
/// Files that one form may bring.
const FILES_MAX: usize = 20;

/// A form of a logged-in person with files of up to `MAX` bytes each; its token is the session's.
///
/// The handler takes it last, behind the session's extractor. The route needs room for all of it:
/// `.layer(DefaultBodyLimit::max(…))`, larger than `MAX`, so that a file that is too large can be told
/// of beside its field ([`Upload::is_whole`]); what is beyond even that is answered with 413. Fields
/// that are no files are read as in [`PostForm`](super::PostForm). A plain form without files is
/// understood, too.
#[derive(Debug)]
pub struct UploadForm<T, const MAX: usize> {
    /// The fields that are no files.
    pub form: T,
    /// The files that were chosen.
    pub files: Vec<Upload>,
}

/// A file of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upload {
    /// The name of the form's field.
    pub field: String,
    /// The file's own name without folders, as the browser tells it; trust it for showing only.
    pub file_name: String,
    /// What is in it, up to the limit. Judge it by its first bytes, not by what the browser calls it.
    pub bytes: Vec<u8>,
    /// Whether that is all of it; the rest of a larger file is thrown away.
    pub is_whole: bool,
}

impl<T, const MAX: usize> UploadForm<T, MAX> {
    /// Takes the file of this field, if one was chosen.
    pub fn take(&mut self, field: &str) -> Option<Upload> {
        let position = self.files.iter().position(|file| file.field == field)?;
        Some(self.files.swap_remove(position))
    }
}

impl<T: DeserializeOwned, S: Send + Sync, const MAX: usize> FromRequest<S> for UploadForm<T, MAX> {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let expected = request.extensions().get::<Csrf>().cloned();
        let has_files = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"));
        let (mut pairs, files) = if has_files {
            let parts = Multipart::from_request(request, state)
                .await
                .map_err(|_| PageError::bad_request(NOT_WHOLE))?;
            read::<MAX>(parts).await?
        } else {
            (super::read(request, state).await?, Vec::new())
        };
        take_token(&mut pairs, expected)?;
        let form = typed(pairs)?;
        Ok(Self { form, files })
    }
}

const NOT_WHOLE: &str = "The form did not arrive whole. Nothing was saved; send it again.";

fn too_large() -> PageError {
    PageError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "Too much at once",
        "The files are larger than what is taken here. Nothing was saved; choose smaller ones.",
    )
}

fn broken(error: MultipartError) -> PageError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => PageError::bad_request(NOT_WHOLE),
    }
}

type Read = (Vec<(String, String)>, Vec<Upload>);

async fn read<const MAX: usize>(mut parts: Multipart) -> Result<Read, PageError> {
    let (mut pairs, mut files) = (Vec::new(), Vec::new());
    let mut room = FORM_BYTES_MAX;
    while let Some(mut field) = parts.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file_name) = field.file_name().map(own_name) {
            let (bytes, is_whole) = gather(&mut field, MAX).await?;
            // A file field that nothing was chosen for comes without a name and empty.
            if file_name.is_empty() && bytes.is_empty() {
                continue;
            }
            if files.len() == FILES_MAX {
                return Err(PageError::bad_request(
                    "The form brings too many files. Nothing was saved.",
                ));
            }
            refuse_nul(&name, &file_name)?;
            files.push(Upload {
                field: name,
                file_name,
                bytes,
                is_whole,
            });
            continue;
        }
        let (bytes, is_whole) = gather(&mut field, room).await?;
        if !is_whole || pairs.len() == FIELDS_MAX {
            return Err(too_large());
        }
        room -= bytes.len();
        let value = String::from_utf8(bytes).map_err(|_| not_utf8(&name))?;
        refuse_nul(&name, &value)?;
        pairs.push((name, value));
    }
    Ok((pairs, files))
}

/// Reads a part to its end and keeps the first `most` bytes; `false` when there were more.
async fn gather(field: &mut Field<'_>, most: usize) -> Result<(Vec<u8>, bool), PageError> {
    let mut bytes = Vec::new();
    let mut is_whole = true;
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        let room = most - bytes.len();
        is_whole &= chunk.len() <= room;
        bytes.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
    }
    Ok((bytes, is_whole))
}

/// `C:\pictures\logo.png` → `logo.png`.
fn own_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().take(NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Form {
        name: String,
        #[serde(default)]
        tags: Vec<String>,
    }

    async fn send(parts: &[(&str, &str)], token: &str) -> Result<UploadForm<Form, 8>, PageError> {
        let mut body = String::new();
        for (head, text) in parts {
            body.push_str(&format!(
                "--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n"
            ));
        }
        body.push_str("--b--\r\n");
        let request = Request::builder()
            .header("content-type", "multipart/form-data; boundary=b")
            .extension(Csrf(token.to_owned()))
            .body(Body::from(body))
            .unwrap();
        UploadForm::from_request(request, &()).await
    }

    #[tokio::test]
    async fn fields_and_files_come_apart() {
        let sent = send(
            &[
                ("name=\"csrf\"", "t"),
                ("name=\"name\"", "Ä"),
                ("name=\"tags\"", "a"),
                ("name=\"tags\"", "b"),
                ("name=\"logo\"; filename=\"C:\\a\\l.png\"", "12345678"),
                ("name=\"big\"; filename=\"big\"", "123456789"),
                ("name=\"none\"; filename=\"\"", ""),
            ],
            "t",
        );
        let mut sent = sent.await.unwrap();
        let form = Form {
            name: "Ä".to_owned(),
            tags: vec!["a".to_owned(), "b".to_owned()],
        };
        assert_eq!(sent.form, form);
        let logo = sent.take("logo").unwrap();
        assert_eq!(
            (&*logo.file_name, &*logo.bytes, logo.is_whole),
            ("l.png", &b"12345678"[..], true)
        );
        let big = sent.take("big").unwrap();
        assert_eq!((&*big.bytes, big.is_whole), (&b"12345678"[..], false));
        assert_eq!(sent.files, []);
    }

    #[tokio::test]
    async fn the_token_must_be_right() {
        for token in ["", "x"] {
            let parts = [("name=\"csrf\"", token), ("name=\"name\"", "x")];
            assert!(send(&parts, "t").await.is_err());
        }
        assert!(send(&[("name=\"name\"", "x")], "t").await.is_err());
        assert!(
            send(&[("name=\"csrf\"", ""), ("name=\"name\"", "x")], "")
                .await
                .is_err()
        );
    }
}
