//! The files that a mosquitto.conf names: `acl_file` and `password_file`.

use super::access::{Access, AccessList, AccessRule, AccessWho, HashCheck, Secret, User};
use super::conf::ConfFault;
use crate::topic::check_filter;

fn content(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

impl AccessList {
    /// Reads an `acl_file`; `client ID` stands as `user NAME` does, for one client identifier.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, ConfFault> {
        let mut list = Self::default();
        let mut who = AccessWho::Anonymous;
        for (line, rule) in content(text) {
            let wrong = |expected| ConfFault::FileLine { line, expected };
            let (word, rest) = rule.split_once(char::is_whitespace).unwrap_or((rule, ""));
            let rest = rest.trim();
            match word {
                _ if rest.is_empty() => return Err(wrong("a word and a value")),
                "user" => who = AccessWho::User(rest.to_owned()),
                "client" => who = AccessWho::Client(rest.to_owned()),
                "topic" | "pattern" => {
                    let (access, filter) = access_of(rest);
                    if check_filter(filter, false).is_err() {
                        return Err(wrong("a topic filter"));
                    }
                    let who = if word == "pattern" { AccessWho::Pattern } else { who.clone() };
                    list.rules.push(AccessRule { who, access, filter: filter.to_owned() });
                }
                _ => return Err(wrong("user, client, topic or pattern")),
            }
        }
        Ok(list)
    }
}

/// `read a/#`; without a word for it, `a/#` is for reading and writing.
fn access_of(rest: &str) -> (Access, &str) {
    let (word, filter) = rest.split_once(char::is_whitespace).unwrap_or(("", rest));
    let access = match word {
        "read" => Access::Read,
        "write" => Access::Write,
        "readwrite" => Access::ReadWrite,
        "deny" => Access::Deny,
        _ => return (Access::ReadWrite, rest),
    };
    (access, filter.trim())
}

impl User {
    /// Reads a `password_file`: `name:password` or, with `hashes`, `name:$…`.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn parse_all(text: &str, hashes: Option<HashCheck>) -> Result<Vec<Self>, ConfFault> {
        let mut users = Vec::new();
        for (line, entry) in content(text) {
            let wrong = |expected| ConfFault::FileLine { line, expected };
            let (name, password) = entry.split_once(':').ok_or(wrong("name:password"))?;
            let password = match hashes {
                _ if !password.starts_with('$') => Secret::Plain(password.as_bytes().to_vec()),
                Some(hashes) => Secret::Hashed(password.to_owned(), hashes),
                None => return Err(wrong("a password that is not hashed")),
            };
            users.push(Self { name: name.to_owned(), password });
        }
        Ok(users)
    }
}
