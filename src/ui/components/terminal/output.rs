//! What a terminal shows: its newest lines, and earlier ones on request.

use leptos::prelude::*;

use super::desk::Desk;
use crate::console::{Line, Stream};
use crate::ui::dom::{El, Memo, Slot, after, el, next_frame, nothing};

/// Lines that are drawn at once.
const DRAWN: usize = 300;
/// How a note about another host ends.
const CONNECT: &str = "The page Connect does.";
/// A key holds the place of its line in so many bits.
const PLACE_BITS: u32 = 20;

/// The lines, the newest at the end and in view.
pub(super) fn output(desk: Desk) -> El {
    let drawn = RwSignal::new(DRAWN);
    // One value: lists that follow a value and what follows from it miss changes.
    let shown = Memo::new(move |_| {
        let current = desk.current.get();
        let mut lines = desk.with(|console, _, step| console.screen(current, step));
        let hidden = lines.len().saturating_sub(drawn.get());
        (hidden, lines.split_off(hidden))
    });
    after(move || {
        desk.current.track();
        drawn.try_set(DRAWN);
    });
    let keys = move || {
        shown.with(|(hidden, lines)| {
            lines.iter().enumerate().map(|(at, line)| key(hidden + at, line)).collect()
        })
    };
    let make = move |key: u64| {
        let place = (key & ((1 << PLACE_BITS) - 1)) as usize;
        shown.with_untracked(|(hidden, lines)| lines.get(place - hidden).map_or_else(nothing, draw))
    };
    let earlier = move || match shown.with(|(hidden, _)| *hidden) {
        0 => nothing(),
        many => el("button", "button button--sm")
            .attr("type", "button")
            .click(move || drawn.update(|drawn| *drawn += DRAWN))
            .text("Show earlier lines, ")
            .text(&many.to_string())
            .text(" more"),
    };
    let slot = Slot::new(None);
    after(move || {
        shown.track();
        // Once they stand there.
        next_frame(move || {
            if let Some(out) = slot.try_get_untracked().flatten() {
                out.set_scroll_top(out.scroll_height());
            }
        });
    });
    el("div", "console__out")
        .slot(slot)
        .attrs(&[
            ("id", "console-out"),
            ("role", "log"),
            ("aria-live", "polite"),
            ("aria-label", "Output"),
            ("tabindex", "0"),
            ("data-testid", "terminal-output"),
        ])
        .dynamic(earlier)
        .child(el("div", "").each(keys, make))
}

/// A line's place and what it holds: one that goes on is drawn anew.
fn key(at: usize, line: &Line) -> u64 {
    // FNV-1a
    let hash = line.text.bytes().fold(0xcbf2_9ce4_8422_2325_u64 ^ line.stream as u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    hash << PLACE_BITS | at as u64 & ((1 << PLACE_BITS) - 1)
}

fn draw(line: &Line) -> El {
    let class = match line.stream {
        Stream::Typed if line.text == "^C" => "console__key",
        Stream::Typed => "console__cmd",
        Stream::Output => "console__msg",
        Stream::Error if line.text.starts_with("# ") => "console__note",
        Stream::Error => "console__err",
    };
    let text = if line.text.is_empty() { "\u{a0}" } else { &line.text };
    let told = (line.stream == Stream::Error).then(|| el("span", "sr-only").text("standard error: "));
    // Where another host was asked for.
    let connect = (class == "console__note" && text.ends_with(CONNECT))
        .then(|| el("a", "").attr("href", "#/connect").text("Open Connect"));
    let gap = if connect.is_some() { " " } else { "" };
    el("p", class).attr("dir", "ltr").with(told).text(text).text(gap).with(connect)
}
