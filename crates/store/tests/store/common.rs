//! What the tests of the statements and of the schema share.

use std::fs;
use std::path::{Path, PathBuf};

use testkit::Engine;

/// Tables without a tenant in their key: what is looked up before the business is known, the
/// queue, and what processes tell each other. docs/STORAGE.md tells why for each.
pub const SYSTEM_TABLES: &[&str] = &[
    "business",
    "change_head",
    "change_note",
    "host_name",
    "job",
    "link_route",
    "log_in_attempt",
    "staff",
    "staff_passkey",
    "staff_recovery_code",
    "staff_route",
    "staff_spent_ticket",
    "staff_totp",
];

/// A `.sql` file under `src`.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Its path below `src`.
    pub name: String,
    /// Its text.
    pub sql: String,
    /// The orders that its noun's file offers for `{order}`.
    orders: Vec<String>,
}

impl Statement {
    /// The text as it is sent to an engine: one for each order and each group, if it has those tokens.
    pub fn variants(&self, engine: Engine) -> Vec<String> {
        let unheld = match engine {
            Engine::Sqlite => "",
            Engine::Postgres => "for update skip locked",
        };
        // A list of ids is written as so many parameters; one of no type does for all.
        let sql = self
            .sql
            .replace("{ids}", "null")
            .replace("{unheld}", unheld);
        let keyed = if sql.contains("{key}") {
            keys(&sql)
                .iter()
                .map(|key| sql.replace("{key}", key))
                .collect()
        } else {
            vec![sql]
        };
        let mut all = Vec::new();
        for sql in keyed {
            if sql.contains("{order}") {
                all.extend(
                    self.orders
                        .iter()
                        .map(|order| sql.replace("{order}", order)),
                );
            } else {
                all.push(sql);
            }
        }
        all
    }
}

/// What `{key}` stands for in the statistics: nothing, or a column of the table read; the link is the
/// event's where there is one.
fn keys(sql: &str) -> Vec<String> {
    let alias = |table: &str| {
        let behind = sql.split_once(table)?.1;
        behind.split_whitespace().next().map(str::to_owned)
    };
    let from = sql.split("\nfrom ").nth(1).unwrap_or_default();
    let own = from.split_whitespace().nth(1).unwrap_or_default();
    let of_links = alias("join event ").unwrap_or_else(|| own.to_owned());
    let mut keys = vec![
        "cast(0 as bigint)".to_owned(),
        format!("{of_links}.link_id"),
    ];
    keys.extend(["day", "affiliate_id", "campaign_id"].map(|column| format!("{own}.{column}")));
    keys
}

/// All statements, in order of name.
pub fn statements() -> Vec<Statement> {
    let root = source();
    let mut files = Vec::new();
    walk(&root, "sql", &mut files);
    files.sort();
    let all: Vec<Statement> = files
        .iter()
        .map(|path| Statement {
            name: path
                .strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .into_owned(),
            sql: fs::read_to_string(path).unwrap(),
            orders: orders(path),
        })
        .collect();
    assert!(all.len() > 20, "the statements were not found");
    all
}

/// The tables whose rows are inserted without a business before them.
pub fn tables_filled_by_the_system() -> Vec<String> {
    let mut files = Vec::new();
    walk(&source(), "rs", &mut files);
    let mut tables = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        for call in text.split(".insert_many_system(").skip(1) {
            tables.push(call.split('"').nth(1).unwrap_or_default().to_owned());
        }
    }
    tables
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn walk(folder: &Path, ending: &str, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, ending, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            files.push(path);
        }
    }
}

/// The orders that the noun's file offers for a statement: `pub const NAME: &str` and `ORDERS` for its list,
/// `THING_NAME` and `THING_ORDERS` for `thing….sql`; and the first column, which is always one.
fn orders(path: &Path) -> Vec<String> {
    let mut orders = vec!["1".to_owned()];
    let stem = path.file_stem().unwrap().to_string_lossy().to_uppercase();
    let is_list = stem == "LIST";
    let source =
        fs::read_to_string(path.parent().unwrap().with_extension("rs")).unwrap_or_default();
    for rest in source.split("pub const ").skip(1) {
        let Some((name, value)) = rest.split_once(": &") else {
            continue;
        };
        let literals = |text: &str| -> Vec<String> {
            text.split('"')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        };
        if let Some(value) = value.strip_prefix("str = ") {
            // `OVERVIEW_NEWEST` is of `overview.sql`, where there is one.
            let (thing, _) = name.rsplit_once('_').unwrap_or_default();
            let other = path.with_file_name(format!("{}.sql", thing.to_lowercase()));
            if if !thing.is_empty() && other.exists() {
                stem.starts_with(thing)
            } else {
                is_list
            } {
                orders.extend(literals(value.split(';').next().unwrap_or_default()));
            }
        } else if let Some(value) = value.strip_prefix("[(&str, &str, &str)] = ") {
            let thing = name.trim_end_matches("ORDERS").trim_end_matches('_');
            if if thing.is_empty() {
                is_list
            } else {
                stem.starts_with(thing)
            } {
                // Each is (public key, upwards, downwards).
                let texts = literals(value.split("];").next().unwrap_or_default());
                orders.extend(
                    texts
                        .chunks(3)
                        .flat_map(|three| three.iter().skip(1).cloned()),
                );
            }
        }
    }
    orders
}

/// The text without `--` comments and without the contents of literals.
pub fn without_comments(sql: &str) -> String {
    let lines: Vec<&str> = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect();
    let mut text = String::new();
    for (index, part) in lines.join("\n").split('\'').enumerate() {
        // Every second part is the inside of a literal.
        text.push_str(if index % 2 == 0 { part } else { "''" });
    }
    text
}

/// The tables of businesses in a statement that are not bound to `$1`, each with its alias.
pub fn tenant_gaps(sql: &str) -> Vec<String> {
    let text = without_comments(sql).to_lowercase();
    let mut spaced = String::new();
    for c in text.chars() {
        if matches!(c, '(' | ')' | ',' | '=' | ';') {
            spaced.push(' ');
            spaced.push(c);
            spaced.push(' ');
        } else {
            spaced.push(c);
        }
    }
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let flat = words.join(" ");
    // Names made by `with … as (…)` are no tables.
    let made: Vec<&str> = words
        .iter()
        .enumerate()
        .filter(|(i, _)| is_made(&words, *i))
        .map(|(_, word)| *word)
        .collect();
    let mut used: Vec<(&str, Option<&str>)> = Vec::new();
    let mut gaps = Vec::new();
    for (i, word) in words.iter().enumerate() {
        match *word {
            "from" | "join" | "update" if words.get(i + 1).is_some_and(|next| *next != "set") => {
                // `on conflict … do update set` is skipped above; `is distinct from` names no table.
                if i > 0 && words[i - 1] == "distinct" {
                    continue;
                }
                let mut at = i + 1;
                loop {
                    let (table, after) = table_at(&words, at);
                    if let Some(table) = table {
                        used.push(table);
                    }
                    if *word != "from" || words.get(after) != Some(&",") {
                        break;
                    }
                    at = after + 1;
                }
            }
            "into" => {
                let table = words.get(i + 1).copied().unwrap_or_default();
                if is_tenant(table, &made)
                    && (words.get(i + 3) != Some(&"business_id")
                        || !(["values ( $1", "select $1", "select cast ( $1"]
                            .iter()
                            .any(|start| flat.contains(start))))
                {
                    gaps.push(format!(
                        "insert into {table} must begin with business_id = $1"
                    ));
                }
            }
            _ => {}
        }
    }
    for (table, alias) in &used {
        if !is_tenant(table, &made) {
            continue;
        }
        let qualified = format!("{}.business_id = $1", alias.unwrap_or(table));
        let times = used
            .iter()
            .filter(|(_, other)| other.is_none())
            .filter(|(t, _)| is_tenant(t, &made))
            .count();
        let bare = words
            .windows(3)
            .filter(|w| w == &["business_id", "=", "$1"])
            .count();
        // Without an alias the bare condition does, once for each such table.
        let bound = flat.contains(&qualified) || (alias.is_none() && bare >= times);
        if !bound {
            gaps.push(
                alias.map_or_else(|| (*table).to_owned(), |alias| format!("{table} {alias}")),
            );
        }
    }
    gaps
}

fn is_tenant(table: &str, made: &[&str]) -> bool {
    !SYSTEM_TABLES.contains(&table) && !made.contains(&table) && table != "("
}

/// Whether the word is the name of a `with` query: `name as (` or `name ( columns ) as (`.
fn is_made(words: &[&str], i: usize) -> bool {
    let before = i.checked_sub(1).map(|i| words[i]);
    if !matches!(before, Some("with" | "recursive" | ",")) || !words.contains(&"with") {
        return false;
    }
    match words.get(i + 1) {
        Some(&"as") => words.get(i + 2) == Some(&"("),
        Some(&"(") => {
            let close = words[i..]
                .iter()
                .position(|word| *word == ")")
                .map(|at| at + i);
            close.is_some_and(|close| {
                words.get(close + 1) == Some(&"as") && words.get(close + 2) == Some(&"(")
            })
        }
        _ => false,
    }
}

/// The table and alias at a place behind `from`, and where the next word is. A subquery is no table.
fn table_at<'a>(words: &[&'a str], at: usize) -> (Option<(&'a str, Option<&'a str>)>, usize) {
    const NO_ALIAS: &[&str] = &[
        "where",
        "join",
        "inner",
        "left",
        "cross",
        "on",
        "set",
        "group",
        "order",
        "limit",
        "union",
        "having",
        "returning",
        "using",
        "window",
        "offset",
        "full",
        "right",
        "except",
        "intersect",
    ];
    let Some(table) = words.get(at).copied() else {
        return (None, at);
    };
    if table == "(" || table == "lateral" {
        return (None, at);
    }
    let mut next = at + 1;
    if words.get(next) == Some(&"as") {
        next += 1;
    }
    match words.get(next) {
        Some(word)
            if word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && !NO_ALIAS.contains(word) =>
        {
            (Some((table, Some(word))), next + 1)
        }
        _ => (Some((table, None)), next),
    }
}

/// The table that a name of a plan stands for: the one it is an alias of in the statement, or itself.
pub fn table_of(sql: &str, name: &str) -> String {
    let text = without_comments(sql).to_lowercase();
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == '(' || c == ')' || c == ',')
        .filter(|word| !word.is_empty())
        .collect();
    let of_alias = words.windows(3).find_map(|window| match window {
        ["from" | "join" | "update" | "into", table, alias] if *alias == name => Some(*table),
        _ => None,
    });
    let of_long_alias = words.windows(4).find_map(|window| match window {
        ["from" | "join" | "update" | "into", table, "as", alias] if *alias == name => Some(*table),
        _ => None,
    });
    of_alias.or(of_long_alias).unwrap_or(name).to_owned()
}
