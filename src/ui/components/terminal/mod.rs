//! Terminals inside the first module's page: tabs, output, a prompt. Part of the second module alone; the first one's
//! world is told to a [`Mirror`](crate::console::Mirror), and what lines make of it is handed back.

mod desk;
mod editor;
pub(crate) mod history;
mod keys;
mod output;
mod prompt;
mod tabs;

use js_sys::Function;
use web_sys::HtmlElement;

use self::desk::Desk;
use super::forms::host::{Moment, Panel};
use crate::ui::dom::fragment;

/// Shows the terminals inside `into` at a moment; `send` is called with what has become of the world.
pub fn open(into: HtmlElement, moment: &Moment, focus: bool, send: Function) -> Panel {
    Panel::following(into, || {
        let desk = Desk::new(moment, send);
        let drawn = fragment([
            tabs::tabs(desk),
            output::output(desk),
            prompt::prompt(desk, focus),
            editor::editor(desk),
        ]);
        (drawn, Box::new(move |moment| desk.follow(moment)))
    })
}
