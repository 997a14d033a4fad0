//! Pictures of what has changed, at the pace that [`Pace`] finds.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::connections::{Connections, browser_clock};
use crate::ui::dom::next_frame;
use crate::view::live::Pace;

/// The browser's frames that a picture keeps busy: what has grown is scrolled, and what comes into view is made.
const FRAMES: u32 = 3;

impl Connections {
    /// Tells the page of changes, once a picture however many packets come.
    pub(super) fn announce(self) {
        if self.pace.try_update_value(|pace| pace.changed(browser_clock())) == Some(true) {
            self.look();
        }
    }

    fn look(self) {
        let Some(left) = self.pace.try_with_value(|pace| pace.due_in(browser_clock())) else { return };
        if left > 0.0 {
            Timeout::new(left.ceil() as u32, move || self.look()).forget();
        } else {
            next_frame(move || self.picture());
        }
    }

    fn picture(self) {
        let began = browser_clock();
        self.pace.try_update_value(Pace::drawn);
        self.draw();
        self.weigh(began, 0.0, FRAMES);
    }

    /// Measures what a picture costs: each of its frames up to the browser's next task.
    fn weigh(self, began: f64, cost: f64, frames: u32) {
        let measured = move || {
            let now = browser_clock();
            let cost = cost + now - began;
            if frames > 1 {
                return next_frame(move || self.weigh(browser_clock(), cost, frames - 1));
            }
            self.pace.try_update_value(|pace| pace.weighed(now, cost));
        };
        Timeout::new(0, measured).forget();
    }
}
