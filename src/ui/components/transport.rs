//! The transport bar: step, play, scrub, what comes next.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent};

use super::icon::{Glyph, Icon, PacketName, family};
use crate::capture::Step;
use crate::time::Instant;
use crate::ui::state::Stage;
use crate::view::inspector::millis;
use crate::view::transport::{NextKind, SPEEDS, Tick, gaps, next_event, speed_label, ticks};

/// The bar under the Playground.
#[component]
pub fn Transport(stage: Stage) -> impl IntoView {
    view! {
        <footer class="transport" aria-label="Playback">
            <div class="transport__group">{buttons(stage)}</div>
            <Scrubber stage/>
            {next_view(stage)}
        </footer>
    }
}

fn buttons(stage: Stage) -> AnyView {
    let at_start = move || stage.cursor.get() == 0;
    let at_end = move || stage.with(|sim| sim.next_event().is_none());
    let play_name = move || if stage.playing.get() { "Pause (Space)" } else { "Play (Space)" };
    let play_icon = Signal::derive(move || if stage.playing.get() { "i-pause" } else { "i-play" });
    view! {
        <button class="icon-button transport__restart" type="button" aria-label="Restart (0)" title="Restart (0)" disabled=at_start on:click=move |_| stage.restart()>
            <Icon name="i-restart"/>
        </button>
        <button
            class="icon-button" type="button" aria-label="Step back (Left arrow)" title="Step back (←)"
            disabled=at_start on:click=move |_| stage.step_back()
        >
            <Icon name="i-back"/>
        </button>
        <button class="transport__play" type="button" aria-label=play_name title=play_name on:click=move |_| stage.toggle_play()>
            <Icon name=play_icon/>
        </button>
        <button
            class="icon-button transport__step" class:is-hinted=at_start type="button" data-testid="step-forward"
            aria-label="Step forward (Right arrow)" title="Step forward (→)"
            disabled=at_end on:click=move |_| stage.step_forward()
        >
            <Icon name="i-fwd"/>
            <span class="transport__hint">"Step forward"</span>
        </button>
        {speed(stage)}
        <output class="transport__clock" aria-label="Virtual time">
            {move || stage.now.get().to_string()} <small>" s"</small>
        </output>
    }
    .into_any()
}

fn speed(stage: Stage) -> AnyView {
    let options = SPEEDS.map(|slowdown| {
        let chosen = move || stage.slowdown.get() == slowdown;
        view! { <option value=slowdown.to_string() prop:selected=chosen>{speed_label(slowdown)}</option> }
    });
    let choose = move |event| {
        if let Ok(slowdown) = event_target_value(&event).parse() {
            stage.slowdown.set(slowdown);
        }
    };
    view! {
        <select class="select speed" aria-label="Speed" title="Speed: virtual to real time ([ slower, ] faster)" on:change=choose>
            {options.into_iter().collect_view()}
        </select>
    }
    .into_any()
}

/// What the next step is, and how far off.
fn next_view(stage: Stage) -> AnyView {
    let next = Memo::new(move |_| stage.with(next_event));
    let soon = move || match next.get() {
        Some(next) if next.at > stage.now.get() => format!("Next, in {}", millis(next.at - stage.now.get())),
        Some(_) => "Next, at once".to_owned(),
        None => "Next".to_owned(),
    };
    let what = move || {
        match next.get().map(|next| next.what) {
        Some(NextKind::Arrival { packet_type, to }) => view! {
            <b><PacketName of=packet_type/> <span>"reaches "{to}</span></b>
        }
        .into_any(),
        Some(NextKind::Action { who, what }) => {
            view! { <b><span>{who}":"</span> <span class="next-event__what" title=what.clone()>{what.clone()}</span></b> }.into_any()
        }
        None => view! { <b>"nothing is left to happen"</b> }.into_any(),
    }
    };
    view! { <div class="next-event"><span class="num">{soon}</span>{what}</div> }.into_any()
}

/// Steps as a slider, with the packets on it.
#[component]
fn Scrubber(stage: Stage) -> impl IntoView {
    let bar = NodeRef::<Div>::new();
    let last = Memo::new(move |_| stage.with_record(|sim| sim.recorded()));
    let place = move |millis: f64| {
        let all = f64::from(last.get().max(1)) * 1_000.0;
        format!("{:.2}%", (millis / all * 100.0).clamp(0.0, 100.0))
    };
    let head = move || place(f64::from(stage.cursor.get()) * 1_000.0 + between(stage) * 1_000.0);
    let marks = move || {
        let (ticks, gaps) =
            stage.with_record(|sim| (ticks(sim.capture()), gaps(|step| sim.step_time(step), sim.recorded())));
        let ticks =
            ticks.into_iter().map(|tick| tick_view(stage, &tick, place(f64::from(tick.place_millis))));
        let gaps = gaps.into_iter().map(|gap| {
            view! { <span class="scrubber__gap" style:--x=place(f64::from(gap))></span> }
        });
        (gaps.collect_view(), ticks.collect_view())
    };
    let text = move || {
        let (cursor, all) = (stage.cursor.get(), last.get());
        let at = stage.with(|sim| sim.now());
        format!("{at} seconds, step {cursor} of {all}")
    };
    let dragging = StoredValue::new(false);
    let seek = move |event: &PointerEvent| {
        if let Some(step) = step_at(bar, event, last.get_untracked()) {
            stage.seek(step);
        }
    };
    view! {
        <div
            class="scrubber" role="slider" tabindex="0" aria-label="Time" node_ref=bar
            aria-valuemin="0" aria-valuemax=move || last.get() aria-valuenow=move || stage.cursor.get() aria-valuetext=text
            on:keydown=move |event| scrub_key(&event, stage, last.get_untracked())
            on:pointerdown=move |event| {
                if event.button() == 0 {
                    dragging.set_value(true);
                    capture_pointer(bar, &event);
                    seek(&event);
                }
            }
            on:pointermove=move |event| {
                if dragging.get_value() {
                    seek(&event);
                }
            }
            on:pointerup=move |_| dragging.set_value(false)
            on:pointercancel=move |_| dragging.set_value(false)
        >
            <span class="scrubber__track"></span>
            <span class="scrubber__done" style:--at=head></span>
            {marks}
            <span class="scrubber__head" style:--at=head></span>
        </div>
    }
}

fn tick_view(stage: Stage, tick: &Tick, x: String) -> AnyView {
    let (frame, step) = (tick.frame, tick.place_millis.div_ceil(1_000));
    let class =
        ["scrubber__tick ", if tick.lost { "scrubber__tick--lost" } else { family(tick.packet_type) }]
            .concat();
    let title = format!("{} {}", tick.packet_type.map_or("packet", |it| it.name()), tick.at);
    view! {
        <span
            class=class style:--x=x title=title
            class:is-selected=move || stage.selection.frame.get() == Some(frame)
            class:is-future=move || stage.cursor.get() < step
        >
            <Glyph of=tick.packet_type/>
        </span>
    }
    .into_any()
}

/// How much of the way to the next step has passed, from 0 to 1.
fn between(stage: Stage) -> f64 {
    let now = stage.now.get();
    let (from, to) = stage.with(|sim| (sim.now(), sim.step_time(sim.cursor() + 1)));
    let Some(to) = to.filter(|to: &Instant| *to > from) else { return 0.0 };
    (now - from).as_secs_f64() / (to - from).as_secs_f64()
}

fn step_at(bar: NodeRef<Div>, event: &PointerEvent, last: Step) -> Option<Step> {
    let bounds = bar.try_get_untracked().flatten()?.unchecked_into::<Element>().get_bounding_client_rect();
    let part = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
    Some((part.clamp(0.0, 1.0) * f64::from(last)).round() as Step)
}

fn capture_pointer(bar: NodeRef<Div>, event: &PointerEvent) {
    if let Some(bar) = bar.try_get_untracked().flatten() {
        // A pointer that is gone already cannot be captured; then nothing is dragged.
        let _ = bar.unchecked_into::<Element>().set_pointer_capture(event.pointer_id());
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
