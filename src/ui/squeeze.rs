//! The browser's own compression, for links. Part of the second module alone.

use std::cell::Cell;
use std::rc::Rc;

use base64ct::{Base64UrlUnpadded, Encoding};
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

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

/// Hands what becomes of the bytes, in letters that an address may hold, to `done`; nothing where the browser cannot.
pub fn deflate(bytes: &[u8], done: impl FnOnce(Option<String>) + 'static) {
    let Ok(stream) = CompressionStream::new("deflate-raw") else { return done(None) };
    settle(&through(bytes, &stream), move |packed| {
        done(packed.map(|it| Base64UrlUnpadded::encode_string(&it)))
    });
}

/// The other way round; nothing where the letters are none of [`deflate`]'s.
pub fn inflate(packed: &str, done: impl FnOnce(Option<Vec<u8>>) + 'static) {
    let Ok(bytes) = Base64UrlUnpadded::decode_vec(packed) else { return done(None) };
    let Ok(stream) = DecompressionStream::new("deflate-raw") else { return done(None) };
    settle(&through(&bytes, &stream), done);
}

fn settle(promise: &Promise, done: impl FnOnce(Option<Vec<u8>>) + 'static) {
    let done = Rc::new(Cell::new(Some(done)));
    let again = Rc::clone(&done);
    let give = move |bytes| {
        if let Some(done) = done.take() {
            done(Some(bytes));
        }
    };
    let failed = move || {
        if let Some(done) = again.take() {
            done(None);
        }
    };
    then(promise, give, failed);
}
