//! A labelled text field with its error beneath.

use leptos::prelude::*;

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

/// A text field; `error` is told beneath it, and nothing that was typed is lost.
#[component]
pub fn TextField(
    /// What it holds.
    label: &'static str,
    /// Its text.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether it can be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// How it takes its text.
    #[prop(optional)]
    take: Take,
) -> impl IntoView {
    let class = ["input ", take.class.unwrap_or("input--mono")].concat();
    let field = ["field ", take.field_class.unwrap_or_default()].concat();
    view! {
        <label class=field>
            <span class="field__label">{label}</span>
            <input
                class=class
                type=take.kind.unwrap_or("text")
                inputmode=take.mode
                placeholder=take.placeholder
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-invalid=move || error.get().is_some().then_some("true")
                disabled=disabled
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            {move || error.get().map(|text| view! { <span class="field__error" role="alert">{text}</span> })}
        </label>
    }
}
