//! Light or dark: the system's choice until someone chooses.

use leptos::prelude::*;

const KEY: &str = "mqtt-playground.theme";

/// The scheme in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on light ground.
    Light,
    /// Light ink on dark ground.
    Dark,
}

impl Theme {
    fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }

    /// What the start script put on the root (the address or the last choice), else the system's.
    fn current() -> Self {
        let root = document().document_element().and_then(|root| root.get_attribute("data-theme"));
        match root.as_deref() {
            Some("dark") => Self::Dark,
            Some(_) => Self::Light,
            None if super::media::matches("(prefers-color-scheme: dark)") => Self::Dark,
            None => Self::Light,
        }
    }

    /// Switches to the other one and remembers it, as far as the browser keeps anything.
    pub fn toggle() {
        let chosen = Self::current().other();
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", chosen.name());
        }
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item(KEY, chosen.name());
        }
    }
}
