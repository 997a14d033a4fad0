//! What is told beside the diagram: the inspector, the packet table, the states.

use std::sync::Arc;

use js_sys::Uint8Array;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::not_loaded;
use super::surface::Surfaces;
use crate::capture::FrameId;
use crate::codec::Version;
use crate::sim::{BROKERS, Sim};
use crate::ui::components::drawer::{DrawerTab, TABS, drawer as drawer_of, state_grid};
use crate::ui::components::inspector::{Deeds, Inspected, inspector as inspector_of};
use crate::ui::components::log::log as log_list;
use crate::ui::components::packet_table::{Order, packet_table};
use crate::ui::components::segmented::segmented;
use crate::ui::components::stats::statistics;
use crate::ui::dom::{El, Memo, el, nothing};
use crate::ui::load::{Panel, arguments, call};
use crate::ui::state::{Scene, Stage, remember, remembered};
use crate::view::inspector::PacketView;
use crate::view::log;
use crate::view::state::{EndState, broker_state, client_state};
use crate::view::stats::Stats;
use crate::view::table::{Column, extent, order, row};
use crate::view::verbose;

/// Which of the drawer's tabs is chosen and whether it is collapsed, as they were left; the surfaces keep the latter.
pub fn kept_tab() -> (RwSignal<DrawerTab>, RwSignal<bool>) {
    let tab = RwSignal::new(TABS[remembered(0) % TABS.len()]);
    let collapsed = RwSignal::new(remembered(1) == 1);
    remember(0, move || tab.get() as usize);
    (tab, collapsed)
}

/// The drawer under the diagram; what is in it once `around` holds.
pub fn drawer(
    stage: Stage,
    tab: RwSignal<DrawerTab>,
    collapsed: RwSignal<bool>,
    around: RwSignal<bool>,
) -> El {
    let held = Memo::new(move |_| stage.with(|sim| extent(sim.capture(), sim.cursor())));
    let count = Signal::derive(move || held.get().0);
    let verbose = RwSignal::new(false);
    let panel = move |tab| match tab {
        DrawerTab::Packets => table(stage, held),
        DrawerTab::State => state_grid(Memo::new(move |_| states(stage)).into()),
        DrawerTab::Log => log_of(stage, verbose),
        DrawerTab::Statistics => statistics_of(stage),
    };
    let tools = move |tab| if tab == DrawerTab::Log { wording(verbose) } else { nothing() };
    let hidden = Memo::new(move |_| collapsed.get() || !around.get());
    drawer_of(tab, collapsed, hidden, count, Box::new(panel), Box::new(tools))
}

/// In whose words the log is.
fn wording(verbose: RwSignal<bool>) -> El {
    let option = |value, name: &str| (value, Signal::stored(name.to_owned()));
    let options = vec![option(false, "plain"), option(true, "mosquitto")];
    segmented("Wording of the log", options, verbose.into(), Callback::new(move |to| verbose.set(to)))
}

fn log_of(stage: Stage, verbose: RwSignal<bool>) -> El {
    nothing().dynamic(move || if verbose.get() { verbose_log(stage) } else { plain_log(stage) })
}

fn verbose_log(stage: Stage) -> El {
    let all = Memo::new(move |_| stage.with(|sim| verbose::lines(sim.capture(), sim.cursor())));
    let count = Memo::new(move |_| all.with(Vec::len));
    let lines = Callback::new(move |(from, to): (usize, usize)| {
        all.with(|all| all.get(from..to.min(all.len())).unwrap_or_default().to_vec())
    });
    log_list("log log--verbose", count, lines, Callback::new(move |id| stage.selection.choose(Some(id))))
}

fn plain_log(stage: Stage) -> El {
    let count = Memo::new(move |_| stage.with(|sim| log::extent(sim.capture(), sim.cursor())));
    let lines = Callback::new(move |(from, to): (usize, usize)| {
        stage.with(|sim| log::lines(sim.capture(), log::extent(sim.capture(), sim.cursor()), from, to))
    });
    log_list("log", count, lines, Callback::new(move |id| stage.selection.choose(Some(id))))
}

/// Made anew each time its tab is chosen: what is counted is then always a beginning of what there is.
fn statistics_of(stage: Stage) -> El {
    let stats = StoredValue::new(Stats::default());
    let follow = move || {
        stage.with(|sim| {
            stats.try_update_value(|stats| stats.follow(sim.capture(), sim.cursor()));
        });
    };
    statistics(stats, Box::new(follow))
}

fn table(stage: Stage, held: Memo<(usize, u32)>) -> El {
    let sort = RwSignal::new((0, false));
    let sorted = Memo::new(move |_| {
        let (column, descending) = sort.get();
        let column = Column::ALL.get(column).copied().unwrap_or(Column::Number);
        let usual = column == Column::Number && !descending;
        (!usual).then(|| stage.with(|sim| Arc::new(order(sim.capture(), sim.cursor(), column, descending))))
    });
    let rows = Callback::new(move |(from, to): (usize, usize)| {
        let sorted = sorted.get();
        stage.with(|sim| {
            let (capture, step) = (sim.capture(), sim.cursor());
            match sorted {
                Some(sorted) => {
                    let ids = sorted.iter().take(to).skip(from);
                    ids.filter_map(|id| Some(row(capture, capture.frame(*id)?, step))).collect()
                }
                None => capture.frames().take(to).skip(from).map(|frame| row(capture, frame, step)).collect(),
            }
        })
    });
    let count = Signal::derive(move || held.get().0);
    let order = Order { first: Signal::derive(move || held.get().1), sorted: sorted.into() };
    packet_table(count, rows, sort, order, stage.selection, stage.told_of.into())
}

fn states(stage: Stage) -> Vec<EndState> {
    stage.with(|sim| {
        let name = |end| sim.capture().end(end).map_or_else(String::new, |end| end.name.to_string());
        let broker = |(number, (end, broker))| {
            let stopped = if sim.is_stopped(BROKERS + number) { ", stopped" } else { "" };
            broker_state(&[&name(end), stopped].concat(), broker)
        };
        let brokers = sim.brokers().enumerate().map(broker);
        let clients = (0..sim.client_count())
            .map(|index| client_state(&name(sim.end_of_client(index)), sim.client(index)));
        brokers.chain(clients).collect()
    })
}

/// The chosen packet in full, or where to begin.
pub fn inspector(stage: Stage, surfaces: Surfaces) -> El {
    let (source, selection) = (stage.source(), stage.selection);
    let packet = Memo::new(move |_| {
        let id = stage.told_of.get()?;
        stage.with(|_| ());
        let look =
            |scene: Scene<'_>| PacketView::of_frame(scene.capture, scene.plan.exchange(), id, scene.step);
        untrack(|| source.with(look)).flatten().map(Arc::new)
    });
    let scope = Signal::derive(move || {
        stage.told_of.get().map_or_else(String::new, |id| ["frame-", &id.to_string()].concat())
    });
    let on_packet = Callback::new(move |id| selection.choose(Some(id)));
    let on_step = Callback::new(move |by| selection.walk(source, by));
    let on_close = Callback::new(move |()| {
        surfaces.inspector.set(false);
        selection.choose(None);
    });
    let deeds = Deeds {
        copy: Callback::new(move |packet: Inspected| {
            let taken = arguments([
                Uint8Array::from(&*packet.bytes).into(),
                version_of(packet.dissection.version),
                packet.number.into(),
                (&*packet.sentence).into(),
            ]);
            call("copyPacket", taken, |_| (), move || not_loaded(stage));
        }),
        edit: Some(Callback::new(move |(packet, editing)| edit_bytes(stage, packet, editing))),
        compare: Some((Callback::new(move |()| selection.compare()), selection.compare_words())),
    };
    selection.follow_compared(source, move |both| {
        let taken = both.into_iter().flat_map(|(bytes, version, title)| {
            [Uint8Array::from(&*bytes).into(), version_of(version), title.into()]
        });
        call("comparePackets", taken.collect(), |_| (), move || not_loaded(stage));
    });
    let any = Memo::new(move |_| packet.with(Option::is_some));
    let grip_name = move || if surfaces.tall.get() { "Lower the inspector" } else { "Raise the inspector" };
    let grip = el("button", "grip")
        .attr("type", "button")
        .bind("aria-label", grip_name)
        .bind_state("aria-expanded", move || surfaces.tall.get())
        .click(move || surfaces.tall.update(|tall| *tall = !*tall));
    nothing().child(grip).dynamic(move || {
        if any.get() {
            inspector_of(packet.into(), selection.choice, scope, on_packet, on_step, Some(on_close), deeds)
        } else {
            begin(stage)
        }
    })
}

/// A version as the second module is told it.
fn version_of(version: Version) -> JsValue {
    (Version::ALL.iter().position(|it| *it == version).unwrap_or(0) as u32).into()
}

/// Where the chosen packet's bytes are edited, by the second module.
fn edit_bytes(stage: Stage, packet: Inspected, editing: RwSignal<bool>) -> El {
    let panel = StoredValue::new_local(None::<Panel>);
    let selection = stage.selection;
    let send = Closure::<dyn Fn(JsValue) -> JsValue>::new(move |bytes: JsValue| {
        let Ok(bytes) = bytes.dyn_into::<Uint8Array>() else {
            editing.try_set(false);
            return JsValue::UNDEFINED;
        };
        let id = selection.frame.get_untracked();
        match id.map(|id| stage.send_instead(id, bytes.to_vec().into())) {
            Some(Err(error)) => ["It cannot be sent: ", &error.to_string(), "."].concat().into(),
            _ => {
                editing.try_set(false);
                JsValue::UNDEFINED
            }
        }
    });
    let look = |id| stage.with(|sim| sender(sim, id));
    let (who, instead) = untrack(|| selection.frame.get().and_then(look)).unwrap_or_default();
    let loading = el("p", "drawer__empty").attr("role", "status").text("Loading…");
    let host = el("div", "edit-host").child(loading);
    let taken = arguments([
        host.element().clone().into(),
        Uint8Array::from(&*packet.bytes).into(),
        version_of(packet.dissection.version),
        who.into(),
        instead.into(),
        send.into_js_value(),
    ]);
    let done = move |it: JsValue| {
        let it: Panel = it.unchecked_into();
        // Another packet may have been chosen meanwhile.
        if let Some(Some(late)) = panel.try_set_value(Some(it)) {
            late.close();
        }
    };
    on_cleanup(move || {
        if let Some(it) = panel.try_update_value(Option::take).flatten() {
            it.close();
        }
    });
    call("editBytes", taken, done, move || {
        editing.try_set(false);
        not_loaded(stage);
    });
    host
}

/// The client whose connection a packet is on, and whether it is the one that sent it.
fn sender(sim: &Sim, id: FrameId) -> Option<(String, bool)> {
    let frame = sim.capture().frame(id)?;
    let sends = sim.client_of_end(frame.from).is_some();
    let end = sim.capture().end(if sends { frame.from } else { frame.to })?;
    Some((end.name.to_string(), sends))
}

fn begin(stage: Stage) -> El {
    let text = move || stage.with_record(|sim| sim.scenario().text.clone());
    let invite = move || {
        if stage.with(Sim::cursor) > 0 {
            "Choose a packet in the diagram: it is explained here, byte by byte."
        } else {
            "Step forward, one event at a time, with the button below or the right arrow key. Each packet is \
             explained here, byte by byte."
        }
    };
    let begin = el("div", "begin")
        .child(el("p", "begin__text").bind_text(text))
        .child(el("p", "empty-state").bind_text(invite));
    el("section", "inspector inspector--empty").attr("aria-label", "Inspector").child(begin)
}
