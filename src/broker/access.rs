//! Users, passwords and who may read and write which topics.

use crate::topic;

/// A user name that may connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// User Name.
    pub name: String,
    /// Password.
    pub password: Secret,
}

/// What a password is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secret {
    /// The password itself.
    Plain(Vec<u8>),
    /// A hash as mosquitto_passwd writes it, with the function that can read it.
    Hashed(String, HashCheck),
}

/// Whether a password fits a hash. Comes from outside: what needs no hashes need not carry their code.
#[derive(Clone, Copy, Debug)]
pub struct HashCheck(pub fn(hash: &str, password: &[u8]) -> bool);

impl PartialEq for HashCheck {
    /// There is one for each kind of hash: which it is says the hash.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for HashCheck {}

impl Secret {
    pub(super) fn takes(&self, password: &[u8]) -> bool {
        match self {
            // All bytes are looked at, whatever the first ones are.
            Self::Plain(known) => {
                let differing = known.iter().zip(password).fold(0, |all, (a, b)| all | (a ^ b));
                differing == 0 && known.len() == password.len()
            }
            Self::Hashed(hash, check) => (check.0)(hash, password),
        }
    }
}

/// Rules in the manner of mosquitto's `acl_file`: what no rule allows is not allowed, and a denial goes before
/// everything else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessList {
    /// The rules, in any order.
    pub rules: Vec<AccessRule>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRule {
    /// Whom it concerns.
    pub who: AccessWho,
    /// What it allows.
    pub access: Access,
    /// A topic filter; for [`AccessWho::Pattern`] with `%c` for the client identifier and `%u` for the user name.
    pub filter: String,
}

/// Whom a rule concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessWho {
    /// Clients without a user name.
    Anonymous,
    /// One user.
    User(String),
    /// One client identifier.
    Client(String),
    /// Everybody; the filter is a pattern.
    Pattern,
}

/// What a rule allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To get messages.
    Read,
    /// To publish.
    Write,
    /// Both.
    ReadWrite,
    /// Neither, whatever other rules allow.
    Deny,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking<'a> {
    pub(super) client_id: &'a str,
    pub(super) user_name: Option<&'a str>,
}

impl AccessRule {
    /// The filter as it is for this client, if the rule is for it.
    fn filter_for(&self, asking: Asking<'_>) -> Option<std::borrow::Cow<'_, str>> {
        match &self.who {
            AccessWho::Anonymous if asking.user_name.is_none() => Some(self.filter.as_str().into()),
            AccessWho::User(name) if asking.user_name == Some(name) => Some(self.filter.as_str().into()),
            AccessWho::Client(id) if asking.client_id == id => Some(self.filter.as_str().into()),
            AccessWho::Pattern => fill(&self.filter, asking).map(Into::into),
            _ => None,
        }
    }

    const fn is_for(&self, write: bool) -> bool {
        match self.access {
            Access::Read => !write,
            Access::Write => write,
            Access::ReadWrite | Access::Deny => true,
        }
    }
}

/// Puts the client's names into a pattern; `None` where a name is missing or would be a wildcard.
pub(super) fn fill(pattern: &str, asking: Asking<'_>) -> Option<String> {
    let mut filled = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        let (before, name) = rest.split_at(at);
        let value = match name.as_bytes().get(1) {
            Some(b'c') => Some(asking.client_id),
            Some(b'u') => Some(asking.user_name?),
            _ => None,
        };
        filled.push_str(before);
        match value {
            Some(value) if topic::first_wildcard(value).is_some() => return None,
            Some(value) => {
                filled.push_str(value);
                rest = &name[2..];
            }
            None => {
                filled.push('%');
                rest = &name[1..];
            }
        }
    }
    filled.push_str(rest);
    Some(filled)
}

impl AccessList {
    /// Whether the client may publish to a topic, or get messages of it.
    pub(super) fn allows(&self, asking: Asking<'_>, topic_name: &str, write: bool) -> bool {
        let mut allowed = false;
        for rule in self.rules.iter().filter(|rule| rule.is_for(write)) {
            let Some(filter) = rule.filter_for(asking) else { continue };
            if topic::matches(&filter, topic_name) {
                if rule.access == Access::Deny {
                    return false;
                }
                allowed = true;
            }
        }
        allowed
    }

    /// Whether the client may subscribe: some topic that the filter matches can be read, and no denial has just
    /// this filter. What it matches besides is held back message by message.
    pub(super) fn allows_filter(&self, asking: Asking<'_>, filter: &str) -> bool {
        let mut allowed = false;
        for rule in self.rules.iter().filter(|rule| rule.is_for(false)) {
            let Some(theirs) = rule.filter_for(asking) else { continue };
            match rule.access {
                Access::Deny if *theirs == *filter => return false,
                Access::Deny => {}
                _ => allowed |= overlap(&theirs, filter),
            }
        }
        allowed
    }
}

/// Whether a topic name exists that both filters match.
fn overlap(a: &str, b: &str) -> bool {
    let (wild, dollar) =
        (|filter: &str| filter.starts_with(['+', '#']), |filter: &str| filter.starts_with('$'));
    if wild(a) && dollar(b) || wild(b) && dollar(a) {
        return false;
    }
    let (mut a, mut b) = (a.split('/'), b.split('/'));
    loop {
        match (a.next(), b.next()) {
            (Some("#"), _) | (_, Some("#")) | (None, None) => return true,
            (Some(x), Some(y)) if x == y || x == "+" || y == "+" => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(who: AccessWho, access: Access, filter: &str) -> AccessRule {
        AccessRule { who, access, filter: filter.to_owned() }
    }

    #[test]
    fn rules_are_for_whom_they_name_and_a_denial_wins() {
        use Access as A;
        use AccessWho as W;
        let list = AccessList {
            rules: vec![
                rule(W::Anonymous, A::Read, "news/#"),
                rule(W::User("ann".into()), A::ReadWrite, "home/#"),
                rule(W::User("ann".into()), A::Deny, "home/safe"),
                rule(W::Client("lamp".into()), A::Write, "lamps"),
                rule(W::Pattern, A::ReadWrite, "own/%u/%c"),
            ],
        };
        let ann = Asking { client_id: "lamp", user_name: Some("ann") };
        let nobody = Asking { client_id: "x", user_name: None };
        let cases = [
            (nobody, "news/a", false, true),
            (nobody, "news/a", true, false),
            (ann, "news/a", false, false),
            (ann, "home/a", true, true),
            (ann, "home/safe", false, false),
            (ann, "lamps", true, true),
            (ann, "lamps", false, false),
            (ann, "own/ann/lamp", true, true),
            (ann, "own/bob/lamp", true, false),
            (nobody, "own//x", true, false),
        ];
        for (asking, name, write, expected) in cases {
            assert_eq!(list.allows(asking, name, write), expected, "{asking:?} {name} {write}");
        }
        assert!(list.allows_filter(ann, "home/#") && list.allows_filter(ann, "+/ann/#"));
        assert!(!list.allows_filter(ann, "home/safe") && !list.allows_filter(ann, "news/#"));
        assert!(!list.allows_filter(nobody, "$SYS/#") && list.allows_filter(nobody, "#"));
    }

    #[test]
    fn a_name_that_is_a_wildcard_fills_no_pattern() {
        let asking = Asking { client_id: "#", user_name: Some("a") };
        assert_eq!(fill("x/%c", asking), None);
        assert_eq!(fill("100%/%u/%%", asking), Some("100%/a/%%".to_owned()));
    }

    #[test]
    fn filters_overlap_where_one_name_fits_both() {
        for (a, b, expected) in [
            ("a/+", "+/b", true),
            ("a/#", "a", true),
            ("a/b", "a/c", false),
            ("+", "a/b", false),
            ("#", "$SYS/a", false),
            ("$SYS/#", "$SYS/+", true),
        ] {
            assert_eq!((overlap(a, b), overlap(b, a)), (expected, expected), "{a} {b}");
        }
    }

    #[test]
    fn passwords_fit_whole() {
        let secret = Secret::Plain(b"abc".to_vec());
        assert!(
            secret.takes(b"abc") && !secret.takes(b"ab") && !secret.takes(b"abcd") && !secret.takes(b"abd")
        );
    }
}
