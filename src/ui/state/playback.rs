//! Playing: virtual time goes on with real time, many times slower, and idle time is passed over quickly.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::edits::Notice;
use super::stage::Stage;
use crate::capture::Step;
use crate::sim::{Goal, Ran, Run, Sim};
use crate::time::{Duration, Instant};
use crate::ui::media;
use crate::view::transport::{SPEEDS, in_flight};

/// Real time that idle time takes at most.
const IDLE_MILLIS: f64 = 450.0;
/// Real time that counts between two pictures at most: a page in the background stands still.
const LONGEST_MILLIS: f64 = 100.0;
/// Real time of a step where motion is unwelcome.
const STILL_MILLIS: u32 = 900;
/// Steps that are taken at once on the way to something, and how many times so many at most: 100,000.
const RUN_PART: u32 = 2_000;
const RUN_PARTS: u32 = 49;

impl Stage {
    /// Lets time go on until nothing is left to happen.
    pub fn play(&self) {
        if self.playing.get_untracked() {
            return;
        }
        if self.is_over() {
            self.restart();
        }
        let turn = self.begin();
        if media::reduced_motion() {
            self.play_still(turn);
        } else {
            self.play_frame(turn, None);
        }
    }

    /// From now on time goes on; gives the number of this time.
    fn begin(&self) -> u32 {
        self.playing.set(true);
        let next = |turn: &mut u32| {
            *turn = turn.wrapping_add(1);
            *turn
        };
        self.turn.try_update_value(next).unwrap_or_default()
    }

    /// Whether it still does.
    fn goes_on(&self, turn: u32) -> bool {
        self.playing.try_get_untracked() == Some(true) && self.turn.try_get_value() == Some(turn)
    }

    /// Lets time go on at once until the next thing of a kind; what is `named` so is told if it does not come, and
    /// time stands where it stood. Pausing ends it where it has come.
    pub fn run_to(&self, goal: Goal, named: &'static str) {
        let from = untrack(|| self.with(|sim| (sim.cursor(), sim.recorded(), Run::new(sim, goal))));
        self.run_on(self.begin(), from, named, 0);
    }

    fn run_on(&self, turn: u32, from: (Step, Step, Run), named: &'static str, parts: u32) {
        let (step, known, mut run) = from;
        match self.take(|sim| run.go(sim, RUN_PART)) {
            Some(Ran::On) if parts < RUN_PARTS => {
                let stage = *self;
                self.now.set(untrack(|| self.with(Sim::now)));
                let go_on = move || {
                    if stage.goes_on(turn) {
                        stage.run_on(turn, (step, known, run), named, parts + 1);
                    } else if stage.turn.try_get_value() == Some(turn) {
                        stage.arrived();
                    }
                };
                Timeout::new(0, go_on).forget();
                return;
            }
            Some(Ran::Reached) => {}
            _ => {
                self.forget_after(step, known);
                let text = [named, ": none comes within 100,000 steps"].concat();
                self.notice.set(Some(Notice { text, is_bad: false, undo: false }));
            }
        }
        self.playing.set(false);
        self.arrived();
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
    fn play_frame(&self, turn: u32, before: Option<f64>) {
        let stage = *self;
        let draw = Closure::once_into_js(move |now: f64| {
            if stage.goes_on(turn) {
                let elapsed = before.map_or(0.0, |before| (now - before).clamp(0.0, LONGEST_MILLIS));
                stage.pass(elapsed);
                stage.play_frame(turn, Some(now));
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
    fn play_still(&self, turn: u32) {
        let stage = *self;
        Timeout::new(STILL_MILLIS, move || {
            if stage.goes_on(turn) {
                if stage.is_over() {
                    stage.playing.set(false);
                } else {
                    stage.step();
                    stage.play_still(turn);
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
