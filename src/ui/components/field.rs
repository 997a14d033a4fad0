//! A labelled text field with its error beneath.

use leptos::prelude::*;

use crate::ui::dom::{El, el, nothing};

/// How a field takes its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Take {
    /// `type` of the input.
    pub kind: Option<&'static str>,
    /// `inputmode` of the input.
    pub mode: Option<&'static str>,
    /// Shown while it is empty.
    pub placeholder: Option<&'static str>,
    /// Classes of the input.
    pub class: Option<&'static str>,
    /// Classes of the whole field.
    pub field_class: Option<&'static str>,
}

/// A text field; `error` is told beneath it, and nothing that was typed is lost. It rests while `disabled` holds.
pub fn text_field(
    label: &'static str,
    value: RwSignal<String>,
    error: Signal<Option<String>>,
    disabled: Signal<bool>,
    take: Take,
) -> El {
    let class = ["input ", take.class.unwrap_or("input--mono")].concat();
    let field = ["field ", take.field_class.unwrap_or_default()].concat();
    let input = el("input", &class)
        .attr("type", take.kind.unwrap_or("text"))
        .maybe("inputmode", take.mode)
        .maybe("placeholder", take.placeholder)
        .attrs(&[("autocomplete", "off"), ("autocapitalize", "off"), ("spellcheck", "false")])
        .bind_maybe("aria-invalid", move || error.with(Option::is_some).then_some("true"))
        .bind_flag("disabled", move || disabled.get());
    el("label", &field)
        .child(el("span", "field__label").text(label))
        .child(holding(input, value))
        .dynamic(move || error.get().map_or_else(nothing, |error| field_error("span").text(&error)))
}

/// A text input or area that holds `value`.
pub fn holding(input: El, value: RwSignal<String>) -> El {
    input
        .bind_value(move || value.get())
        .on("input", move |event: web_sys::Event| value.set(event_target_value(&event)))
}

/// A checkbox that holds `value`.
pub fn checkbox(value: RwSignal<bool>) -> El {
    el("input", "")
        .attr("type", "checkbox")
        .bind_property("checked", move || value.get())
        .on("change", move |event: web_sys::Event| value.set(event_target_checked(&event)))
}

/// A place, of this element, for what is wrong.
pub fn field_error(name: &str) -> El {
    el(name, "field__error").attr("role", "alert")
}
