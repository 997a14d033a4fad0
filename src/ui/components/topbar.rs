//! The top bar: name, navigation, theme.

use leptos::prelude::*;

use super::icon::icon;
use crate::ui::dom::{El, el};
use crate::ui::route::{ROUTES, Route};
use crate::ui::theme::Theme;

/// The top bar of every page; `route` is the page that shows, `help` lists the Playground's keys.
pub fn topbar(route: ReadSignal<Route>, help: impl Fn() + 'static) -> El {
    let links = ROUTES.into_iter().map(|page| {
        el("a", "")
            .attr("href", page.href())
            .bind_maybe("aria-current", move || (route.get() == page).then_some("page"))
            .text(page.label())
    });
    let logo = el("svg", "").attrs(&[("viewBox", "0 0 20 20"), ("aria-hidden", "true")]);
    let wordmark = el("a", "topbar__wordmark")
        .attrs(&[("href", Route::Playground.href()), ("aria-label", "MQTT Playground")])
        .child(logo.child(el("use", "").attr("href", "#i-logo")))
        .child(el("span", "topbar__name").text("MQTT Playground"));
    let theme = el("button", "icon-button theme-toggle")
        .attrs(&[("type", "button"), ("aria-label", "Switch theme"), ("title", "Switch theme")])
        .click(Theme::toggle)
        .child(icon("i-sun", "icon icon--sun"))
        .child(icon("i-moon", "icon icon--moon"));
    let help = el("button", "icon-button not-phone")
        .attrs(&[
            ("type", "button"),
            ("aria-label", "Keyboard shortcuts (?)"),
            ("title", "Keyboard shortcuts (?)"),
            ("aria-haspopup", "dialog"),
        ])
        .bind_flag("hidden", move || route.get() != Route::Playground)
        .click(help)
        .child(icon("i-keyboard", "icon"));
    el("header", "topbar")
        .child(wordmark)
        .child(el("nav", "topbar__nav").attr("aria-label", "Main").all(links))
        .child(el("div", "topbar__actions").child(theme).child(help))
}
