//! The directions between the modules of `src/`, read from the paths in their code, and the size of its files.
//!
//! A rule is a function from named sources to what breaks it, so that each is first tried on sources made up
//! to break it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "what cannot be read has failed the test")]

use std::{collections::BTreeMap, collections::BTreeSet, fs, path::Path};

/// A module and what it may use; what those may use it may use too.
const DIRECTIONS: &[(&str, &[&str])] = &[
    ("time", &[]),
    ("spec", &[]),
    ("topic", &[]),
    ("codec", &["time", "spec", "topic"]),
    ("session", &["codec"]),
    ("client", &["session"]),
    ("broker", &["session"]),
    ("capture", &["codec"]),
    ("sim", &["client", "broker", "capture"]),
    ("console", &["sim"]),
    ("lesson", &["sim"]),
    ("transport", &["client", "capture"]),
    ("input", &["capture"]),
    ("dissect", &["capture"]),
    ("filter", &["dissect"]),
    ("view", &["filter", "input", "sim"]),
    ("js", &["view"]),
    ("ui", &["js", "view", "console", "lesson", "transport"]),
];
/// The roots of the packages: the library, the page's two modules, `texts/`, and `wire/`, whose modules the library
/// re-exports.
const ROOTS: &[&str] = &["lib", "main", "texts", "tools", "wire"];
/// The modules that may know a browser; `tools` is a root that exports to JavaScript.
const BROWSER: &[&str] = &["js", "tools", "transport", "ui"];
const BROWSER_CRATES: &[&str] = &["gloo_timers", "js_sys", "leptos", "wasm_bindgen", "web_sys"];
const MAX_LINES: usize = 800;

/// Path below `src/`, with `/`, to text.
type Sources = BTreeMap<String, String>;

#[test]
fn modules_use_only_what_is_left_of_them() {
    assert_eq!(wrong_arrows(&project()), [""; 0]);
}

#[test]
fn only_the_page_the_transport_and_the_javascript_interface_know_a_browser() {
    assert_eq!(browsers_elsewhere(&project()), [""; 0]);
}

#[test]
fn no_file_is_too_long() {
    assert_eq!(long_files(&project()), [""; 0]);
}

#[test]
fn every_module_says_what_it_is() {
    assert_eq!(undocumented(&project()), [""; 0]);
}

fn project() -> Sources {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut found, mut dirs) = (Sources::new(), vec![root.clone()]);
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    assert!(ROOTS.iter().all(|root| found.contains_key(&format!("{root}.rs"))), "no sources found");
    found
}

// ---- the rules ----

fn wrong_arrows(sources: &Sources) -> Vec<String> {
    let mut wrong = vec![];
    for (file, text) in sources {
        let from = top_module(file);
        if ROOTS.contains(&from) {
            continue;
        }
        let Some(allowed) = reach(from) else {
            wrong.push(format!("{file}: module `{from}` has no place in the directions"));
            continue;
        };
        for (line, to) in crate_paths(file, text) {
            if to != from && !allowed.contains(to.as_str()) {
                wrong.push(format!("{file}:{line}: `{from}` may not use `{to}`"));
            }
        }
    }
    wrong
}

fn browsers_elsewhere(sources: &Sources) -> Vec<String> {
    let mut wrong = vec![];
    for (file, text) in sources {
        let from = top_module(file);
        if from == "main" || BROWSER.contains(&from) {
            continue;
        }
        for token in tokens(text).iter().filter(|it| BROWSER_CRATES.contains(&it.text.as_str())) {
            wrong.push(format!("{file}:{}: `{from}` may not know `{}`", token.line, token.text));
        }
    }
    wrong
}

fn long_files(sources: &Sources) -> Vec<String> {
    let lines = |text: &String| text.lines().count();
    let long = sources.iter().filter(|(_, text)| lines(text) > MAX_LINES);
    long.map(|(file, text)| format!("{file}: {} lines, {MAX_LINES} at most", lines(text))).collect()
}

/// A module's documentation opens its `mod.rs`, or its only file.
fn undocumented(sources: &Sources) -> Vec<String> {
    let mut homes: BTreeSet<String> = BTreeSet::new();
    for file in sources.keys() {
        homes.extend(match file.rsplit_once('/') {
            Some((dir, _)) => Some(format!("{dir}/mod.rs")),
            None => (!["main.rs", "tools.rs"].contains(&&**file)).then(|| file.clone()),
        });
    }
    let lacks = |home: &String| match sources.get(home) {
        None => Some(format!("{home}: missing")),
        Some(text) if !text.starts_with("//! ") => Some(format!("{home}: does not open with documentation")),
        Some(_) => None,
    };
    homes.iter().filter_map(lacks).collect()
}

// ---- reading Rust ----

/// `codec/connect.rs` → `codec`, `time.rs` → `time`.
fn top_module(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// Everything a module may use, directly or through what it uses.
fn reach(module: &str) -> Option<BTreeSet<&'static str>> {
    let (_, direct) = DIRECTIONS.iter().find(|(name, _)| *name == module)?;
    let mut all: BTreeSet<&str> = direct.iter().copied().collect();
    for next in *direct {
        all.extend(reach(next).unwrap_or_default());
    }
    Some(all)
}

/// The top-level modules that a file's paths lead to (`crate::x`, `crate::{x, y::z}`, `super::…` up to the root),
/// each with its line. `*` stands for a glob import of the root.
fn crate_paths(file: &str, text: &str) -> Vec<(usize, String)> {
    let tokens = tokens(text);
    let is = |at: usize, wanted: &str| tokens.get(at).is_some_and(|it| it.text == wanted);
    let inner = !(file.ends_with("/mod.rs") || file == "lib.rs") && file.contains('/');
    let file_depth = file.matches('/').count() + usize::from(inner || !file.contains('/'));
    // For each open brace: does it open an inline module?
    let mut braces: Vec<bool> = vec![];
    let mut found = vec![];
    for at in 0..tokens.len() {
        match tokens[at].text.as_str() {
            "{" => braces.push(at >= 2 && is(at - 2, "mod")),
            "}" => drop(braces.pop()),
            _ => {}
        }
        if at > 0 && is(at - 1, "::") {
            continue;
        }
        let mut next = at;
        if is(at, "crate") {
            next += 1;
        } else {
            let depth = file_depth + braces.iter().filter(|it| **it).count();
            next += usize::from(is(next, "self") && is(next + 1, "::")) * 2;
            let mut up = 0;
            while is(next, "super") && up < depth {
                up += 1;
                next += if up < depth && is(next + 2, "super") { 2 } else { 1 };
            }
            if up < depth || up == 0 {
                continue;
            }
        }
        if is(next, "::") {
            found.extend(heads(&tokens, next + 1));
        }
    }
    found
}

/// The first names of what follows a path: one name, or those of a group's members.
fn heads(tokens: &[Token], at: usize) -> Vec<(usize, String)> {
    let named = |it: &Token| (it.line, it.text.clone());
    let Some(first) = tokens.get(at) else { return vec![] };
    if first.text != "{" {
        return vec![named(first)];
    }
    let (mut depth, mut heads) = (0, vec![]);
    for pair in tokens[at..].windows(2) {
        match pair[0].text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1
            && matches!(pair[0].text.as_str(), "{" | ",")
            && !matches!(pair[1].text.as_str(), "}" | "self")
        {
            heads.push(named(&pair[1]));
        }
    }
    heads
}

struct Token {
    line: usize,
    text: String,
}

/// Names, `::` and single other characters; comments, strings and characters are left out.
fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let (mut at, mut line, mut found) = (0, 1, vec![]);
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if text[at..].starts_with("//") => text[at..].find('\n').map_or(text.len(), |n| at + n),
            b'/' if text[at..].starts_with("/*") => comment_end(text, at),
            b'"' => string_end(bytes, at + 1),
            b'r' | b'b' | b'c' if literal_end(text, at).is_some() => literal_end(text, at).unwrap(),
            b'\'' => char_end(text, at),
            byte if byte == b'_' || byte.is_ascii_alphabetic() => {
                at + text[at..].find(|it: char| it != '_' && !it.is_alphanumeric()).unwrap_or(text.len() - at)
            }
            b':' if text[at..].starts_with("::") => at + 2,
            _ => at + text[at..].chars().next().map_or(1, char::len_utf8),
        };
        let piece = &text[at..end];
        let literal = piece.starts_with(['"', '\'']) || piece.starts_with("//") || piece.starts_with("/*");
        if !literal && !piece.contains('"') && !piece.trim().is_empty() {
            found.push(Token { line, text: piece.to_owned() });
        }
        line += piece.matches('\n').count();
        at = end;
    }
    found
}

fn comment_end(text: &str, start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at < text.len() {
        let (step, change) = match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => (2, 1),
            [b'*', b'/', ..] => (2, -1),
            _ => (1, 0),
        };
        at += step;
        depth += change;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// Where a string ends whose first character stands at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// The end of `r"…"`, `br#"…"#`, `b"…"`, `c"…"`, if one starts here.
fn literal_end(text: &str, start: usize) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c"].into_iter().find(|it| text[start..].starts_with(it))?;
    let rest = &text[start + prefix.len()..];
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let open = start + prefix.len() + hashes;
    if text.as_bytes().get(open) != Some(&b'"') {
        return None;
    }
    if !prefix.contains('r') {
        return (hashes == 0).then(|| string_end(text.as_bytes(), open + 1));
    }
    let close = format!("\"{}", "#".repeat(hashes));
    Some(text[open + 1..].find(&close).map_or(text.len(), |n| open + 1 + n + close.len()))
}

/// The end of `'x'` or `'\n'`; of the quote alone where it starts a lifetime.
fn char_end(text: &str, start: usize) -> usize {
    let mut rest = text[start + 1..].char_indices();
    match (rest.next(), rest.next()) {
        (Some((_, '\\')), Some((escaped, it))) => {
            let from = start + 1 + escaped + it.len_utf8();
            text[from..].find('\'').map_or(text.len(), |n| from + n + 1)
        }
        (Some(_), Some((at, '\''))) => start + 1 + at + 1,
        _ => start + 1,
    }
}

// ---- the rules can fail ----

fn made_up(files: &[(&str, &str)]) -> Sources {
    files.iter().map(|(file, text)| (file.to_string(), text.to_string())).collect()
}

#[test]
fn a_wrong_arrow_is_found_in_every_way_to_write_it() {
    let ways = [
        "use crate::broker::Broker;",
        "use crate::{time::Instant, broker::{self, Broker}};",
        "pub use crate::{\n  time,\n  broker,\n};",
        "fn f() { let it = crate::broker::new(); }",
        "use super::super::broker;",
        "mod tests { use super::super::super::broker; }",
        "macro_rules! m { () => { $crate::broker::X } }",
        "const C: char = '\"'; use crate::broker; const D: char = '\"';",
        "fn f<'a>(x: &'a str) -> crate::broker::Y<'a> { g(x) }",
        "/* a /* nested */ comment */ use crate::broker;",
        "const S: &str = r#\"a \" in it\"#; use crate::broker;",
    ];
    for way in ways {
        let found = wrong_arrows(&made_up(&[("client/session.rs", way)]));
        assert_eq!(found.len(), 1, "{way}: {found:?}");
        assert!(found[0].ends_with("`client` may not use `broker`"), "{found:?}");
    }
    let found = wrong_arrows(&made_up(&[("codec/mod.rs", "//! Codec.\n\nuse super::client;")]));
    assert_eq!(found, ["codec/mod.rs:3: `codec` may not use `client`"]);
    let found = wrong_arrows(&made_up(&[("time.rs", "use super::codec;")]));
    assert_eq!(found, ["time.rs:1: `time` may not use `codec`"]);
    assert_eq!(wrong_arrows(&made_up(&[("codec/a.rs", "use crate::*;")])).len(), 1);
    assert_eq!(wrong_arrows(&made_up(&[("misc/a.rs", "")])).len(), 1);
}

#[test]
fn a_right_arrow_is_let_through() {
    let right = [
        (
            "client/session.rs",
            "use crate::{session::Ids, time::Instant}; use super::Client; use super::super::codec;",
        ),
        (
            "client/a.rs",
            "// use crate::broker;\n/* crate::broker */ const S: &str = \"crate::broker \\\" crate::broker\";",
        ),
        (
            "client/b.rs",
            "/// See [`crate::broker`].\npub(crate) fn f() {} const S: &[u8] = br##\"crate::broker\"#\"##;",
        ),
        ("client/c.rs", "use other::crate_paths; mod tests { use super::*; use super::super::Client; }"),
        ("ui/app.rs", "use crate::{broker, client, sim, transport};"),
        ("main.rs", "fn main() { mqtt_playground::ui::mount(); }"),
    ];
    assert_eq!(wrong_arrows(&made_up(&right)), [""; 0]);
}

#[test]
fn a_browser_in_a_core_is_found() {
    let sources = made_up(&[
        ("sim/a.rs", "// leptos\nuse web_sys::window;"),
        ("ui/a.rs", "use leptos::prelude::*;"),
        ("time.rs", "fn f() { js_sys::Date::now(); }"),
    ]);
    let expected = ["sim/a.rs:2: `sim` may not know `web_sys`", "time.rs:1: `time` may not know `js_sys`"];
    assert_eq!(browsers_elsewhere(&sources), expected);
}

#[test]
fn a_long_or_undocumented_file_is_found() {
    let long = "//! Long.\n".repeat(MAX_LINES);
    let sources =
        made_up(&[("a/mod.rs", &format!("{long}//\n")), ("a/b.rs", &long), ("c/d.rs", ""), ("e.rs", "")]);
    assert_eq!(long_files(&sources), ["a/mod.rs: 801 lines, 800 at most"]);
    assert_eq!(undocumented(&sources), ["c/mod.rs: missing", "e.rs: does not open with documentation"]);
}

#[test]
fn the_directions_have_no_circle_and_no_unknown_name() {
    for (at, (module, direct)) in DIRECTIONS.iter().enumerate() {
        for left in *direct {
            assert!(
                DIRECTIONS[..at].iter().any(|(name, _)| name == left),
                "{module} uses {left}, not left of it"
            );
        }
    }
    let reached = |module| reach(module).unwrap();
    assert!(!reached("client").contains("broker") && !reached("broker").contains("client"));
    assert!(!reached("view").contains("transport"));
}
