//! What the browser keeps for this page: the world, so that nothing is lost on reload, and small settings.
//!
//! All of it stands under names that begin alike, and nothing that is typed on other pages is part of it.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use web_sys::Storage;

use super::edits::Notice;
use super::stage::{Stage, World};
use crate::sim::Forks;
use crate::ui::dom::{after, on_window};
use crate::ui::route;

/// What all names begin with.
const PREFIX: &str = "mqtt-playground.";
const WORLD: &str = "world";
const VIEW: &str = "view";
/// How long a change waits to be written together with others.
const PAUSE_MILLIS: u32 = 400;

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What is kept under a name of ours.
pub fn entry(name: &str) -> Option<String> {
    storage()?.get_item(&[PREFIX, name].concat()).ok().flatten()
}

/// Keeps a text under a name of ours, or nothing any more; `false` if the browser keeps no more.
pub fn keep(name: &str, text: Option<&str>) -> bool {
    let Some(storage) = storage() else { return false };
    let name = [PREFIX, name].concat();
    match text {
        Some(text) => storage.set_item(&name, text).is_ok(),
        None => storage.remove_item(&name).is_ok(),
    }
}

/// What was chosen of a few things the last time, counted from 0; `at` is the question's number. The usual is 0.
pub fn remembered(at: usize) -> usize {
    let digit = |text: String| text.as_bytes().get(at).map(|digit| usize::from(digit.wrapping_sub(b'0')));
    entry(VIEW).filter(|_| !route::is_embedded()).and_then(digit).unwrap_or(0)
}

/// Keeps what is chosen, for as long as the current owner lives.
pub fn remember(at: usize, chosen: impl Fn() -> usize + 'static) {
    boxed_remember(at, Box::new(chosen));
}

fn boxed_remember(at: usize, chosen: Box<dyn Fn() -> usize>) {
    let mut read = false;
    after(move || {
        let now = b'0' + chosen() as u8;
        if !std::mem::replace(&mut read, true) || route::is_embedded() {
            return;
        }
        let mut all = entry(VIEW).unwrap_or_default().into_bytes();
        all.resize(all.len().max(at + 1), b'0');
        all[at] = now;
        let usual = all.iter().all(|digit| *digit == b'0');
        keep(VIEW, core::str::from_utf8(&all).ok().filter(|_| !usual));
    });
}

/// Our names, and how many characters each holds.
pub fn own_keys() -> Vec<(String, usize)> {
    let Some(storage) = storage() else { return Vec::new() };
    let names = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten());
    let mut ours: Vec<(String, usize)> = Vec::new();
    for name in names.filter_map(|name| Some(name.strip_prefix(PREFIX)?.to_owned())) {
        let size = entry(&name).map_or(0, |text| text.len());
        // The browser gives them in any order.
        let at = ours.partition_point(|(before, _)| *before < name);
        ours.insert(at, (name, size));
    }
    ours
}

/// The world of the last visit with all timelines, and why there is none if one was kept.
pub(super) fn read() -> (Option<(World, Forks)>, Option<String>) {
    if route::is_embedded() {
        return (None, None);
    }
    let Some(text) = entry(WORLD) else { return (None, None) };
    let world = Forks::from_text(&text).map_err(|error| error.to_string()).and_then(|forks| {
        let fork = &forks.all()[forks.current()];
        let world = World::of_record(&fork.record, fork.step).map_err(|error| error.to_string())?;
        Ok((world, forks))
    });
    match world {
        Ok(world) => (Some(world), None),
        Err(error) => {
            (None, Some(["What was kept of your last visit cannot be opened: ", &error, "."].concat()))
        }
    }
}

/// Writes the world a while after it has changed, and when the page goes away.
pub(super) fn follow(stage: Stage) {
    if route::is_embedded() {
        return;
    }
    let waiting = StoredValue::new(false);
    let write = move || {
        if waiting.try_set_value(false).is_none() {
            write(stage);
        }
    };
    let mut read = false;
    after(move || {
        stage.record.track();
        stage.cursor.track();
        stage.timelines.track();
        if std::mem::replace(&mut read, true) && !waiting.get_value() {
            waiting.set_value(true);
            Timeout::new(PAUSE_MILLIS, write).forget();
        }
    });
    // The app lives as long as the page, and so does its listener.
    on_window("pagehide", move |_| {
        if waiting.try_get_value() == Some(true) {
            write();
        }
    });
}

fn write(stage: Stage) {
    const FULL: &str =
        "Your changes are not kept: the browser has no room left for this page. Save them to a file.";
    // Without storage there is nothing to tell each time: a private window is meant to forget.
    if storage().is_none() {
        return;
    }
    if stage.is_untouched() {
        keep(WORLD, None);
        return;
    }
    if !keep(WORLD, Some(&stage.text())) && stage.notice.get_untracked().is_none() {
        stage.notice.set(Some(Notice::bad(FULL.to_owned())));
    }
}
