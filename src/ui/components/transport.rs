//! The transport bar: step, play, scrub, what comes next.

use leptos::prelude::*;
use web_sys::{Event, KeyboardEvent, PointerEvent};

use super::icon::{family, glyph_of, icon, packet_name};
use super::menu::{MenuItem, menu};
use crate::capture::Step;
use crate::sim::{Goal, Sim};
use crate::time::Instant;
use crate::ui::dom::{El, Memo, Slot, Words, effect, el, nothing, text};
use crate::ui::state::Stage;
use crate::view::inspector::millis;
use crate::view::transport::{NextKind, SPEEDS, Tick, gaps, next_event, speed_label, ticks};

/// The bar under the Playground; packets stand on the scrubber once `around` holds.
pub fn transport(stage: Stage, around: RwSignal<bool>) -> El {
    el("footer", "transport")
        .attr("aria-label", "Playback")
        .child(buttons(stage))
        .child(scrubber(stage, around))
        .child(next_view(stage))
}

fn button(class: &str, name: &str, title: &str) -> El {
    el("button", class).attrs(&[("type", "button"), ("aria-label", name), ("title", title)])
}

fn buttons(stage: Stage) -> El {
    let at_start = move || stage.cursor.get() == 0;
    let at_end = move || stage.with(|sim| sim.next_event().is_none());
    let play_name = move || if stage.playing.get() { "Pause (Space)" } else { "Play (Space)" };
    let play_icon = move || if stage.playing.get() { "i-pause" } else { "i-play" };
    let restart = button("icon-button transport__restart", "Restart (0)", "Restart (0)")
        .bind_flag("disabled", at_start)
        .click(move || stage.restart())
        .child(icon("i-restart", "icon"));
    let back = button("icon-button", "Step back (Left arrow)", "Step back (←)")
        .bind_flag("disabled", at_start)
        .click(move || stage.step_back())
        .child(icon("i-back", "icon"));
    let play = el("button", "transport__play")
        .attr("type", "button")
        .bind("aria-label", play_name)
        .bind("title", play_name)
        .click(move || stage.toggle_play())
        .fill(move || icon(play_icon(), "icon"));
    let step = button("icon-button transport__step", "Step forward (Right arrow)", "Step forward (→)")
        .attr("data-testid", "step-forward")
        .bind_class("is-hinted", at_start)
        .bind_flag("disabled", at_end)
        .click(move || stage.step_forward())
        .child(icon("i-fwd", "icon"))
        .child(el("span", "transport__hint").text("Step forward"));
    let clock = el("output", "transport__clock")
        .attr("aria-label", "Virtual time")
        .dynamic(move || text(&stage.now.get().to_string()))
        .child(el("small", "").text(" s"));
    el("div", "transport__group").all([restart, back, play, step, goals(stage), speed(stage), clock])
}

/// What time can go on to at once; what `n` and its letter do.
pub const GOALS: [(&str, &str, Goal, &str); 5] = [
    ("n p", "To the next packet", Goal::Packet, "i-send"),
    ("n r", "To the next answer, a round trip", Goal::RoundTrip, "i-redo"),
    ("n d", "To the next delivery", Goal::Delivery, "i-inbox"),
    ("n f", "To the next fault", Goal::Fault, "i-warn"),
    ("n t", "To the next timer", Goal::Timer, "i-restart"),
];

fn goals(stage: Stage) -> El {
    let items = GOALS.map(|(key, label, goal, symbol)| {
        let act = Callback::new(move |()| stage.run_to(goal, label));
        MenuItem { symbol, label, key, act }
    });
    menu("icon-button transport__goals", "i-down", "Run to…", "goals", items.into())
}

fn speed(stage: Stage) -> El {
    let options = SPEEDS.into_iter().map(|slowdown| {
        el("option", "")
            .attr("value", &slowdown.to_string())
            .text(&speed_label(slowdown))
            .bind_property("selected", move || stage.slowdown.get() == slowdown)
    });
    el("select", "select speed")
        .attrs(&[("aria-label", "Speed"), ("title", "Speed: virtual to real time ([ slower, ] faster)")])
        .all(options)
        .on("change", move |event: Event| {
            if let Ok(slowdown) = event_target_value(&event).parse() {
                stage.slowdown.set(slowdown);
            }
        })
}

/// What the next step is, and how far off.
fn next_view(stage: Stage) -> El {
    // At once, as the clock beside it.
    let next = Memo::new(move |_| {
        stage.cursor.track();
        stage.revision();
        stage.with(next_event)
    });
    let soon = move || match next.get() {
        Some(next) if next.at > stage.now.get() => {
            Words::Owned(["Next, in ", &millis(next.at - stage.now.get())].concat())
        }
        Some(_) => Words::Borrowed("Next, at once"),
        None => Words::Borrowed("Next"),
    };
    let what = move || match next.get().map(|next| next.what) {
        Some(NextKind::Arrival { packet_type, to }) => {
            el("b", "").child(packet_name(packet_type)).child(el("span", "").text("reaches ").text(&to))
        }
        Some(NextKind::Action { who, what }) => el("b", "")
            .child(el("span", "").text(&who).text(":"))
            .child(el("span", "next-event__what").attr("title", &what).text(&what)),
        None => el("b", "").text("nothing is left to happen"),
    };
    el("div", "next-event").child(el("span", "num").bind_text(soon)).dynamic(what)
}

/// A part of the whole as a percentage with two decimals.
fn percent(part: u64, whole: u64) -> String {
    let hundredths = (part * 10_000 / whole.max(1)).min(10_000);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    let dot = if rest < 10 { ".0" } else { "." };
    [&*whole.to_string(), dot, &rest.to_string(), "%"].concat()
}

/// Steps as a slider, with the packets on it.
fn scrubber(stage: Stage, around: RwSignal<bool>) -> El {
    let bar = Slot::new(None);
    let last = Memo::new(move |_| stage.with_record(|sim| sim.recorded()));
    let place = move |millis: u64| percent(millis, u64::from(last.get()) * 1_000);
    let head = Memo::new(move |_| place(u64::from(stage.cursor.get()) * 1_000 + between_millis(stage)));
    let text = move || {
        let (cursor, all) = (stage.cursor.get(), last.get());
        let at = stage.with(|sim| sim.now());
        [&at.to_string(), " seconds, step ", &cursor.to_string(), " of ", &all.to_string()].concat()
    };
    let dragging = StoredValue::new(false);
    let seek = move |event: &PointerEvent| {
        if let Some(step) = step_at(bar, event, last.get_untracked()) {
            stage.seek(step);
        }
    };
    el("div", "scrubber")
        .attrs(&[("role", "slider"), ("tabindex", "0"), ("aria-label", "Time"), ("aria-valuemin", "0")])
        .slot(bar)
        .bind("aria-valuemax", move || last.get().to_string())
        // Told when all of the page is at it.
        .bind("aria-valuenow", move || stage.with(Sim::cursor).to_string())
        .bind("aria-valuetext", text)
        .on("keydown", move |event: KeyboardEvent| {
            // What has just been sent counts, before the bar shows it.
            scrub_key(&event, stage, untrack(|| stage.with_record(Sim::recorded)));
        })
        .on("pointerdown", move |event: PointerEvent| {
            if event.button() == 0 {
                dragging.set_value(true);
                capture_pointer(bar, &event);
                seek(&event);
            }
        })
        .on("pointermove", move |event: PointerEvent| {
            if dragging.get_value() {
                seek(&event);
            }
        })
        .on("pointerup", move |_: Event| dragging.set_value(false))
        .on("pointercancel", move |_: Event| dragging.set_value(false))
        .child(el("span", "scrubber__track"))
        .child(el("span", "scrubber__done").bind_style("--at", move || head.get()))
        .dynamic(move || if around.get() { marks(stage, &place) } else { nothing() })
        .child(el("span", "scrubber__head").bind_style("--at", move || head.get()))
}

fn marks(stage: Stage, place: &dyn Fn(u64) -> String) -> El {
    let (ticks, gaps) =
        stage.with_record(|sim| (ticks(sim.capture()), gaps(|step| sim.step_time(step), sim.recorded())));
    let gaps = gaps.into_iter().map(|gap| el("span", "scrubber__gap").style("--x", &place(u64::from(gap))));
    let drawn: Vec<El> =
        ticks.iter().map(|tick| tick_view(tick, &place(u64::from(tick.place_millis)))).collect();
    let piece = nothing().all(gaps).all(drawn.iter().cloned());
    let mut before = vec![(false, false); ticks.len()];
    // One for all ticks: there are many.
    effect(move || {
        let (step, chosen) = (stage.with(Sim::cursor), stage.told_of.get());
        for ((tick, drawn), before) in ticks.iter().zip(&drawn).zip(&mut before) {
            let now = (step < tick.place_millis.div_ceil(1_000), chosen == Some(tick.frame));
            if now != *before {
                let list = drawn.element().class_list();
                let _ = list.toggle_with_force("is-future", now.0);
                let _ = list.toggle_with_force("is-selected", now.1);
                *before = now;
            }
        }
    });
    piece
}

fn tick_view(tick: &Tick, x: &str) -> El {
    let class =
        ["scrubber__tick ", if tick.lost { "scrubber__tick--lost" } else { family(tick.packet_type) }]
            .concat();
    let title = [tick.packet_type.map_or("packet", |it| it.name()), " ", &tick.at.to_string()].concat();
    el("span", &class).style("--x", x).attr("title", &title).child(glyph_of(tick.packet_type))
}

/// How much of the way to the next step has passed, in thousandths.
fn between_millis(stage: Stage) -> u64 {
    let now = stage.now.get();
    let (from, to) = stage.with(|sim| (sim.now(), sim.step_time(sim.cursor() + 1)));
    let Some(to) = to.filter(|to: &Instant| *to > from) else { return 0 };
    ((now - from).as_micros() * 1_000 / (to - from).as_micros()).min(1_000) as u64
}

fn step_at(bar: Slot, event: &PointerEvent, last: Step) -> Option<Step> {
    let bounds = bar.try_get_untracked().flatten()?.get_bounding_client_rect();
    let part = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
    Some((part.clamp(0.0, 1.0) * f64::from(last)).round() as Step)
}

fn capture_pointer(bar: Slot, event: &PointerEvent) {
    if let Some(bar) = bar.try_get_untracked().flatten() {
        // A pointer that is gone already cannot be captured; then nothing is dragged.
        let _ = bar.set_pointer_capture(event.pointer_id());
    }
}

/// The keys of a slider. The arrows' default on the page is the same; here they must not step twice.
fn scrub_key(event: &KeyboardEvent, stage: Stage, last: Step) {
    let at = stage.cursor.get_untracked();
    let to = match event.key().as_str() {
        "ArrowRight" | "ArrowUp" if !event.shift_key() => at + 1,
        "ArrowLeft" | "ArrowDown" if !event.shift_key() => at.saturating_sub(1),
        "PageUp" => at + 5,
        "PageDown" => at.saturating_sub(5),
        "Home" => 0,
        "End" => last,
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    stage.seek(to.min(last));
}
