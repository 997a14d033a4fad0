//! Keeps the figures honest: ours has to be built here as it ships.

/// The release `opt-level` of the project, which has to be the one that this package gives it.
pub fn shipped_opt_level() -> &'static str {
    let ships = value(include_str!("../../Cargo.toml"), "[profile.release]", "opt-level");
    for section in ["[profile.release.package.mqtt-playground]", "[profile.release.package.ours]"] {
        let here = value(include_str!("../Cargo.toml"), section, "opt-level");
        assert_eq!(here, ships, "{section} of benches/Cargo.toml has to be as ../Cargo.toml ships it");
    }
    ships
}

/// A key's value in a section of a manifest, without quotes.
fn value(manifest: &'static str, section: &str, key: &str) -> &'static str {
    let lines = manifest.lines().skip_while(|line| *line != section).skip(1);
    let mut own = lines.take_while(|line| !line.starts_with('['));
    let found = own.find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='));
    found.unwrap_or_else(|| panic!("{section} has no {key}")).trim().trim_matches('"')
}
