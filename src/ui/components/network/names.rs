//! The list of all timelines, each with what can be done with it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlInputElement, KeyboardEvent};

use super::timelines::{Line, Lines};
use super::{Asks, button};
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Memo, Slot, after, el, next_frame};

/// All timelines, and the letter of the one whose name is being typed.
#[derive(Clone, Copy)]
struct List {
    all: Memo<Lines>,
    named: RwSignal<Option<char>>,
    asks: Asks,
}

/// Each timeline with what can be done with it. A line stays while its timeline does, and with it what is typed there.
pub(super) fn names(all: Memo<Lines>, asks: Asks) -> El {
    let list = List { all, named: RwSignal::new(None), asks };
    let letters =
        move || all.with(|(_, lines)| lines.iter().map(|line| u64::from(u32::from(line.letter))).collect());
    el("ul", "fork-list").attr("aria-label", "Timelines").each(letters, move |letter| {
        let letter = u32::try_from(letter).ok().and_then(char::from_u32).unwrap_or_default();
        list.line(letter)
    })
}

impl List {
    /// Asks for something about a timeline: `sign`, its place and what follows.
    fn ask(self, sign: &str, letter: char, more: &str) {
        let place = self.all.with_untracked(|(_, lines)| lines.iter().position(|line| line.letter == letter));
        if let Some(place) = place {
            self.asks.stage.run([sign, &place.to_string(), more].concat());
        }
    }

    fn read<R: Default>(self, letter: char, read: impl FnOnce(&Line, bool) -> R) -> R {
        self.all.with(|(current, lines)| {
            let mut all = lines.iter().enumerate();
            let found = all.find(|(_, line)| line.letter == letter);
            found.map_or_else(R::default, |(at, line)| read(line, at == *current))
        })
    }

    fn line(self, letter: char) -> El {
        let text = letter.to_string();
        let here = Memo::new(move |_| self.read(letter, |_, here| here));
        let open = button("button button--sm", "")
            .bind_flag("disabled", move || here.get())
            .bind_text(move || if here.get() { "on stage" } else { "Put on stage" })
            .click(move || self.ask("#", letter, ""));
        let small = |words: &str, title: &str, symbol: &str| {
            el("button", "icon-button icon-button--sm")
                .attrs(&[("type", "button"), ("title", title)])
                .attr("aria-label", &[words, " timeline ", &text].concat())
                .child(icon(symbol, "icon icon--xs"))
        };
        let forget = small("Forget", "Forget this timeline", "i-trash")
            .bind_flag("disabled", move || here.get())
            .click(move || self.ask("-", letter, ""));
        let rename =
            small("Rename", "Rename this timeline", "i-edit").click(move || self.named.set(Some(letter)));
        let is_named = Memo::new(move |_| self.named.get() == Some(letter));
        // No more than this is drawn anew: a click that ends the renaming finds its button.
        let name = move || match is_named.get() {
            true => untrack(|| self.field(letter)),
            false => el("span", "").bind_text(move || self.read(letter, |line, _| line.told())),
        };
        let class = move || if here.get() { "fork-name" } else { "fork-name fork-name--b" };
        el("li", "")
            .child(el("span", "").bind("class", class).child(el("i", "").text(&text)).dynamic(name))
            .child(el("span", "grow"))
            .child(rename)
            .child(open)
            .child(forget)
    }

    /// A timeline's name, to be typed: Enter and leaving it take it, Esc does not.
    fn field(self, letter: char) -> El {
        let before = self.read(letter, |line, _| line.name.clone());
        let known = before.clone();
        let taken = move |name: String| {
            let name = name.trim();
            // Leaving it comes behind Enter and Esc, too.
            if untrack(|| self.named.try_get()).flatten() == Some(letter) {
                self.named.set(None);
                if !name.is_empty() && name != before {
                    self.ask("=", letter, &[" ", name].concat());
                }
            }
        };
        let input = el("input", "input fork-list__name")
            .attrs(&[("aria-label", "Name of the timeline"), ("maxlength", "60"), ("autofocus", "")])
            .attr("value", &known)
            .on("keydown", move |event: KeyboardEvent| {
                if event.key() == "Escape" {
                    event.stop_propagation();
                    self.named.set(None);
                    focus_rename(letter);
                } else if event.key() == "Enter" {
                    event.prevent_default();
                    let _ = event.target().map(|it| it.unchecked_into::<HtmlElement>().blur());
                    focus_rename(letter);
                }
            })
            .on("change", move |event: Event| taken(event_target_value(&event)))
            .on("focusout", move |_: Event| {
                // Nothing was changed.
                if self.named.try_get_untracked().flatten() == Some(letter) {
                    self.named.set(None);
                }
            });
        let place = Slot::new(None);
        after(move || {
            if let Some(input) = place.get() {
                next_frame(move || {
                    let _ = input.focus();
                    input.unchecked_ref::<HtmlInputElement>().select();
                });
            }
        });
        input.slot(place)
    }
}

/// The focus goes back to what opened the field.
fn focus_rename(letter: char) {
    next_frame(move || {
        let button = ["[aria-label='Rename timeline ", &letter.to_string(), "']"].concat();
        let button = document().query_selector(&button).ok().flatten();
        if let Some(button) = button.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            let _ = button.focus();
        }
    });
}
