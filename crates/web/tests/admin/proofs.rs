//! Which acts of the admin ask for a proof of who it is, read from the sources: the posts whose handler calls
//! `require_proof`, or a function of its own file that does and is no handler itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::pages::{call, path};

/// What asks.
const ASKS: &str = "require_proof(";

/// The text of each file.
type Sources = BTreeMap<PathBuf, String>;
/// A handler: the file it is in, and its name.
type Handler = (PathBuf, String);

fn read(folder: &Path, all: &mut Sources) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            all.insert(path, text);
        }
    }
}

/// The functions of a file: each name, and the text from there to the next function.
fn functions(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("fn ").skip(1).map(|function| {
        let end = function.find(|c: char| !c.is_alphanumeric() && c != '_');
        (&function[..end.unwrap_or(function.len())], function)
    })
}

/// The file of a module, as another file names it.
fn file_of(all: &Sources, from: &Path, modules: &[&str]) -> Option<PathBuf> {
    if modules.is_empty() {
        return Some(from.to_owned());
    }
    let mut below = if from.ends_with("mod.rs") {
        from.parent()?.to_owned()
    } else {
        from.with_extension("")
    };
    below.extend(modules);
    [below.with_extension("rs"), below.join("mod.rs")]
        .into_iter()
        .find(|file| all.contains_key(file))
}

/// The handler that a route names.
fn handler(all: &Sources, from: &Path, named: &str) -> Handler {
    let mut modules: Vec<&str> = named.trim().split("::").collect();
    let name = modules.pop().unwrap_or_default();
    let file = file_of(all, from, &modules)
        .unwrap_or_else(|| panic!("where is {named} of {}?", from.display()));
    if functions(&all[&file]).any(|(own, _)| own == name) {
        return (file, name.to_owned());
    }
    // A file may show a function of one of its parts as its own.
    let end = format!("::{name};");
    let part = all[&file]
        .lines()
        .find_map(|line| line.strip_suffix(end.as_str())?.rsplit(' ').next());
    match part {
        Some(part) => handler(all, &file, &format!("{part}::{name}")),
        None => panic!("where is {named} of {}?", from.display()),
    }
}

/// Their paths.
///
/// # Panics
/// When a handler is named in a way that is not understood here.
#[must_use]
pub fn acts() -> BTreeSet<String> {
    let mut all = Sources::new();
    read(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/admin"),
        &mut all,
    );
    let (mut handlers, mut posts) = (BTreeSet::new(), Vec::new());
    for (file, text) in &all {
        for (at, _) in text.match_indices(".route(") {
            let route = call(&text[at + ".route(".len()..]);
            for method in ["get(", "post("] {
                for (at, _) in route.match_indices(method) {
                    if route[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                    {
                        continue;
                    }
                    let handler = handler(&all, file, call(&route[at + method.len()..]));
                    handlers.insert(handler.clone());
                    if method == "post(" {
                        posts.push((text, route, handler));
                    }
                }
            }
        }
    }
    let asks = |(file, name): &Handler| {
        let text = &all[file];
        let helpers: Vec<String> = functions(text)
            .filter(|(own, body)| {
                body.contains(ASKS) && !handlers.contains(&(file.clone(), (*own).to_owned()))
            })
            .map(|(own, _)| format!("{own}("))
            .collect();
        functions(text).any(|(own, body)| {
            let asks = |text: &str| body.contains(text);
            own == name.as_str() && (asks(ASKS) || helpers.iter().any(|helper| asks(helper)))
        })
    };
    let texts: Vec<String> = all.values().cloned().collect();
    posts
        .iter()
        .filter(|(_, _, handler)| asks(handler))
        .map(|(text, route, _)| path(text, &texts, route).0)
        .collect()
}
