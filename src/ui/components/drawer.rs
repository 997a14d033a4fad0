//! The drawer under the diagram: the packet table and the state of all ends.

use leptos::prelude::*;

use super::icon::Icon;
use crate::view::state::EndState;

/// A tab of the drawer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawerTab {
    /// The packet table.
    Packets,
    /// What each end holds.
    State,
}

const TABS: [DrawerTab; 2] = [DrawerTab::Packets, DrawerTab::State];

impl DrawerTab {
    const fn id(self) -> &'static str {
        match self {
            Self::Packets => "tab-packets",
            Self::State => "tab-state",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Packets => "Packets",
            Self::State => "State",
        }
    }
}

/// The drawer; `packets` and `state` are drawn while they show.
#[component]
pub fn Drawer(
    /// The tab that shows.
    tab: RwSignal<DrawerTab>,
    /// Only the tabs show.
    collapsed: RwSignal<bool>,
    /// How many packets there are.
    count: Signal<usize>,
    /// The packet table.
    packets: ViewFn,
    /// The states.
    state: ViewFn,
) -> impl IntoView {
    let tabs = TABS.into_iter().map(|this| {
        let selected = move || tab.get() == this;
        let choose = move |_| {
            tab.set(this);
            collapsed.set(false);
        };
        view! {
            <button
                class="tabs__tab"
                type="button"
                role="tab"
                id=this.id()
                aria-controls="drawer-panel"
                aria-selected=move || selected().to_string()
                tabindex=move || if selected() { "0" } else { "-1" }
                on:click=choose
            >
                {this.label()}
                {(this == DrawerTab::Packets).then(|| view! { <span class="tabs__count">{move || count.get()}</span> })}
            </button>
        }
    });
    let turn = move |event: web_sys::KeyboardEvent| {
        if !matches!(event.key().as_str(), "ArrowLeft" | "ArrowRight") {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        let next =
            if tab.get_untracked() == DrawerTab::Packets { DrawerTab::State } else { DrawerTab::Packets };
        tab.set(next);
        focus(next.id());
    };
    let fold = move || if collapsed.get() { "Show details" } else { "Hide details" };
    view! {
        <section class="drawer" class:is-collapsed=move || collapsed.get() aria-label="Details">
            <div class="drawer__head">
                <div class="tabs" role="tablist" aria-label="Details" on:keydown=turn>{tabs.collect_view()}</div>
                <span class="grow"></span>
                <button
                    class="icon-button icon-button--sm"
                    type="button"
                    aria-label=fold
                    title=fold
                    aria-expanded=move || (!collapsed.get()).to_string()
                    on:click=move |_| collapsed.update(|collapsed| *collapsed = !*collapsed)
                >
                    {move || {
                        let name = if collapsed.get() { "i-up" } else { "i-down" };
                        view! { <Icon name class="icon icon--sm"/> }
                    }}
                </button>
            </div>
            {move || {
                (!collapsed.get()).then(|| {
                    let panel = match tab.get() {
                        DrawerTab::Packets => packets.run(),
                        DrawerTab::State => state.run(),
                    };
                    view! {
                        <div class="drawer__body" id="drawer-panel" role="tabpanel" aria-labelledby=tab.get().id()>
                            {panel}
                        </div>
                    }
                })
            }}
        </section>
    }
}

fn focus(id: &str) {
    use wasm_bindgen::JsCast;
    let tab = document().get_element_by_id(id);
    if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = tab.focus();
    }
}

/// What each end holds at the moment, end by end.
#[component]
pub fn StateGrid(
    /// The broker first, then the clients.
    ends: Signal<Vec<EndState>>,
) -> impl IntoView {
    let end = |end: &EndState| {
        let sections = end.sections.iter().map(|section| {
            let lines = section.lines.iter().map(|line| {
                view! { <li><b>{line.subject.clone()}</b> " " {line.text.clone()}</li> }
            });
            let empty = section.lines.is_empty().then(|| view! { <li class="dim">{section.empty}</li> });
            view! {
                <section>
                    <h4>{section.title}</h4>
                    <ul class="state-list">{lines.collect_view()}{empty}</ul>
                </section>
            }
        });
        view! {
            <section class="end-state" data-testid=format!("state-{}", end.name)>
                <h3>{end.name.clone()}</h3>
                <div class="end-state__parts">{sections.collect_view()}</div>
            </section>
        }
    };
    view! {
        <section class="end-states drawer__panel" tabindex="0" aria-label="What each end holds">
            {move || ends.with(|ends| ends.iter().map(end).collect_view())}
        </section>
    }
}
