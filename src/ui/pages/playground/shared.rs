//! A world that comes in a link.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::not_loaded;
use crate::ui::dom::on_window;
use crate::ui::load::{arguments, call};
use crate::ui::route::Route;
use crate::ui::state::{Notice, Stage};

/// Takes the world of the address, if it holds one, now and whenever it does; what was on stage is kept.
pub fn follow(stage: Stage) {
    take(stage);
    on_window("hashchange", move |_| take(stage));
}

fn take(stage: Stage) {
    let fragment = window().location().hash().unwrap_or_default();
    if !fragment.starts_with("#world=") {
        return;
    }
    // Else loading the page again would take it again.
    let address = Some(Route::Playground.href());
    let _ =
        window().history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", address));
    // Called with the saved text, or with nothing and what is wrong.
    let done = Closure::<dyn Fn(JsValue, JsValue)>::new(move |text: JsValue, error: JsValue| {
        let taken = match text.as_string() {
            Some(text) => stage.ask(&["The world of the link\n", &text].concat()),
            None => Err(error.as_string().unwrap_or_default()),
        };
        if let Err(error) = taken {
            let words = ["The link cannot be opened: ", &error, "."].concat();
            stage.notice.set(Some(Notice::bad(words)));
        }
    });
    let taken = arguments([fragment.into(), done.into_js_value()]);
    call("readWorld", taken, |_| (), move || not_loaded(stage));
}
