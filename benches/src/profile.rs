//! Keeps the figures honest: ours has to be built here as its programs are.

/// The release `opt-level` of the project and of the peers: programs that run natively have it. (The page's level is
/// that of `tab/`.)
pub fn opt_level() -> &'static str {
    let [ships, here] = [include_str!("../../Cargo.toml"), include_str!("../Cargo.toml")]
        .map(|manifest| value(manifest, "[profile.release]", "opt-level"));
    assert_eq!(here, ships, "the release profile of benches/Cargo.toml has to be that of ../Cargo.toml");
    ships
}

/// A key's value in a section of a manifest, without quotes.
fn value(manifest: &'static str, section: &str, key: &str) -> &'static str {
    let lines = manifest.lines().skip_while(|line| *line != section).skip(1);
    let mut own = lines.take_while(|line| !line.starts_with('['));
    let found = own.find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='));
    found.unwrap_or_else(|| panic!("{section} has no {key}")).trim().trim_matches('"')
}
