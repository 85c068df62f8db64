//! Languages: every key of every message, how a language is chosen, and pages and mails in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Resource};
use service::messaging::mail;
use service::store::list::Window;
use testkit::{Client, Shop, TestApp, both_engines};

const LOG_IN: &str = "/portal/fernhill/log-in";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// All files below a folder that end so, with their text.
fn files(folder: &Path, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            let text = std::fs::read_to_string(&path).expect("a text");
            found.push((path, text));
        }
    }
    found
}

fn arguments_of_expression(expression: &Expression<String>, names: &mut BTreeSet<String>) {
    let (inline, variants) = match expression {
        Expression::Inline(inline) => (inline, [].as_slice()),
        Expression::Select { selector, variants } => (selector, variants.as_slice()),
    };
    if let InlineExpression::VariableReference { id } = inline {
        names.insert(id.name.clone());
    }
    for variant in variants {
        arguments(&variant.value, names);
    }
}

fn arguments(pattern: &Pattern<String>, names: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            arguments_of_expression(expression, names);
        }
    }
}

/// The messages of a language: by key the names of the arguments.
fn messages(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for (path, text) in files(&root().join("locales").join(language), ".ftl") {
        let resource: Resource<String> = fluent_syntax::parser::parse(text)
            .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", path.display()));
        for entry in resource.body {
            if let Entry::Message(message) = entry {
                let mut names = BTreeSet::new();
                let value = message.value.expect("a text");
                arguments(&value, &mut names);
                let twice = all.insert(message.id.name.clone(), names);
                assert!(twice.is_none(), "{} is there twice", message.id.name);
            }
        }
    }
    all
}

/// What stands behind a key that is used: the calls that hand it arguments, and the names in them.
fn handed(rest: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut rest = rest.trim_start();
    while let Some(call) = [".with(", ".count("]
        .iter()
        .find(|call| rest.starts_with(**call))
    {
        let inside = rest[call.len()..].trim_start();
        let name = inside
            .strip_prefix('"')
            .and_then(|inside| inside.split('"').next());
        names.insert(name.expect("a name").to_owned());
        let mut depth = 1;
        let mut quoted = false;
        let end = inside
            .char_indices()
            .find(|(_, c)| {
                match c {
                    '"' => quoted = !quoted,
                    '(' if !quoted => depth += 1,
                    ')' if !quoted => depth -= 1,
                    _ => {}
                }
                depth == 0
            })
            .expect("an end")
            .0;
        rest = inside[end + 1..].trim_start();
    }
    names
}

/// A key in quotation marks that a call begins with.
fn key_of(rest: &str) -> Option<(&str, &str)> {
    let rest = rest.trim_start().strip_prefix('"')?;
    let (key, rest) = rest.split_once('"')?;
    Some((key, rest.trim_start().strip_prefix(')').unwrap_or(rest)))
}

fn is_key(text: &str) -> bool {
    text.contains('-')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[test]
fn both_languages_have_the_same_messages() {
    let (english, german) = (messages("en"), messages("de"));
    assert!(english.len() > 100);
    assert_eq!(
        english.keys().collect::<Vec<_>>(),
        german.keys().collect::<Vec<_>>()
    );
    for (key, names) in &english {
        // A language may say it without one of them, but has no other.
        assert!(
            german[key].is_subset(names),
            "{key}: {:?} {names:?}",
            german[key]
        );
    }
}

#[test]
fn every_key_is_there_and_used() {
    let messages = messages("en");
    let mut sources = files(&root().join("src"), ".rs");
    sources.extend(files(&root().join("templates"), ".html"));
    let mut used = BTreeSet::new();
    for (path, text) in &sources {
        let place = path.display();
        // Whatever looks like a key of ours is one that is used: some are kept in tables.
        for piece in text.split('"').filter(|piece| is_key(piece)) {
            if messages.contains_key(piece) {
                used.insert(piece.to_owned());
            }
        }
        for (call, with) in [("t(", false), ("phrase(", true)] {
            for (at, _) in text.match_indices(call) {
                let before = text[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.') {
                    continue;
                }
                let Some((key, rest)) = key_of(&text[at + call.len()..]) else {
                    continue;
                };
                if !is_key(key) {
                    continue;
                }
                let names = messages.get(key);
                let names = names.unwrap_or_else(|| panic!("{place}: there is no message {key}"));
                if with {
                    assert_eq!(&handed(rest), names, "{place}: {key}");
                } else {
                    assert!(names.is_empty(), "{place}: {key} needs {names:?}");
                }
            }
        }
    }
    // Found by a stored word, or by the sentence itself.
    let by_word = ["status-", "said-", "journal-", "arithmetic-"];
    for key in messages.keys() {
        assert!(
            used.contains(key) || by_word.iter().any(|area| key.starts_with(area)),
            "{key} is not used"
        );
    }
}

/// Words that are the same in every language, or no words.
const ANYWHERE: &[&str] = &[
    "Tributary",
    "CSV",
    "PDF",
    "SVG",
    "PNG",
    "IBAN",
    "BIC",
    "DE89 3704 0044 0532 0130 00",
    "COBADEFF",
    "Newsletter",
    "example.com",
    "example.com/me",
    "https",
    // Which style sheet, and a command to copy.
    "portal",
    "admin",
    "tributary verify-statement FILE --key",
];
/// Templates whose people read the portal's languages; a kit's part for the admin alone is not among them.
const SPOKEN: &[&str] = &[
    "portal/",
    "two_step/",
    "invoice/",
    "layout/auth",
    "layout/brand_footer.html",
    "layout/head.html",
    "layout/language_switch.html",
    "layout/portal",
    "layout/tail.html",
    "layout/theme_toggle.html",
    "error.html",
    "kit/bell.html",
    "kit/field.html",
    "kit/figure.html",
    "kit/filters.html",
    "kit/form.html",
    "kit/message.html",
    "kit/pager.html",
    "kit/select.html",
];
/// Attributes that people read or hear.
const READ: &[&str] = &["aria-label=\"", "title=\"", "placeholder=\"", "alt=\""];

/// A template without its comments and expressions; the texts that stand in expressions.
fn apart(template: &str) -> (String, Vec<String>) {
    let (mut html, mut quoted) = (String::new(), Vec::new());
    let mut rest = template;
    while let Some(at) = ["{{", "{%", "{#"]
        .iter()
        .filter_map(|open| rest.find(open))
        .min()
    {
        html.push_str(&rest[..at]);
        html.push('\u{1}');
        let close = match &rest[at..at + 2] {
            "{{" => "}}",
            "{%" => "%}",
            _ => "#}",
        };
        let inside = &rest[at + 2..];
        let end = inside.find(close).expect("an end");
        if close != "#}" {
            quoted.extend(
                inside[..end]
                    .split('"')
                    .skip(1)
                    .step_by(2)
                    .map(str::to_owned),
            );
        }
        rest = &inside[end + 2..];
    }
    html.push_str(rest);
    (html, quoted)
}

/// What a person reads of the HTML: the text between tags and some attributes.
fn visible(html: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        texts.push(rest[..open].to_owned());
        let close = rest[open..]
            .find('>')
            .map_or(rest.len(), |close| open + close + 1);
        let tag = &rest[open..close];
        for attribute in READ {
            if let Some((_, value)) = tag.split_once(&format!(" {attribute}")) {
                texts.push(value.split('"').next().unwrap_or_default().to_owned());
            }
        }
        rest = &rest[close..];
    }
    texts.push(rest.to_owned());
    texts
}

#[test]
fn no_template_of_the_portal_has_words_of_its_own() {
    let templates = root().join("templates");
    let mut missing: Vec<&str> = SPOKEN.to_vec();
    for (path, text) in files(&templates, ".html") {
        let name = path
            .strip_prefix(&templates)
            .expect("inside")
            .to_string_lossy()
            .replace('\\', "/");
        if !SPOKEN.iter().any(|start| name.starts_with(start)) {
            continue;
        }
        missing.retain(|start| !name.starts_with(start));
        let (html, quoted) = apart(&text);
        // A macro of the kit makes attributes alone.
        let is_attribute = |words: &String| {
            words
                .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{1}')
                .starts_with("aria-")
        };
        for words in visible(&html)
            .into_iter()
            .filter(|words| !is_attribute(words))
        {
            let rest = ANYWHERE
                .iter()
                .fold(words.clone(), |words, known| words.replace(known, ""));
            let is_word =
                |piece: &str| piece.chars().count() > 2 && piece.chars().all(char::is_alphabetic);
            let bare = rest
                .split(|c: char| !c.is_alphabetic())
                .find(|piece| is_word(piece));
            assert_eq!(bare, None, "{name}: “{}” needs a key", words.trim());
        }
        for words in quoted {
            let is_sentence = words.starts_with(|c: char| c.is_ascii_uppercase())
                && !ANYWHERE.contains(&words.as_str());
            assert!(!is_sentence, "{name}: “{words}” needs a key");
        }
    }
    assert_eq!(missing, Vec::<&str>::new(), "not there any more");
}

/// Subject and text of the latest mail of a kind.
async fn mailed(shop: &Shop<'_>, kind: &str) -> (String, String) {
    let mut work = shop.work().await;
    let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc"))
        .await
        .expect("mails");
    let line = lines.iter().find(|line| line.kind == kind).expect("a mail");
    let mail = mail::get(&mut work, line.id).await.expect("a mail");
    (mail.subject, mail.body_text)
}

async fn page(browser: &mut Client, path: &str) -> String {
    browser.get(path).await.expect(200).text()
}

fn speaks(page: &str, language: &str) -> bool {
    page.contains(&format!(r#"<html lang="{language}" dir="ltr""#))
}

both_engines! {
    async fn the_browser_is_asked_and_the_switch_wins(test: TestApp) {
        let _shop = test.business("Fernhill").await;
        let mut english = test.browser();
        let text = page(&mut english, LOG_IN).await;
        assert!(speaks(&text, "en") && text.contains("Forgot your password?"));
        assert!(text.contains(r#"lang="de""#) && text.contains("Deutsch"), "the switch");

        let mut german = test.browser().reading("de-AT,de;q=0.9,en;q=0.8");
        let text = page(&mut german, LOG_IN).await;
        assert!(speaks(&text, "de") && text.contains("Passwort vergessen?"), "{text}");
        assert!(!text.contains("Forgot your password?"));
        let missing = german.get("/portal/nobody/log-in").await.expect(404).text();
        assert!(speaks(&missing, "de") && missing.contains("Seite nicht gefunden"));
        // Other faces speak English to everybody.
        let admin = german.get("/admin/log-in").await.expect(200).text();
        assert!(speaks(&admin, "en"));

        let answer = german.post("/language", &[("language", "en"), ("next", LOG_IN)]).await.expect(303);
        assert_eq!(answer.header("location"), LOG_IN);
        assert!(speaks(&page(&mut german, LOG_IN).await, "en"));
        for (language, next) in [("xx", "/portal/fernhill/"), ("", "//evil.example")] {
            let answer = german.post("/language", &[("language", language), ("next", next)]).await.expect(303);
            assert!(!answer.header("location").starts_with("//"));
            assert!(speaks(&page(&mut german, LOG_IN).await, "en"), "nothing changed");
        }
        let french = page(&mut test.browser().reading("fr,it;q=0.5"), LOG_IN).await;
        assert!(speaks(&french, "en"));
    }

    async fn the_business_says_what_is_spoken_otherwise(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut owner = shop.browser().await;
        let form = page(&mut owner, "/admin/settings").await;
        assert!(form.contains("Language of the portal") && speaks(&form, "en"));
        let fields = [("name", "Fernhill"), ("timezone", "UTC"), ("language", "de"), ("sign_up", "open")];
        owner.post("/admin/settings", &fields).await.expect(303);
        assert!(speaks(&page(&mut test.browser(), LOG_IN).await, "de"));
        assert!(speaks(&page(&mut test.browser().reading("en"), LOG_IN).await, "en"));
        assert!(speaks(&page(&mut owner, "/admin/settings").await, "en"));
    }

    async fn a_person_keeps_their_language(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let mut maya = shop.portal(&maya).await;
        let profile = page(&mut maya, "/portal/fernhill/account").await;
        assert!(speaks(&profile, "en") && profile.contains("As your browser asks"));
        let saved = |language| [("name", "Maya"), ("language", language)];
        let refused = maya.post("/portal/fernhill/account", &saved("xx")).await.expect(422).text();
        assert!(refused.contains("This is not a language of the list"));
        maya.post("/portal/fernhill/account", &saved("de")).await.expect(303);
        // Whatever the browser asks for from now on.
        let mut maya = maya.reading("en");
        let home = page(&mut maya, "/portal/fernhill/").await;
        assert!(speaks(&home, "de") && home.contains("Abmelden"), "{home}");
        let refused = maya.post("/portal/fernhill/account", &[("name", ""), ("language", "de")]).await.expect(422).text();
        assert!(refused.contains("Das ist ein Pflichtfeld"), "{refused}");
        maya.post("/portal/fernhill/account", &[("name", "Maya")]).await.expect(303);
        assert!(speaks(&page(&mut maya, "/portal/fernhill/").await, "en"));
    }

    async fn asking_for_a_code_tells_nothing_in_any_language(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let affiliate = shop.affiliate("Maya").await;
        let mut maya = shop.portal(&affiliate).await;
        page(&mut maya, "/portal/fernhill/account").await;
        maya.post("/portal/fernhill/account", &[("name", "Maya"), ("language", "en")]).await.expect(303);
        for reads in ["de", "en"] {
            let mut answers = Vec::new();
            for email in ["maya@affiliates.example.com", "nobody@affiliates.example.com"] {
                let mut browser = test.browser().reading(reads);
                let mut parts = Vec::new();
                let typed = [("email", email), ("purpose", "log_in"), ("password", "wrong wrong wrong")];
                parts.push(browser.post("/portal/fernhill/code", &typed[..2]).await);
                parts.push(browser.get("/portal/fernhill/code").await);
                parts.push(browser.post("/portal/fernhill/code/enter", &[("code", "1234-5678")]).await);
                parts.push(browser.post(LOG_IN, &[typed[0], typed[2]]).await);
                let seen: Vec<_> = parts
                    .iter()
                    .map(|answer| (answer.status, answer.text().replace(email, "ADDRESS")))
                    .collect();
                // A redirect says nothing in any language.
                let said = seen.iter().filter(|(status, _)| *status != 303);
                assert!(said.clone().count() > 1);
                for (status, text) in said {
                    assert!(speaks(text, reads), "{status}: {text}");
                }
                answers.push(seen);
            }
            assert_eq!(answers[0], answers[1]);
        }
    }

    async fn mails_are_in_the_language_of_who_gets_them(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let (first, second) = (shop.affiliate("Maya").await, shop.affiliate("Nova").await);
        let mut maya = shop.portal(&first).await;
        let _nova = shop.portal(&second).await;
        page(&mut maya, "/portal/fernhill/account").await;
        maya.post("/portal/fernhill/account", &[("name", "Maya"), ("language", "de")]).await.expect(303);
        // The browser that asks says nothing of whom the mail goes to.
        for (email, reads, subject, begin) in [
            ("maya@affiliates.example.com", "en", "Ihr Code für Fernhill", "Guten Tag Maya, geben Sie diesen Code"),
            ("nova@affiliates.example.com", "de", "Your code for Fernhill", "Hello Nova, enter this code"),
        ] {
            let mut browser = test.browser().reading(reads);
            browser.post("/portal/fernhill/code", &[("email", email), ("purpose", "log_in")]).await.expect(303);
            test.write_codes().await;
            let (told, text) = mailed(&shop, "login_code").await;
            assert_eq!(told, subject);
            assert!(text.contains(begin), "{text}");
        }
        // The owner's own text goes to everybody.
        let mut owner = shop.browser().await;
        let own = [("subject", "Code from {{business}}"), ("heading", "{{code}}"), ("body", "Use {{code}}.")];
        owner.get("/admin/settings/mail/login_code").await.expect(200);
        owner.post("/admin/settings/mail/login_code", &own).await.expect(303);
        test.clock.advance_ms(20 * 60_000);
        let mut browser = test.browser();
        browser.post("/portal/fernhill/code", &[("email", "maya@affiliates.example.com"), ("purpose", "log_in")]).await.expect(303);
        test.write_codes().await;
        assert_eq!(mailed(&shop, "login_code").await.0, "Code from Fernhill");
    }
}
