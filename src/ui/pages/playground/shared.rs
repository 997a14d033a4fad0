//! What comes from elsewhere: a world in a link, and what the second module's pages do to the world on stage.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::not_loaded;
use crate::sim::Action;
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

/// Lets the pages of the second module look at the world and act in it, which share nothing else with this one:
/// `window.stage` called with null gives the world as text; with a client's index and, on the lines behind it, an action
/// has the client do it; with a name and a world puts that on stage. What goes wrong is given back as text.
pub fn lend(stage: Stage) {
    let lent = Closure::<dyn Fn(JsValue) -> JsValue>::new(move |asked: JsValue| {
        let Some(asked) = asked.as_string() else { return stage.text().into() };
        let (whose, text) = asked.split_once('\n').unwrap_or_default();
        let done = match (whose.parse(), Action::from_text(text)) {
            (Ok(client), Ok(action)) => stage.act(client, action).map_err(|error| error.to_string()),
            _ => {
                stage.open(text).map(|()| stage.notice.set(Some(Notice::done([whose, " is open."].concat()))))
            }
        };
        done.err().map_or(JsValue::UNDEFINED, JsValue::from)
    });
    let _ = js_sys::Reflect::set(&window(), &"stage".into(), &lent.into_js_value());
}
