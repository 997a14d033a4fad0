//! Media queries, asked once or followed.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Phone layout: one surface at a time.
pub const PHONE: &str = "(max-width: 760px)";

/// Whether a media query holds now.
pub fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Whether motion is unwelcome.
pub fn reduced_motion() -> bool {
    matches("(prefers-reduced-motion: reduce)")
}

/// Whether a media query holds, followed for as long as the page lives.
pub fn follow(query: &str) -> Signal<bool> {
    let Some(list) = window().match_media(query).ok().flatten() else { return Signal::stored(false) };
    let (holds, set_holds) = signal(list.matches());
    let listener = {
        let list = list.clone();
        Closure::<dyn FnMut()>::new(move || {
            set_holds.try_set(list.matches());
        })
    };
    list.set_onchange(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
    holds.into()
}
