//! Files of `tests/golden/` that hold what was told before, word for word.

use std::fs;
use std::path::{Path, PathBuf};

pub fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file)
}

pub fn read(file: &str) -> String {
    fs::read_to_string(path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Fails with the first line that differs, or writes the file anew if `UPDATE_GOLDEN` is set.
pub fn compare(file: &str, found: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path(file), found).unwrap();
        return;
    }
    let expected = read(file);
    for (i, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "{file}, line {}", i + 1);
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "{file}");
}
