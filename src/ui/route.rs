//! Which page shows: a route in the address's fragment, so that any web server at any path will do.

use crate::ui::dom::after;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// A page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// Simulated clients and broker.
    #[default]
    Playground,
    /// Pasted bytes.
    Decode,
    /// A real broker.
    Connect,
}

/// The pages in the order of the navigation.
pub const ROUTES: [Route; 3] = [Route::Playground, Route::Decode, Route::Connect];

impl Route {
    /// Its address.
    pub fn href(self) -> &'static str {
        match self {
            Self::Playground => "#/",
            Self::Decode => "#/decode",
            Self::Connect => "#/connect",
        }
    }

    /// Its name in the navigation.
    pub fn label(self) -> &'static str {
        match self {
            Self::Playground => "Playground",
            Self::Decode => "Decode",
            Self::Connect => "Connect",
        }
    }

    /// Its class on the element around the whole page.
    pub fn class(self) -> &'static str {
        match self {
            Self::Playground => "page page-playground",
            Self::Decode => "page page-decode",
            Self::Connect => "page page-connect",
        }
    }

    /// The document's title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Playground => "MQTT Playground",
            Self::Decode => "Decode – MQTT Playground",
            Self::Connect => "Connect – MQTT Playground",
        }
    }

    /// The page of a fragment, whatever it carries behind a question mark; an unknown one is the first page.
    fn of_fragment(fragment: &str) -> Self {
        // `#decode=` and bytes is a link that anyone can write.
        if fragment.starts_with("#decode=") {
            return Self::Decode;
        }
        let page = fragment.split_once('?').map_or(fragment, |(page, _)| page);
        ROUTES.into_iter().find(|route| route.href() == page).unwrap_or_default()
    }
}

/// The current page, following the address; the document's title follows it.
pub fn current() -> ReadSignal<Route> {
    let route = follow();
    after(move || document().set_title(route.get().title()));
    route
}

/// The current page, following the address.
pub fn follow() -> ReadSignal<Route> {
    let read = || Route::of_fragment(&window().location().hash().unwrap_or_default());
    let (route, set_route) = signal(read());
    let listener = Closure::<dyn FnMut()>::new(move || {
        set_route.try_set(read());
    });
    let target = window();
    // The app lives as long as the page, and so does its listener.
    let _ = target.add_event_listener_with_callback("hashchange", listener.as_ref().unchecked_ref());
    listener.forget();
    route
}

/// What the address's query gives for a name; an empty text where the name stands alone.
pub fn query(name: &str) -> Option<String> {
    let query = window().location().search().unwrap_or_default();
    query.trim_start_matches('?').split('&').find_map(|part| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        (key == name).then(|| value.to_owned())
    })
}

/// Whether the page is a part of another one: `?embed` in the address.
pub fn is_embedded() -> bool {
    query("embed").is_some()
}
