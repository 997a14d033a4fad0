//! Playing: virtual time goes on with real time, many times slower, and idle time is passed over quickly.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::stage::Stage;
use crate::time::{Duration, Instant};
use crate::ui::media;
use crate::view::transport::{SPEEDS, in_flight};

/// Real time that idle time takes at most.
const IDLE_MILLIS: f64 = 450.0;
/// Real time that counts between two pictures at most: a page in the background stands still.
const LONGEST_MILLIS: f64 = 100.0;
/// Real time of a step where motion is unwelcome.
const STILL_MILLIS: u32 = 900;

impl Stage {
    /// Lets time go on until nothing is left to happen.
    pub fn play(&self) {
        if self.playing.get_untracked() {
            return;
        }
        if self.is_over() {
            self.restart();
        }
        self.playing.set(true);
        if media::reduced_motion() {
            self.play_still();
        } else {
            self.play_frame(None);
        }
    }

    /// Plays or pauses.
    pub fn toggle_play(&self) {
        if self.playing.get_untracked() {
            self.playing.set(false);
        } else {
            self.play();
        }
    }

    /// The next slower (-1) or faster (1) speed.
    pub fn change_speed(&self, by: i32) {
        let at = SPEEDS.iter().position(|speed| *speed == self.slowdown.get_untracked()).unwrap_or(1);
        let to = at.saturating_add_signed(by as isize).min(SPEEDS.len() - 1);
        self.slowdown.set(SPEEDS[to]);
    }

    /// Whether only timers are left.
    pub fn is_over(&self) -> bool {
        untrack(|| self.with(|sim| sim.is_settled()))
    }

    /// One picture after the other; `before` is when the last one was, in milliseconds.
    fn play_frame(&self, before: Option<f64>) {
        let stage = *self;
        let draw = Closure::once_into_js(move |now: f64| {
            if stage.playing.try_get_untracked() == Some(true) {
                let elapsed = before.map_or(0.0, |before| (now - before).clamp(0.0, LONGEST_MILLIS));
                stage.pass(elapsed);
                stage.play_frame(Some(now));
            }
        });
        // A page that is going away draws no more pictures, and that is well.
        let _ = window().request_animation_frame(draw.unchecked_ref());
    }

    /// Lets `elapsed` milliseconds of real time pass.
    fn pass(&self, elapsed: f64) {
        let look = || {
            self.with(|sim| {
                let next = sim.next_event().map(|next| next.at);
                (next.filter(|_| !sim.is_settled()), in_flight(sim.capture(), sim.cursor()), sim.now())
            })
        };
        let (Some(next), flying, since) = untrack(look) else {
            self.playing.set(false);
            return;
        };
        let micros = 1_000.0 * elapsed / f64::from(self.slowdown.get_untracked());
        let micros = if flying == 0 { micros.max(idle_micros(since, next, elapsed)) } else { micros };
        let now = self.now.get_untracked() + Duration::from_micros(micros as u64);
        if now >= next {
            self.step();
        } else {
            self.now.set(now);
        }
    }

    /// One step after the other, nothing moving between them.
    fn play_still(&self) {
        let stage = *self;
        Timeout::new(STILL_MILLIS, move || {
            if stage.playing.try_get_untracked() == Some(true) {
                if stage.is_over() {
                    stage.playing.set(false);
                } else {
                    stage.step();
                    stage.play_still();
                }
            }
        })
        .forget();
    }
}

/// Virtual time that passes in `elapsed` milliseconds so that all of `since..next` takes no longer than it may.
fn idle_micros(since: Instant, next: Instant, elapsed: f64) -> f64 {
    (next - since).as_micros() as f64 * elapsed / IDLE_MILLIS
}
