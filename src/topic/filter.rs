//! The form of topic names and filters, and the matching of one by the other.

/// What is wrong with a topic filter. Positions are bytes from the filter's first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterFault {
    /// No characters at all.
    Empty,
    /// `#` is not a whole level of its own at the end.
    MultiLevel {
        /// Where the `#` stands.
        at: usize,
    },
    /// `+` shares its level with other characters.
    SingleLevel {
        /// Where the `+` stands.
        at: usize,
    },
    /// `$share/` with no share name.
    ShareNameEmpty,
    /// A share name with a wildcard in it, or without a topic filter behind it.
    ShareNameInvalid {
        /// Where the share name begins.
        at: usize,
        /// Its bytes.
        len: usize,
    },
}

const SHARE: &str = "$share/";

/// Where the first `+` or `#` of a topic name stands, in bytes.
#[inline]
pub fn first_wildcard(name: &str) -> Option<usize> {
    name.bytes().position(|b| b == b'+' || b == b'#')
}

/// Share name and inner filter of a shared subscription's filter (5.0 section 4.8.2); `None` for any other.
pub fn share_name(filter: &str) -> Option<(&str, &str)> {
    filter.strip_prefix(SHARE)?.split_once('/')
}

/// Checks a filter's form; `shared` if `$share/…` means a shared subscription (5.0).
///
/// # Errors
/// The first rule that the filter breaks, and where.
pub fn check_filter(filter: &str, shared: bool) -> Result<(), FilterFault> {
    if shared && filter.starts_with(SHARE) {
        let rest = &filter[SHARE.len()..];
        let name_len = rest.find('/').unwrap_or(rest.len());
        let (name, inner) = rest.split_at(name_len);
        if name.is_empty() {
            return Err(FilterFault::ShareNameEmpty); // 5.0 MQTT-4.8.2-1
        }
        if inner.len() < 2 || first_wildcard(name).is_some() {
            return Err(FilterFault::ShareNameInvalid { at: SHARE.len(), len: name.len() }); // 5.0 MQTT-4.8.2-2
        }
        return check_levels(&inner[1..], SHARE.len() + name_len + 1);
    }
    if filter.is_empty() {
        return Err(FilterFault::Empty); // 3.1.1 MQTT-4.7.3-1, 5.0 MQTT-4.7.3-1
    }
    check_levels(filter, 0)
}

fn check_levels(filter: &str, base: usize) -> Result<(), FilterFault> {
    let bytes = filter.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let starts_level = at == 0 || bytes[at - 1] == b'/';
        match byte {
            // 3.1.1 MQTT-4.7.1-2, 5.0 MQTT-4.7.1-1
            b'#' if !starts_level || at + 1 != bytes.len() => {
                return Err(FilterFault::MultiLevel { at: base + at });
            }
            // 3.1.1 MQTT-4.7.1-3, 5.0 MQTT-4.7.1-2
            b'+' if !starts_level || bytes.get(at + 1).is_some_and(|next| *next != b'/') => {
                return Err(FilterFault::SingleLevel { at: base + at });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a (well-formed, not shared) filter matches a topic name.
pub fn matches(filter: &str, name: &str) -> bool {
    // 3.1.1 MQTT-4.7.2-1, 5.0 MQTT-4.7.2-1: a leading wildcard does not reach `$…` topics.
    if name.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut levels = name.split('/');
    let mut filters = filter.split('/');
    loop {
        match (filters.next(), levels.next()) {
            (Some("#"), _) | (None, None) => return true, // `#` takes the parent level too
            (Some("+"), Some(_)) => {}
            (Some(f), Some(level)) if f == level => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_checked_level_by_level() {
        use FilterFault as F;
        let cases: &[(&str, Result<(), F>)] = &[
            ("a/b", Ok(())),
            ("/", Ok(())),
            ("#", Ok(())),
            ("+", Ok(())),
            ("a/+/b/#", Ok(())),
            ("/+", Ok(())),
            ("", Err(F::Empty)),
            ("a#", Err(F::MultiLevel { at: 1 })),    // 3.1.1 MQTT-4.7.1-2
            ("a/#/b", Err(F::MultiLevel { at: 2 })), // 3.1.1 MQTT-4.7.1-2
            ("a+/b", Err(F::SingleLevel { at: 1 })), // 3.1.1 MQTT-4.7.1-3
            ("a/+b", Err(F::SingleLevel { at: 2 })), // 3.1.1 MQTT-4.7.1-3
        ];
        for (filter, expected) in cases {
            assert_eq!(check_filter(filter, true), *expected, "{filter}");
            assert_eq!(check_filter(filter, false), *expected, "{filter}");
        }
    }

    #[test]
    fn share_names_mean_something_only_where_they_exist() {
        use FilterFault as F;
        assert_eq!(check_filter("$share/g/a/#", true), Ok(()));
        assert_eq!(check_filter("$share//a", true), Err(F::ShareNameEmpty)); // 5.0 MQTT-4.8.2-1
        assert_eq!(check_filter("$share/", true), Err(F::ShareNameEmpty));
        assert_eq!(check_filter("$share/g", true), Err(F::ShareNameInvalid { at: 7, len: 1 })); // 5.0 MQTT-4.8.2-2
        assert_eq!(check_filter("$share/g/", true), Err(F::ShareNameInvalid { at: 7, len: 1 }));
        assert_eq!(check_filter("$share/g+/a", true), Err(F::ShareNameInvalid { at: 7, len: 2 }));
        assert_eq!(check_filter("$share/g/a+", true), Err(F::SingleLevel { at: 10 }));
        assert_eq!(check_filter("$share//a", false), Ok(()));
        assert_eq!(share_name("$share/g/a/b"), Some(("g", "a/b")));
        assert_eq!(share_name("a/b"), None);
    }

    #[test]
    fn wildcards_match_whole_levels() {
        let cases = [
            ("a/b", "a/b", true),
            ("a/b", "a/B", false),
            ("#", "a/b", true),
            ("a/#", "a", true),
            ("a/#", "ab", false),
            ("+", "a", true),
            ("+", "/a", false),
            ("+/+", "/a", true),
            ("/+", "/a", true),
            ("a/+", "a", false),
            ("a/+", "a/", true),
            ("deib/+/temperature", "deib/eg1/temperature", true),
            ("deib/+/temperature", "deib/L26/room.1/temperature", false),
            ("#", "$SYS/broker", false),        // 3.1.1 MQTT-4.7.2-1
            ("+/broker", "$SYS/broker", false), // 5.0 MQTT-4.7.2-1
            ("$SYS/#", "$SYS/broker", true),
        ];
        for (filter, name, expected) in cases {
            assert_eq!(matches(filter, name), expected, "{filter} {name}");
        }
    }
}
