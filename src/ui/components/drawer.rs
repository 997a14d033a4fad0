//! The drawer under the diagram: the packet table, the state of all ends, the log, statistics.

use leptos::prelude::*;

use super::bytes::target_element;
use super::icon::icon;
use crate::ui::dom::{El, Memo, el, many, nothing};
use crate::view::state::{EndState, StateSection};

/// A tab of the drawer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawerTab {
    /// The packet table.
    Packets,
    /// What each end holds.
    State,
    /// What the ends decided.
    Log,
    /// Packets and bytes counted.
    Statistics,
}

/// The tabs in their order.
pub const TABS: [DrawerTab; 4] =
    [DrawerTab::Packets, DrawerTab::State, DrawerTab::Log, DrawerTab::Statistics];

impl DrawerTab {
    const fn id(self) -> &'static str {
        match self {
            Self::Packets => "tab-packets",
            Self::State => "tab-state",
            Self::Log => "tab-log",
            Self::Statistics => "tab-statistics",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Packets => "Packets",
            Self::State => "State",
            Self::Log => "Log",
            Self::Statistics => "Statistics",
        }
    }
}

/// The drawer; `panel` draws what a tab holds while it shows. While it is `collapsed` only the tabs show; `count` is how
/// many packets there are; `tools` stand beside the tabs. While `hidden` holds, nothing is drawn but the tabs.
pub fn drawer(
    tab: RwSignal<DrawerTab>,
    collapsed: RwSignal<bool>,
    hidden: Memo<bool>,
    count: Signal<usize>,
    panel: Box<dyn Fn(DrawerTab) -> El>,
    tools: Box<dyn Fn(DrawerTab) -> El>,
) -> El {
    let fold = move || if collapsed.get() { "Show details" } else { "Hide details" };
    let folder = el("button", "icon-button icon-button--sm")
        .attr("type", "button")
        .bind("aria-label", fold)
        .bind("title", fold)
        .bind_state("aria-expanded", move || !collapsed.get())
        .click(move || collapsed.update(|collapsed| *collapsed = !*collapsed))
        .fill(move || icon(if collapsed.get() { "i-up" } else { "i-down" }, "icon icon--sm"));
    let tools = move || if hidden.get() { nothing() } else { tools(tab.get()) };
    let head = el("div", "drawer__head")
        .child(tabs(tab, collapsed, hidden, count))
        .child(el("span", "grow"))
        .dynamic(tools)
        .child(folder);
    let body = move || {
        if hidden.get() {
            return nothing();
        }
        let tab = tab.get();
        el("div", "drawer__body")
            .attrs(&[("id", "drawer-panel"), ("role", "tabpanel"), ("aria-labelledby", tab.id())])
            .child(untrack(|| panel(tab)))
    };
    el("section", "drawer")
        .bind_class("is-collapsed", move || collapsed.get())
        .attr("aria-label", "Details")
        .on("dblclick", move |event: web_sys::Event| {
            let on_edge =
                |it: web_sys::Element| it.closest(".drawer__head, .separator").ok().flatten().is_some();
            let on_control = |it: web_sys::Element| it.closest("button, input").ok().flatten().is_some();
            let target = target_element(&event);
            if target.clone().is_some_and(on_edge) && !target.is_some_and(on_control) {
                collapsed.update(|collapsed| *collapsed = !*collapsed);
            }
        })
        .child(head)
        .dynamic(body)
}

fn tabs(tab: RwSignal<DrawerTab>, collapsed: RwSignal<bool>, hidden: Memo<bool>, count: Signal<usize>) -> El {
    let tabs = TABS.into_iter().map(|this| {
        let selected = move || tab.get() == this;
        let choose = move || {
            tab.set(this);
            collapsed.set(false);
        };
        let number = (this == DrawerTab::Packets)
            .then(|| el("span", "tabs__count").bind_text(move || count.get().to_string()));
        el("button", "tabs__tab")
            .attrs(&[("type", "button"), ("role", "tab"), ("id", this.id())])
            .bind_maybe("aria-controls", move || (!hidden.get()).then_some("drawer-panel"))
            .bind_state("aria-selected", selected)
            .bind("tabindex", move || if selected() { "0" } else { "-1" })
            .click(choose)
            .text(this.label())
            .with(number)
    });
    let turn = move |event: web_sys::KeyboardEvent| {
        let at = TABS.iter().position(|it| *it == tab.get_untracked()).unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowRight" => TABS[(at + 1) % TABS.len()],
            "ArrowLeft" => TABS[(at + TABS.len() - 1) % TABS.len()],
            "Home" => TABS[0],
            "End" => TABS[TABS.len() - 1],
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        tab.set(next);
        focus(next.id());
    };
    el("div", "tabs").attrs(&[("role", "tablist"), ("aria-label", "Details")]).on("keydown", turn).all(tabs)
}

fn focus(id: &str) {
    use wasm_bindgen::JsCast;
    let tab = document().get_element_by_id(id);
    if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = tab.focus();
    }
}

/// What each end holds at the moment, end by end: the broker first, then the clients.
pub fn state_grid(ends: Signal<Vec<EndState>>) -> El {
    el("section", "end-states drawer__panel")
        .attrs(&[("tabindex", "0"), ("aria-label", "What each end holds")])
        .fill(move || ends.with(|ends| many(ends.iter().map(end_state))))
}

fn end_state(end: &EndState) -> El {
    el("section", "end-state")
        .attr("data-testid", &["state-", &end.name].concat())
        .child(el("h3", "").text(&end.name))
        .child(el("div", "end-state__parts").all(end.sections.iter().map(section)))
}

fn section(section: &StateSection) -> El {
    let lines = section
        .lines
        .iter()
        .map(|line| el("li", "").child(el("b", "").text(&line.subject)).text(" ").text(&line.text));
    let empty = section.lines.is_empty().then(|| el("li", "dim").text(section.empty));
    el("section", "")
        .child(el("h4", "").text(section.title))
        .child(el("ul", "state-list").all(lines).with(empty))
}
