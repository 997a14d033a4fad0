//! The Playground: simulated clients and broker, stepped event by event.

mod keys;

use std::sync::Arc;

use leptos::prelude::*;

use crate::sim::scenarios;
use crate::ui::components::diagram::Diagram;
use crate::ui::components::inspector::Inspector;
use crate::ui::components::live::Live;
use crate::ui::components::transport::Transport;
use crate::ui::state::Stage;
use crate::view::inspector::PacketView;

/// The page.
#[component]
pub fn Playground(stage: Stage) -> impl IntoView {
    let source = stage.source();
    let selection = stage.selection;
    let help = Callback::new(move |()| {});
    let close = Callback::new(move |()| false);
    let cut = Callback::new(move |()| {});
    keys::listen(stage, help, close, cut);
    view! {
        <main class="workbench" id="main" tabindex="-1">
            <h1 class="sr-only">"Playground"</h1>
            <div class="workbench__centre">
                <Diagram source selection>{scenario_menu(stage)}</Diagram>
            </div>
            <aside class="workbench__right" aria-label="Inspector">{inspector(stage)}</aside>
        </main>
        <Transport stage/>
        <Live line=stage.told/>
    }
}

fn scenario_menu(stage: Stage) -> AnyView {
    let options = scenarios().into_iter().enumerate().map(|(index, scenario)| {
        let chosen = move || stage.scenario.get() == index;
        view! { <option value=index.to_string() prop:selected=chosen title=scenario.text>{scenario.title}</option> }
    });
    let choose = move |event| {
        if let Ok(index) = event_target_value(&event).parse() {
            stage.load(index);
        }
    };
    view! {
        <select class="select scenario" aria-label="Scenario" on:change=choose>{options.collect_view()}</select>
    }
    .into_any()
}

/// The chosen packet in full, or where to begin.
fn inspector(stage: Stage) -> AnyView {
    let (source, selection) = (stage.source(), stage.selection);
    let packet = Memo::new(move |_| {
        let id = selection.frame.get()?;
        let look =
            source.with(|scene| PacketView::of_frame(scene.capture, scene.plan.exchange(), id, scene.step));
        look.flatten().map(Arc::new)
    });
    let scope =
        Signal::derive(move || selection.frame.get().map_or_else(String::new, |id| format!("frame-{id}")));
    let on_packet = Callback::new(move |id| selection.choose(Some(id)));
    let on_step = Callback::new(move |by| selection.walk(source, by));
    let on_close = Callback::new(move |()| selection.choose(None));
    let any = Memo::new(move |_| packet.with(Option::is_some));
    view! {
        {move || if any.get() {
            view! { <Inspector packet choice=selection.choice scope on_packet on_step on_close/> }.into_any()
        } else {
            begin(stage)
        }}
    }
    .into_any()
}

fn begin(stage: Stage) -> AnyView {
    let text = move || stage.with_record(|sim| sim.scenario().text.clone());
    view! {
        <section class="inspector inspector--empty" aria-label="Inspector">
            <div class="begin">
                <p class="begin__text">{text}</p>
                <p class="empty-state">
                    "Step forward, with the button below or the key " <kbd class="key">"→"</kbd>
                    ": one event at a time. Each packet is explained here, byte by byte."
                </p>
            </div>
        </section>
    }
    .into_any()
}
