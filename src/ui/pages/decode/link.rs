//! Bytes in the page's address: `#decode=` and plain hex, or what the browser's own compression makes of bytes (`1.`) or
//! of text (`2.`); behind it `&version=5.0` for a version that was chosen.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::state::DecodeState;
use crate::codec::Version;
use crate::dissect::parse_hex;
use crate::ui::squeeze::{deflate, inflate};
use crate::view::bytes::hex;

/// What the fragment begins with.
const BEGIN: &str = "#decode=";
/// The forms of compressed links: bytes, and text whose lines say who sends. Another number would be another form.
const BYTES: &str = "1.";
const TEXT: &str = "2.";
/// Before the version by which to read.
const VERSION: &str = "&version=";
/// Bytes up to this many stand in the link as they are.
const SHORT: usize = 48;
/// Characters of a compressed link that is made and read: deflate makes a thousand times of it at most.
const LONGEST: usize = 64 << 10;
/// Bytes that a link is unpacked to.
const MOST: usize = 16 << 20;

/// Hands the page's address with these bytes in it, or with the text that says the same and more, to `done`; nothing
/// where it is too long.
pub(super) fn make(
    bytes: &[u8],
    text: Option<String>,
    version: Option<Version>,
    done: impl FnOnce(Option<String>) + 'static,
) {
    let address = move |held: &[&str]| {
        let location = window().location();
        let part = |it: Result<String, JsValue>| it.unwrap_or_default();
        let version = version.map_or(String::new(), |it| [VERSION, it.as_str()].concat());
        [&part(location.origin()), &part(location.pathname()), BEGIN, &held.concat(), &version].concat()
    };
    if bytes.len() <= SHORT && text.is_none() {
        let plain: String = bytes.iter().map(|byte| hex(*byte)).collect::<String>().to_ascii_lowercase();
        return done(Some(address(&[&plain])));
    }
    let (form, held) = match &text {
        Some(text) => (TEXT, text.as_bytes()),
        None => (BYTES, bytes),
    };
    deflate(held, move |packed| {
        let packed = packed.filter(|packed| packed.len() <= LONGEST);
        done(packed.map(|packed| address(&[form, &packed])));
    });
}

/// Takes the bytes of the page's address, if it holds some.
pub(super) fn follow(state: DecodeState) {
    let fragment = window().location().hash().unwrap_or_default();
    let Some(held) = fragment.strip_prefix(BEGIN) else { return };
    let refuse = move || {
        state.set_text(String::new());
        state.told.set("This link holds no bytes that can be read.");
    };
    state.told.set("");
    state.selected.set(None);
    // An older address that is still being unpacked is not taken any more, nor is this one if something else is.
    state.reading.update(|it| *it += 1);
    let reading = state.reading.get_untracked();
    let is_old = move || state.reading.try_get_untracked() != Some(reading);
    let (held, version) = held.split_once(VERSION).unwrap_or((held, ""));
    state.version.set(Version::ALL.into_iter().find(|it| it.as_str() == version));
    state.way.set(None);
    let compressed = |form| held.strip_prefix(form).filter(|packed: &&str| packed.len() <= LONGEST);
    if let Some(packed) = compressed(BYTES) {
        return inflate(packed, move |bytes| match bytes.filter(|bytes| bytes.len() <= MOST) {
            _ if is_old() => {}
            Some(bytes) => state.set_text(spaced(&bytes)),
            None => refuse(),
        });
    }
    if let Some(packed) = compressed(TEXT) {
        return inflate(packed, move |text| {
            let text = text.filter(|text| text.len() <= MOST).and_then(|text| String::from_utf8(text).ok());
            match text {
                _ if is_old() => {}
                Some(text) => state.set_text(text),
                None => refuse(),
            }
        });
    }
    // As anyone may write it by hand; blanks come as %20 or +.
    let text = held.replace("%20", " ").replace('+', " ").replace("%2C", ",").replace("%3A", ":");
    // A mistake in digits is shown at its place.
    let digits = |c: char| c.is_ascii_hexdigit() || matches!(c, ' ' | ',' | ':');
    if parse_hex(&text).is_ok() || text.chars().all(digits) { state.set_text(text) } else { refuse() }
}

/// Hex with blanks.
pub(super) fn spaced(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        text.push_str(hex(*byte));
        text.push(' ');
    }
    text.pop();
    text.to_ascii_lowercase()
}
