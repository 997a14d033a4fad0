//! What the statements demand, in words: a file that is loaded when a rule is first shown, and kept.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::spec::text_in;

#[wasm_bindgen]
extern "C" {
    /// Stands in index.html, because both modules want the file. Calls `told` once: with its text, or with nothing if it
    /// does not load.
    #[wasm_bindgen(js_name = loadTexts)]
    fn load_texts(told: JsValue);
}

/// How far the loading of something is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    NotAsked,
    Loading,
    Failed,
    Loaded,
}

thread_local! {
    // Not in context: rules also stand in lines of lists, which see none.
    static PROGRESS: ArcRwSignal<Progress> = ArcRwSignal::new(Progress::NotAsked);
    static TEXTS: RefCell<String> = const { RefCell::new(String::new()) };
}

/// How far it is, followed.
pub fn progress() -> Progress {
    PROGRESS.with(|it| it.get())
}

/// What a statement demands, followed: nothing until it is known. The first who asks has the file loaded.
pub fn demand(reference: &str) -> String {
    if PROGRESS.with(|it| it.get_untracked()) == Progress::NotAsked {
        load();
    }
    match progress() {
        Progress::Loaded => {
            TEXTS.with_borrow(|texts| text_in(texts, reference).unwrap_or_default().to_owned())
        }
        _ => String::new(),
    }
}

/// Loads the file, or tries to once more.
pub fn load() {
    let set = |now| PROGRESS.with(|it| it.set(now));
    set(Progress::Loading);
    load_texts(Closure::once_into_js(move |file: JsValue| match file.as_string() {
        Some(file) => {
            TEXTS.set(file);
            set(Progress::Loaded);
        }
        None => set(Progress::Failed),
    }));
}
