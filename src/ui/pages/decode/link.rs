//! Bytes in the page's address: `#decode=` and plain hex, or `1.` and what the browser's own compression makes of
//! them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use js_sys::{Array, Promise, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::state::DecodeState;
use crate::dissect::parse_hex;
use crate::view::bytes::hex;

/// What the fragment begins with.
const BEGIN: &str = "#decode=";
/// The form of compressed links; another number would be another form.
const COMPRESSED: &str = "1.";
/// Bytes up to this many stand in the link as they are.
const SHORT: usize = 48;
/// Characters of a compressed link that is read: deflate makes a thousand times of it at most.
const LONGEST: usize = 16 << 10;

#[wasm_bindgen]
extern "C" {
    type CompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<CompressionStream, JsValue>;
    type DecompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;
    #[wasm_bindgen(js_name = Blob)]
    type Parts;
    #[wasm_bindgen(constructor, js_class = "Blob")]
    fn new(parts: &Array) -> Parts;
    #[wasm_bindgen(method)]
    fn stream(this: &Parts) -> Stream;
    #[wasm_bindgen(js_name = ReadableStream)]
    type Stream;
    #[wasm_bindgen(method, js_name = pipeThrough)]
    fn pipe_through(this: &Stream, through: &JsValue) -> Stream;
    type Response;
    #[wasm_bindgen(constructor)]
    fn new(body: &Stream) -> Response;
    #[wasm_bindgen(method, js_name = arrayBuffer)]
    fn array_buffer(this: &Response) -> Promise;
}

fn through(bytes: &[u8], stream: &JsValue) -> Promise {
    let parts = Array::of1(&Uint8Array::from(bytes));
    Response::new(&Parts::new(&parts).stream().pipe_through(stream)).array_buffer()
}

/// Calls one of the two once the promise is settled.
fn then(promise: &Promise, done: impl FnOnce(Vec<u8>) + 'static, failed: impl FnOnce() + 'static) {
    let done = Closure::once(move |buffer: JsValue| done(Uint8Array::new(&buffer).to_vec()));
    let failed = Closure::once(move |_: JsValue| failed());
    let _ = promise.then2(&done, &failed);
    // One of the two is called once, and then both are done with.
    done.forget();
    failed.forget();
}

/// Hands the page's address with these bytes in it to `done`.
pub(super) fn make(bytes: &[u8], done: impl FnOnce(String) + 'static) {
    let plain: String = bytes.iter().map(|byte| hex(*byte)).collect::<String>().to_ascii_lowercase();
    let address = |held: &str| {
        let location = window().location();
        let part = |it: Result<String, JsValue>| it.unwrap_or_default();
        [&part(location.origin()), &part(location.pathname()), BEGIN, held].concat()
    };
    let compression = CompressionStream::new("deflate-raw");
    let Some(compression) = compression.ok().filter(|_| bytes.len() > SHORT) else {
        return done(address(&plain));
    };
    let done = std::rc::Rc::new(std::cell::Cell::new(Some(done)));
    let again = std::rc::Rc::clone(&done);
    let give = move |held: String| {
        if let Some(done) = done.take() {
            done(address(&held));
        }
    };
    let compressed = move |bytes: Vec<u8>| give([COMPRESSED, &URL_SAFE_NO_PAD.encode(bytes)].concat());
    let failed = move || {
        if let Some(done) = again.take() {
            done(String::new());
        }
    };
    then(&through(bytes, &compression), compressed, failed);
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
    let bytes = if packed.len() <= LONGEST { URL_SAFE_NO_PAD.decode(packed).ok() } else { None };
    let (Some(bytes), Ok(stream)) = (bytes, DecompressionStream::new("deflate-raw")) else {
        return refuse();
    };
    let take = move |bytes: Vec<u8>| state.set_text(spaced(&bytes));
    then(&through(&bytes, &stream), take, refuse);
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
