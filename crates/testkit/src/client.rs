//! Talking to the application as a browser or a program does.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::app::{BASE_URL, HOST};

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; a test that asks for it fails without.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {} {}", self.status, self.text()))
    }

    /// A header's text, empty when it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Fails the test unless this is the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    /// A PDF file to download, of this name and with this title, which stands in it uncompressed.
    ///
    /// # Panics
    /// When it is another.
    #[must_use]
    pub fn expect_pdf(self, name: &str, title: &str) -> Vec<u8> {
        let answer = self.expect(200);
        assert_eq!(answer.header("content-type"), "application/pdf");
        assert_eq!(
            answer.header("content-disposition"),
            format!("attachment; filename=\"{name}.pdf\"")
        );
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.body.starts_with(b"%PDF-"), "no PDF");
        let text = String::from_utf8_lossy(&answer.body);
        assert!(text.contains(title), "it is not called {title}");
        answer.body
    }

    /// The names of the fields that a problem complains of.
    #[must_use]
    #[track_caller]
    pub fn wrong_fields(&self) -> Vec<String> {
        let json = self.json();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .filter_map(|error| error["field"].as_str().map(str::to_owned))
            .collect()
    }
}

/// Sends a request into the application.
pub(crate) async fn send(router: &Router, mut request: Request<Body>) -> Answer {
    request
        .headers_mut()
        .entry(header::HOST)
        .or_insert(HOST.parse().expect("a host"));
    let peer: std::net::SocketAddr = ([127, 0, 0, 1], 40_000).into();
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = router
        .clone()
        .oneshot(request)
        .await
        .expect("routers do not fail");
    let (parts, body) = response.into_parts();
    let body = body
        .collect()
        .await
        .expect("a whole body")
        .to_bytes()
        .to_vec();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

/// A browser: keeps cookies, and sends the last page's token with each form.
#[derive(Clone)]
pub struct Client {
    router: Router,
    host: String,
    cookies: BTreeMap<String, String>,
    token: Option<String>,
    /// What `Accept-Language` says; none sends no such header.
    reads: Option<String>,
    /// What `Accept` says; none sends no such header.
    accepts: Option<&'static str>,
}

impl Client {
    pub(crate) fn new(router: Router) -> Self {
        Self {
            router,
            host: HOST.to_owned(),
            cookies: BTreeMap::new(),
            token: None,
            reads: None,
            accepts: None,
        }
    }

    /// The browser of somebody who reads these languages, as `Accept-Language` has them.
    #[must_use]
    pub fn reading(mut self, languages: &str) -> Self {
        self.reads = Some(languages.to_owned());
        self
    }

    /// The same browser at another host: with no cookies, which belong to a host each.
    #[must_use]
    pub fn at(&self, host: &str) -> Self {
        Self {
            host: host.to_owned(),
            ..Self::new(self.router.clone())
        }
    }

    /// Opens a page. Redirects are answered, not followed.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.request(Method::GET, path, None).await
    }

    /// Listens to a stream of events, as an open page does.
    pub async fn listen(&mut self, path: &str) -> Answer {
        self.accepts = Some("text/event-stream");
        let answer = self.get(path).await;
        self.accepts = None;
        answer
    }

    /// Asks for a page's head alone, as mail scanners do.
    pub async fn head(&mut self, path: &str) -> Answer {
        self.request(Method::HEAD, path, None).await
    }

    /// Opens a page and follows up to five redirects on this host.
    pub async fn visit(&mut self, path: &str) -> Answer {
        let mut answer = self.get(path).await;
        for _ in 0..5 {
            if !answer.status.is_redirection() {
                break;
            }
            let to = answer
                .header("location")
                .trim_start_matches(BASE_URL)
                .to_owned();
            answer = self.get(&to).await;
        }
        answer
    }

    /// Sends a form with the token of the last page that had one.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = self.encoded(fields);
        let kind = "application/x-www-form-urlencoded".to_owned();
        self.request(Method::POST, path, Some((kind, body))).await
    }

    /// The fields and the token. Apart from [`Self::post`], because the serializer may not wait in a task that is
    /// spawned.
    fn encoded(&self, fields: &[(&str, &str)]) -> Vec<u8> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        if let Some(token) = self
            .token
            .as_deref()
            .filter(|_| fields.iter().all(|(name, _)| *name != "csrf"))
        {
            form.append_pair("csrf", token);
        }
        form.finish().into_bytes()
    }

    /// Sends any bytes as if they were a form of this type.
    pub async fn post_raw(&mut self, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        self.request(Method::POST, path, Some((kind.to_owned(), body)))
            .await
    }

    /// Sends a form with files (field, file name, content) and the token of the last page that had one.
    pub async fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        const BOUNDARY: &str = "part-of-a-form";
        let token = self
            .token
            .clone()
            .filter(|_| fields.iter().all(|(name, _)| *name != "csrf"));
        let token = token.as_deref().map(|token| ("csrf", token));
        let mut body = Vec::new();
        let texts = fields.iter().copied().chain(token);
        let texts = texts.map(|(name, value)| (format!("name=\"{name}\""), value.as_bytes()));
        let files = files.iter().map(|(name, file, content)| {
            (format!("name=\"{name}\"; filename=\"{file}\""), *content)
        });
        for (head, content) in texts.chain(files) {
            let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; {head}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.request(Method::POST, path, Some((kind, body))).await
    }

    /// Whether a cookie is kept.
    #[must_use]
    pub fn has_cookie(&self, name: &str) -> bool {
        self.cookies.contains_key(name)
    }

    /// The value of a kept cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.get(name).cloned()
    }

    /// Plants a cookie, as someone would who got hold of it.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Forgets the token, as another site's form does not have it.
    pub fn forget_token(&mut self) {
        self.token = None;
    }

    /// `form` is its type and its body.
    async fn request(
        &mut self,
        method: Method,
        path: &str,
        form: Option<(String, Vec<u8>)>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header("sec-fetch-site", "same-origin");
        if let Some(languages) = &self.reads {
            request = request.header(header::ACCEPT_LANGUAGE, languages);
        }
        if let Some(kind) = self.accepts {
            request = request.header(header::ACCEPT, kind);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let body = match form {
            Some((kind, body)) => {
                request = request
                    .header(header::CONTENT_TYPE, kind)
                    .header(header::ORIGIN, format!("http://{}", self.host));
                Body::from(body)
            }
            None => Body::empty(),
        };
        let answer = send(&self.router, request.body(body).expect("a request")).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie of text");
            let Some((name, value)) = cookie
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
            else {
                continue;
            };
            if value.is_empty() || cookie.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some(token) = token(&answer.text()) {
            self.token = Some(token);
        }
        answer
    }
}

/// The value of the first field named `csrf`.
fn token(page: &str) -> Option<String> {
    let field = page
        .split('<')
        .find(|tag| tag.starts_with("input") && tag.contains("name=\"csrf\""))?;
    let value = field.split("value=\"").nth(1)?.split('"').next()?;
    Some(value.to_owned())
}

/// A program with an API key.
#[derive(Clone)]
pub struct Api {
    router: Router,
    key: String,
    headers: Vec<(String, String)>,
}

impl Api {
    /// A program that calls an application with any text as its key; empty: without one.
    #[must_use]
    pub fn new(router: Router, key: String) -> Self {
        Self {
            router,
            key,
            headers: Vec::new(),
        }
    }

    /// The same program with one more header on each call.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.push((name.to_owned(), value.to_owned()));
        other
    }

    /// `GET /api/v1{path}`.
    pub async fn get(&self, path: &str) -> Answer {
        self.raw(Method::GET, path, "application/json", Vec::new())
            .await
    }

    /// `POST /api/v1{path}` with JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.raw(Method::POST, path, "application/json", body.to_string())
            .await
    }

    /// `PATCH /api/v1{path}` with JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.raw(Method::PATCH, path, "application/json", body.to_string())
            .await
    }

    /// Any call with any body.
    pub async fn raw(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::CONTENT_TYPE, content_type);
        if !self.key.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.key));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        send(&self.router, request.body(body.into()).expect("a request")).await
    }
}
