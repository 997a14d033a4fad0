//! What follows signals: attributes, texts, pieces.

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Comment, Element, Event, Node};

use super::element::{El, Words, set_attr, set_style};

/// Runs `run` now, and again whenever a signal that it reads has changed, for as long as the current owner lives.
pub fn effect(run: impl FnMut() + 'static) {
    boxed_effect(Box::new(run));
}

fn boxed_effect(mut run: Box<dyn FnMut()>) {
    StoredValue::new_local(RenderEffect::new(move |_: Option<()>| run()));
}

/// Runs `run` once what is being drawn stands in the page, and again whenever a signal that it reads has changed, for as
/// long as the current owner lives. Leptos' effects of this kind are compiled anew for each function: this is one.
pub fn after(run: impl FnMut() + 'static) {
    boxed_after(Box::new(run));
}

fn boxed_after(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| run());
}

/// Runs `run` before the browser paints next; compiled once, too.
pub fn next_frame(run: impl FnOnce() + 'static) {
    boxed_next_frame(Box::new(run));
}

fn boxed_next_frame(run: Box<dyn FnOnce()>) {
    request_animation_frame(run);
}

/// Runs `run` as soon as the next picture has been painted.
pub fn next_picture(run: impl FnOnce() + 'static) {
    boxed_next_picture(Box::new(run));
}

fn boxed_next_picture(run: Box<dyn FnOnce()>) {
    // A frame's callbacks come before its painting, timers only behind it.
    boxed_next_frame(Box::new(move || {
        Timeout::new(0, run).forget();
    }));
}

/// Calls `run` once behind the next picture, whenever `follow` has read a signal that changed: what is painted
/// at once isn't held up by it.
pub fn later(follow: impl Fn() + 'static, run: impl Fn() + 'static) {
    boxed_later(Box::new(follow), Rc::new(run));
}

fn boxed_later(follow: Box<dyn Fn()>, run: Rc<dyn Fn()>) {
    let waiting = Rc::new(Cell::new(false));
    boxed_after(Box::new(move || {
        follow();
        if !waiting.replace(true) {
            let (waiting, run) = (waiting.clone(), run.clone());
            next_picture(move || {
                waiting.set(false);
                run();
            });
        }
    }));
}

/// Calls `handle` at each event of this name that reaches the window, for as long as the current owner lives.
pub fn on_window(name: &'static str, handle: impl Fn(Event) + 'static) {
    boxed_on_window(name, Box::new(handle));
}

fn boxed_on_window(name: &'static str, handle: Box<dyn Fn(Event)>) {
    let listener = Closure::<dyn Fn(Event)>::new(handle);
    let _ = window().add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    let kept = StoredValue::new_local(listener);
    on_cleanup(move || {
        kept.try_with_value(|it| {
            let _ = window().remove_event_listener_with_callback(name, it.as_ref().unchecked_ref());
        });
    });
}

type PutWords = fn(&Element, &str, &str);
type PutFlag = fn(&Element, &str, bool);

impl El {
    /// Keeps an attribute equal to what `read` gives.
    pub fn bind<W: Into<Words>>(self, name: &'static str, read: impl Fn() -> W + 'static) -> Self {
        self.follow(name, Box::new(move || read().into()), set_attr)
    }

    /// Keeps a property of its style equal to what `read` gives.
    pub fn bind_style<W: Into<Words>>(self, name: &'static str, read: impl Fn() -> W + 'static) -> Self {
        self.follow(name, Box::new(move || read().into()), set_style)
    }

    /// Keeps its text equal to what `read` gives; it must have no other content.
    pub fn bind_text<W: Into<Words>>(self, read: impl Fn() -> W + 'static) -> Self {
        self.follow("", Box::new(move || read().into()), |element, _, words| {
            element.set_text_content(Some(words));
        })
    }

    /// Keeps a form control's value equal to what `read` gives.
    pub fn bind_value<W: Into<Words>>(self, read: impl Fn() -> W + 'static) -> Self {
        self.follow("value", Box::new(move || read().into()), |element, name, words| {
            set_property(element, name, &JsValue::from_str(words));
        })
    }

    /// Keeps an attribute equal to what `read` gives, and takes it off while that is nothing.
    pub fn bind_maybe<W: Into<Words>>(
        self,
        name: &'static str,
        read: impl Fn() -> Option<W> + 'static,
    ) -> Self {
        let element = self.element().clone();
        let mut last: Option<Words> = None;
        boxed_effect(Box::new(move || {
            let next = read().map(Into::into);
            if next != last {
                put_maybe(&element, name, next.as_deref());
                last = next;
            }
        }));
        self
    }

    /// The same for three attributes that change together.
    pub fn bind_three(
        self,
        names: [&'static str; 3],
        read: impl Fn() -> [Option<String>; 3] + 'static,
    ) -> Self {
        let element = self.element().clone();
        let mut last = [None, None, None];
        boxed_effect(Box::new(move || {
            let next = read();
            if next != last {
                for (name, value) in names.iter().zip(&next) {
                    put_maybe(&element, name, value.as_deref());
                }
                last = next;
            }
        }));
        self
    }

    /// Keeps an attribute that stands for itself, as `disabled` does, while `read` holds; it must not be there yet.
    pub fn bind_flag(self, name: &'static str, read: impl Fn() -> bool + 'static) -> Self {
        self.switch(name, Some(false), Box::new(read), |element, name, on| {
            let _ = element.toggle_attribute_with_force(name, on);
        })
    }

    /// Keeps an attribute at `true` or `false`, as ARIA's states are told.
    pub fn bind_state(self, name: &'static str, read: impl Fn() -> bool + 'static) -> Self {
        self.switch(name, None, Box::new(read), |element, name, on| {
            set_attr(element, name, if on { "true" } else { "false" });
        })
    }

    /// Keeps a class while `read` holds; it must not be there yet.
    pub fn bind_class(self, class: &'static str, read: impl Fn() -> bool + 'static) -> Self {
        self.switch(class, Some(false), Box::new(read), |element, class, on| {
            let _ = element.class_list().toggle_with_force(class, on);
        })
    }

    /// Keeps a property of the element, as `checked` is one, equal to what `read` gives.
    pub fn bind_property(self, name: &'static str, read: impl Fn() -> bool + 'static) -> Self {
        self.switch(name, None, Box::new(read), |element, name, on| {
            set_property(element, name, &JsValue::from_bool(on));
        })
    }

    /// Puts what `draw` gives at its end, drawn anew whenever a signal that `draw` reads has changed.
    pub fn dynamic(self, draw: impl Fn() -> El + 'static) -> Self {
        self.redrawn(Box::new(draw))
    }

    fn redrawn(self, draw: Box<dyn Fn() -> El>) -> Self {
        let (Ok(from), Ok(to)) = (Comment::new(), Comment::new()) else { return self };
        let _ = self.0.append_child(&from);
        let mut first = Some(self.0.clone());
        let end = to.clone();
        boxed_effect(Box::new(move || {
            let piece = draw();
            if let Some(parent) = first.take() {
                let _ = parent.append_child(&piece.0);
                return;
            }
            while let Some(next) = from.next_sibling().filter(|next| !next.is_same_node(Some(&to))) {
                take_out(&next);
            }
            if let Some(parent) = to.parent_node() {
                let _ = parent.insert_before(&piece.0, Some(&to));
            }
        }));
        let _ = self.0.append_child(&end);
        self
    }

    /// Keeps the element that `draw` gives, if it gives one, at its end: nothing may be put behind it.
    pub fn last(self, draw: impl Fn() -> Option<El> + 'static) -> Self {
        self.ended(Box::new(draw))
    }

    fn ended(self, draw: Box<dyn Fn() -> Option<El>>) -> Self {
        let node = self.0.clone();
        let mut shown: Option<El> = None;
        boxed_effect(Box::new(move || {
            let next = draw();
            if let Some(last) = shown.take() {
                take_out(&last.0);
            }
            if let Some(next) = &next {
                let _ = node.append_child(&next.0);
            }
            shown = next;
        }));
        self
    }

    /// Fills it with what `draw` gives, drawn anew whenever a signal that `draw` reads has changed; it must have no
    /// other content.
    pub fn fill(self, draw: impl Fn() -> El + 'static) -> Self {
        self.refilled(Box::new(draw))
    }

    fn refilled(self, draw: Box<dyn Fn() -> El>) -> Self {
        let node = self.0.clone();
        boxed_effect(Box::new(move || {
            let piece = draw();
            node.set_text_content(None);
            let _ = node.append_child(&piece.0);
        }));
        self
    }

    fn follow(self, name: &'static str, read: Box<dyn Fn() -> Words>, put: PutWords) -> Self {
        let element = self.element().clone();
        let mut last: Option<Words> = None;
        boxed_effect(Box::new(move || {
            let next = read();
            if last.as_ref() != Some(&next) {
                put(&element, name, &next);
                last = Some(next);
            }
        }));
        self
    }

    fn switch(
        self,
        name: &'static str,
        mut last: Option<bool>,
        read: Box<dyn Fn() -> bool>,
        put: PutFlag,
    ) -> Self {
        let element = self.element().clone();
        boxed_effect(Box::new(move || {
            let next = Some(read());
            if last != next {
                put(&element, name, next == Some(true));
                last = next;
            }
        }));
        self
    }
}

fn put_maybe(element: &Element, name: &str, value: Option<&str>) {
    match value {
        Some(value) => set_attr(element, name, value),
        None => {
            let _ = element.remove_attribute(name);
        }
    }
}

fn set_property(element: &Element, name: &str, value: &JsValue) {
    let _ = js_sys::Reflect::set(element.unchecked_ref(), &JsValue::from_str(name), value);
}

fn take_out(node: &Node) {
    if let Some(parent) = node.parent_node() {
        let _ = parent.remove_child(node);
    }
}
