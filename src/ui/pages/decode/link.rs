//! Bytes in the page's address: `#decode=` and plain hex, or `1.` and what the browser's own compression makes of
//! them.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::state::DecodeState;
use crate::dissect::parse_hex;
use crate::ui::squeeze::{deflate, inflate};
use crate::view::bytes::hex;

/// What the fragment begins with.
const BEGIN: &str = "#decode=";
/// The form of compressed links; another number would be another form.
const COMPRESSED: &str = "1.";
/// Bytes up to this many stand in the link as they are.
const SHORT: usize = 48;
/// Characters of a compressed link that is read: deflate makes a thousand times of it at most.
const LONGEST: usize = 16 << 10;

/// Hands the page's address with these bytes in it to `done`.
pub(super) fn make(bytes: &[u8], done: impl FnOnce(String) + 'static) {
    let plain: String = bytes.iter().map(|byte| hex(*byte)).collect::<String>().to_ascii_lowercase();
    let address = |held: &str| {
        let location = window().location();
        let part = |it: Result<String, JsValue>| it.unwrap_or_default();
        [&part(location.origin()), &part(location.pathname()), BEGIN, held].concat()
    };
    if bytes.len() <= SHORT {
        return done(address(&plain));
    }
    deflate(bytes, move |packed| {
        done(packed.map_or_else(String::new, |packed| address(&[COMPRESSED, &packed].concat())));
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
    let Some(packed) = held.strip_prefix(COMPRESSED) else {
        // As anyone may write it by hand; blanks come as %20 or +.
        let text = held.replace("%20", " ").replace('+', " ").replace("%2C", ",").replace("%3A", ":");
        return if parse_hex(&text).is_ok() { state.set_text(text) } else { refuse() };
    };
    if packed.len() > LONGEST {
        return refuse();
    }
    inflate(packed, move |bytes| match bytes {
        Some(bytes) => state.set_text(spaced(&bytes)),
        None => refuse(),
    });
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
