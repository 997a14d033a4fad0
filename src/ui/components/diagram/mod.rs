//! The sequence diagram: lifelines, and between them only the rows in sight.

mod row;
mod scroll;

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use self::row::Row;
use self::scroll::Viewport;
use super::bytes::{delegated, link_field, target_element, unlink_field};
use crate::capture::{EndRole, FrameId};
use crate::dissect::dissect;
use crate::ui::media;
use crate::ui::state::{Selection, Source};
use crate::view::bytes::{ByteMap, Choice, cell_name};
use crate::view::diagram::Metrics;

/// Heights of rows, as in style/sequence.css.
const DESKTOP: Metrics = Metrics { packet: 34, marker: 22, idle: 18 };
/// The same on phones, as in style/page-mobile.css.
const PHONE: Metrics = Metrics { packet: 37, marker: 22, idle: 18 };

/// A key of the list of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Item {
    Row(usize),
    Now,
}

/// The diagram of a source. `children` stand at the left of its toolbar.
#[component]
pub fn Diagram(
    source: Source,
    selection: Selection,
    /// What stands at the end of the toolbar.
    #[prop(optional, into)]
    tools: ViewFn,
    children: Children,
) -> impl IntoView {
    let bytes = RwSignal::new(true);
    let phone = media::follow(media::PHONE);
    let metrics = Memo::new(move |_| if phone.get() { PHONE } else { DESKTOP });
    let scroller = NodeRef::<Div>::new();
    let view = Viewport::new(scroller, source, selection, metrics);
    let gaps = Memo::new(move |_| {
        source.with(|scene| scene.capture.ends().len().saturating_sub(1)).unwrap_or(1).max(1)
    });
    let readout = RwSignal::new(None::<String>);
    view! {
        <section
            class="sequence" class:sequence--names=move || !bytes.get()
            aria-label="Sequence diagram" style:--gaps=move || gaps.get().to_string()
        >
            <div class="sequence__toolbar">
                {children()}
                <span class="grow"></span>
                {legend(readout)}
                {detail_switch(bytes)}
                {tools.run()}
            </div>
            <div class="sequence__scroll" node_ref=scroller on:scroll=move |_| view.update()>
                {heads(source)}
                <ol
                    class="sequence__rows" aria-label="Packets in time order"
                    style:padding-top=move || format!("{}px", view.above() + 4)
                    style:padding-bottom=move || format!("{}px", view.below() + 2)
                    on:click=move |event| clicked(&event, source, selection)
                    on:keydown=move |event| key(&event, source, selection, view)
                    on:pointerover=move |event| {
                        link_field(&event);
                        readout.set(read_out(&event, source));
                    }
                    on:pointerleave=move |event| {
                        unlink_field(&event);
                        readout.set(None);
                    }
                >
                    <For each=move || items(source, view) key=|item| *item let:item>
                        {match item {
                            Item::Now => now_line(source),
                            Item::Row(index) => view! { <Row index source selection view bytes/> }.into_any(),
                        }}
                    </For>
                </ol>
            </div>
        </section>
    }
}

fn items(source: Source, view: Viewport) -> Vec<Item> {
    let rows = view.rows();
    let past = source.with(|scene| scene.plan.past(scene.step)).unwrap_or(0);
    let mut items: Vec<Item> = rows.clone().map(Item::Row).collect();
    if past >= rows.start && past <= rows.end {
        items.insert(past - rows.start, Item::Now);
    }
    items
}

fn now_line(source: Source) -> AnyView {
    view! {
        <li class="seq-row seq-row--now" aria-hidden="true">
            <div class="now-line"><span>{move || source.now.get().to_string()}</span></div>
        </li>
    }
    .into_any()
}

/// What the colours mean; over a byte, what the byte is.
fn legend(readout: RwSignal<Option<String>>) -> AnyView {
    const GROUPS: [(&str, &str); 4] =
        [("is-fh", "Fixed header"), ("is-rl", "Length"), ("is-vh", "Variable header"), ("is-pl", "Payload")];
    let groups = GROUPS.map(|(class, name)| {
        view! { <li class=class><span class="byte-legend__swatch"></span>{name}</li> }
    });
    view! {
        <ul class="byte-legend" aria-label="Byte groups" hidden=move || readout.with(Option::is_some)>
            {groups.into_iter().collect_view()}
        </ul>
        <span class="byte-readout" aria-hidden="true">{move || readout.get()}</span>
    }
    .into_any()
}

fn detail_switch(bytes: RwSignal<bool>) -> AnyView {
    let choice = |name: &'static str, on: bool| {
        view! {
            <button
                type="button" aria-pressed=move || (bytes.get() == on).to_string()
                on:click=move |_| bytes.set(on)
            >
                {name}
            </button>
        }
    };
    view! {
        <span class="segmented sequence__detail" role="group" aria-label="Detail">
            {choice("Names", false)} {choice("Bytes", true)}
        </span>
    }
    .into_any()
}

/// The lifelines' heads with what is known of their connections.
fn heads(source: Source) -> AnyView {
    let ends = Memo::new(move |_| {
        source
            .with(|scene| {
                let offline = scene.plan.offline(scene.step);
                let ends = scene.capture.ends().iter().enumerate();
                ends.map(|(at, end)| (end.clone(), offline.get(at).copied().unwrap_or(false)))
                    .collect::<Vec<_>>()
            })
            .unwrap_or_default()
    });
    let heads = move || {
        let ends = ends.get();
        let last = ends.len().saturating_sub(1);
        let heads = ends.into_iter().enumerate().map(|(at, (end, offline))| {
            let client = (end.role == EndRole::Client).then(|| {
                let (dot, words) = if offline {
                    ("status-dot status-dot--off", "not connected")
                } else {
                    ("status-dot", "connected")
                };
                view! { <span class=dot role="img" aria-label=words title=words></span> }
            });
            let role = client.is_some().then(|| view! { <small>"client"</small> });
            let class = if at == last { "lifeline-head lifeline-head--last" } else { "lifeline-head" };
            view! {
                <span class=class style:grid-column=(at + 3).to_string()>
                    {client} <span>{end.name.to_string()}</span> {role}
                </span>
            }
        });
        heads.collect_view()
    };
    view! {
        <div class="sequence__head">
            <span class="sequence__time-unit">"time, s"</span>
            {heads}
        </div>
    }
    .into_any()
}

fn clicked(event: &web_sys::MouseEvent, source: Source, selection: Selection) {
    let inside =
        |selector| target_element(event).and_then(|it| it.closest(selector).ok().flatten()).is_some();
    if inside(".seq-expand") {
        if let (Some(offset), Some(frame)) = (delegated(event, "data-o"), selection.frame.get_untracked()) {
            selection.choice.set(choice_at(source, frame, offset));
        }
    } else if inside(".arrow")
        && let Some(frame) = delegated(event, "data-frame")
    {
        selection.toggle(frame as FrameId);
    }
}

fn choice_at(source: Source, frame: FrameId, offset: usize) -> Option<Choice> {
    let look = || {
        source.with(|scene| {
            let frame = scene.capture.frame(frame)?;
            let map = ByteMap::new(&dissect(&frame.bytes, frame.version));
            map.run_at(offset).map(|run| Choice { offset, node: run.node })
        })
    };
    untrack(look).flatten()
}

/// What the byte under the pointer is.
fn read_out(event: &web_sys::Event, source: Source) -> Option<String> {
    let offset = delegated(event, "data-o")?;
    let frame = delegated(event, "data-frame")? as FrameId;
    let look = || {
        source.with(|scene| {
            let frame = scene.capture.frame(frame)?;
            let dissection = dissect(&frame.bytes, frame.version);
            let cell = ByteMap::new(&dissection).cell(&frame.bytes, offset)?;
            Some(cell_name(&cell, &dissection))
        })
    };
    untrack(look).flatten()
}

/// Up and down walk through the packets: the list is one tab stop.
fn key(event: &KeyboardEvent, source: Source, selection: Selection, view: Viewport) {
    let by = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    if event.alt_key() || event.ctrl_key() || event.meta_key() || event.shift_key() {
        return;
    }
    event.prevent_default();
    selection.walk(source, by);
    view.focus_selected();
}
