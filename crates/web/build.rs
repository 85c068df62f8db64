//! Embeds what `make assets` has built: lists `web-assets/dist` as Rust tables in `OUT_DIR`.
//!
//! `dist/stamp` holds a checksum for each input; a difference means a stale folder and stops the
//! build with one line. `UI_SKIP=1` takes what is there (nothing, perhaps), for check and clippy.

#![allow(
    clippy::disallowed_methods,
    reason = "cargo speaks to build scripts through the environment"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// As in `web-assets/build.mjs`, less the Rust sources: an edited handler asks for no new bundle.
const INPUTS: &[&str] = &[
    "build.mjs",
    "icons.txt",
    "package-lock.json",
    "css",
    "img",
    "js",
    "../crates/web/templates",
];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default())
        .join("../../web-assets");
    let dist = root.join("dist");
    println!("cargo::rerun-if-env-changed=UI_SKIP");
    println!("cargo::rerun-if-changed={}", dist.join("stamp").display());
    for input in INPUTS {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }

    let skip = env::var_os("UI_SKIP").is_some_and(|value| value != "0" && !value.is_empty());
    if !skip && let Some(reason) = why_not_usable(&root, &dist) {
        println!(
            "cargo::error=web-assets/dist {reason}: run `make assets` (or set UI_SKIP=1 to check without pages' assets)"
        );
        return Ok(());
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("assets.rs"), asset_tables(&dist)?)?;
    fs::write(out.join("icons.rs"), icon_table(&dist)?)?;
    fs::write(out.join("print_fonts.rs"), print_fonts(&dist)?)
}

/// Why `dist` may not be embedded, if it may not.
fn why_not_usable(root: &Path, dist: &Path) -> Option<String> {
    let Ok(stamp) = fs::read_to_string(dist.join("stamp")) else {
        return Some("is missing".to_owned());
    };
    let mut known: Vec<&str> = stamp
        .lines()
        .filter(|line| !line.contains(".rs "))
        .collect();
    let mut found = Vec::new();
    for input in INPUTS {
        sums(root, input, &mut found);
    }
    known.sort_unstable();
    found.sort_unstable();
    if known == found {
        return None;
    }
    let changed = found
        .iter()
        .map(String::as_str)
        .find(|line| !known.contains(line))
        .or_else(|| {
            known
                .iter()
                .copied()
                .find(|line| !found.iter().any(|other| other == line))
        })?;
    Some(format!(
        "is older than {}",
        changed.rsplit_once(' ')?.0.trim_start_matches("../")
    ))
}

/// Adds `path checksum` for each file under `entry`, a path relative to `root`.
fn sums(root: &Path, entry: &str, lines: &mut Vec<String>) {
    let path = root.join(entry);
    if let Ok(folder) = fs::read_dir(&path) {
        for item in folder.flatten() {
            sums(
                root,
                &format!("{entry}/{}", item.file_name().to_string_lossy()),
                lines,
            );
        }
    } else if let Ok(bytes) = fs::read(&path) {
        // FNV-1a, 32 bits: finds edits, defends against nobody.
        let sum = bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        });
        lines.push(format!("{entry} {sum:08x}"));
    }
}

/// `FILES`: what is served; `NAMES`: from a logical name (`app.css`) to the hashed one.
fn asset_tables(dist: &Path) -> io::Result<String> {
    let manifest = fs::read_to_string(dist.join("manifest.json")).unwrap_or_default();
    let mut names = String::new();
    let mut files = String::new();
    for line in manifest.lines() {
        // `  "app.css": "app-1A2B3C4D.css",` as written by build.mjs
        let parts: Vec<&str> = line.split('"').collect();
        let (Some(name), Some(file)) = (parts.get(1), parts.get(3)) else {
            continue;
        };
        writeln!(names, "    ({name:?}, {file:?}),").map_err(io::Error::other)?;
        writeln!(
            files,
            "    Asset {{ name: {file:?}, plain: {}, brotli: {}, gzip: {} }},",
            include(&dist.join(file)).unwrap_or_else(|| "&[]".to_owned()),
            optional(include(&dist.join(format!("{file}.br")))),
            optional(include(&dist.join(format!("{file}.gz")))),
        )
        .map_err(io::Error::other)?;
    }
    Ok(format!(
        "static NAMES: &[(&str, &str)] = &[\n{names}];\nstatic FILES: &[Asset] = &[\n{files}];\n"
    ))
}

fn include(path: &Path) -> Option<String> {
    let path = path.canonicalize().ok()?;
    Some(format!("include_bytes!({:?})", path.to_string_lossy()))
}

/// `REGULAR` and `SEMIBOLD`: the faces of documents, which no manifest has; empty where they were not built.
fn print_fonts(dist: &Path) -> io::Result<String> {
    let mut fonts = String::new();
    for (name, file) in [
        ("REGULAR", "print-regular.ttf"),
        ("SEMIBOLD", "print-semibold.ttf"),
    ] {
        let bytes = include(&dist.join(file)).unwrap_or_else(|| "&[]".to_owned());
        writeln!(fonts, "static {name}: &[u8] = {bytes};").map_err(io::Error::other)?;
    }
    Ok(fonts)
}

fn optional(bytes: Option<String>) -> String {
    bytes.map_or_else(|| "None".to_owned(), |bytes| format!("Some({bytes})"))
}

/// `ICONS`: name and inner markup, in order of name.
fn icon_table(dist: &Path) -> io::Result<String> {
    let icons = fs::read_to_string(dist.join("icons.tsv")).unwrap_or_default();
    let mut table = String::from("static ICONS: &[(&str, &str)] = &[\n");
    for (name, inner) in icons.lines().filter_map(|line| line.split_once('\t')) {
        writeln!(table, "    ({name:?}, {inner:?}),").map_err(io::Error::other)?;
    }
    table.push_str("];\n");
    Ok(table)
}
