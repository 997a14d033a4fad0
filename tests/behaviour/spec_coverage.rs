//! Where each normative statement is enforced and proved: `tests/spec/v311.tsv` and `v5.tsv`, one or more lines an id.
//!
//! Classes:
//! - `codec`: the decoder refuses what breaks it. Columns: test target, test, and the [`FaultKind`] whose check can be
//!   switched off; `make mutants-spec` does so and expects the test to fail.
//! - `conversation`: reading a connection's packets in turn shows what breaks it. Columns as for `codec`. That our own
//!   client and broker keep it is for their tests.
//! - `broker`: the broker does what it asks for. Columns: test target, test, and what can be switched off in the broker
//!   (`src/broker/switches.rs`, or the name of a violation or refusal), with which the test fails.
//! - `client`: the same for the client (`src/client/switches.rs`).
//! - `structure`: cannot be broken, by the shape of the code; a test shows it, the last column says why.
//! - `open`: not accounted for yet. Their number may only fall.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use mqtt_playground::spec::{Standard, lookup, statements};

/// How many ids of a standard may still be `open`.
const OPEN: [(Standard, &str, usize); 2] = [(Standard::V311, "v311", 0), (Standard::V5, "v5", 0)];

struct Line {
    id: String,
    class: String,
    rest: Vec<String>,
}

fn manifest(name: &str) -> Vec<Line> {
    let path = format!("{}/tests/spec/{name}.tsv", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| Line::parse(line).unwrap_or_else(|why| panic!("{name}.tsv: {why}: {line}"))).collect()
}

impl Line {
    fn parse(line: &str) -> Result<Self, &'static str> {
        let mut columns = line.split('\t').map(str::to_owned);
        let (Some(id), Some(class)) = (columns.next(), columns.next()) else {
            return Err("two columns at least");
        };
        let rest: Vec<String> = columns.collect();
        match (class.as_str(), rest.len()) {
            ("open", 0) | ("codec" | "conversation" | "broker" | "client" | "structure", 3) => {
                Ok(Self { id, class, rest })
            }
            _ => Err("unknown class, or not its columns"),
        }
    }
}

/// Whether the test exists: a function of that name in the file of its target or module.
fn exists(target: &str, test: &str) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (module, name) = test.rsplit_once("::").unwrap_or(("", test));
    let file = if target == "lib" {
        let module = module.trim_end_matches("::tests").replace("::", "/");
        root.join("src").join(format!("{module}.rs"))
    } else {
        let whole = root.join("tests").join(target).join(format!("{module}.rs"));
        if let Ok(text) = fs::read_to_string(whole) {
            return text.contains(&format!("fn {name}()"));
        }
        root.join("tests").join(format!("{target}.rs"))
    };
    let Ok(text) = fs::read_to_string(file) else { return false };
    // A plain function, or an entry of a table of tests within the module.
    let within = if target == "lib" || module.is_empty() {
        &text[..]
    } else {
        text.split_once(&format!("mod {module} {{")).map_or("", |t| t.1)
    };
    within.contains(&format!("fn {name}()")) || within.contains(&format!("        {name}: "))
}

#[test]
fn every_statement_is_accounted_for_and_none_is_invented() {
    for (standard, name, _) in OPEN {
        let listed: BTreeSet<String> = manifest(name).into_iter().map(|line| line.id).collect();
        for statement in statements(standard) {
            assert!(listed.contains(statement.id), "{} is missing in {name}.tsv", statement.reference());
        }
        for id in &listed {
            let reference = format!("{} {id}", standard.version());
            assert!(lookup(&reference).is_some(), "{name}.tsv has {id}, which {standard} has not");
        }
    }
}

#[test]
fn every_claimed_test_exists_and_names_its_statement() {
    for (standard, name, _) in OPEN {
        for line in manifest(name).iter().filter(|line| line.class != "open") {
            let (target, test) = (&line.rest[0], &line.rest[1]);
            assert!(exists(target, test), "{name}.tsv: {} claims {target} {test}", line.id);
            if line.class == "codec" || line.class == "conversation" {
                let text = match line.class.as_str() {
                    "codec" => include_str!("../codec_statements.rs"),
                    _ => include_str!("../conversation_statements.rs"),
                };
                let reference = format!("\"{} {}\" K::{}", standard.version(), line.id, line.rest[2]);
                assert!(text.contains(&reference), "{target} has no {reference}");
            }
        }
    }
    assert!(!exists("codec_statements", "v311::mqtt_9_9_9_9"), "what does not exist is found missing");
}

#[test]
fn the_statements_not_accounted_for_only_become_fewer() {
    for (standard, name, most) in OPEN {
        let open = manifest(name).iter().filter(|line| line.class == "open").count();
        println!("{standard}: {open} of {} statements open", statements(standard).len());
        assert_eq!(open, most, "{name}.tsv: lower the number in OPEN when fewer are open; it never rises");
    }
}
