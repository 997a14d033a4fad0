//! The log: windowed, newest first; a line about a packet chooses it.

use leptos::prelude::*;
use web_sys::Event;

use super::bytes::delegated;
use crate::capture::FrameId;
use crate::ui::dom::{El, Memo, Row, Slot, el, key, nothing};
use crate::view::bytes::visible_rows;
use crate::view::log::{LogLine, Tone};

/// A line's height in pixels, as in style/drawer.css.
const LINE_HEIGHT: f64 = 20.0;

/// A log of `count` lines; only those in view are drawn. `lines` gives the newest from `.0` up to `.1`.
pub fn log(
    class: &str,
    count: Memo<usize>,
    lines: Callback<(usize, usize), Vec<LogLine>>,
    on_select: Callback<FrameId>,
) -> El {
    let scroller = Slot::new(None);
    let scrolled = RwSignal::new((0.0, 800.0));
    let measure = move |_: Event| {
        if let Some(scroller) = scroller.try_get_untracked().flatten() {
            scrolled
                .try_set((f64::from(scroller.scroll_top()), f64::from(scroller.client_height()).max(800.0)));
        }
    };
    let list = move || {
        let (top, height) = scrolled.get();
        let range = visible_rows(top, height, LINE_HEIGHT, count.get());
        let (start, after) = (range.start, count.get() - range.end);
        let first = count.get() - start;
        let mut drawn = Vec::new();
        drawn.extend(spacer("above", start));
        for (at, it) in lines.run((start, range.end)).into_iter().enumerate() {
            drawn.push(row(first - at, it));
        }
        drawn.extend(spacer("below", after));
        drawn
    };
    let empty = move || {
        if count.get() > 0 { nothing() } else { el("p", "drawer__empty").text("Nothing has happened yet.") }
    };
    let choose = move |event: Event| {
        if let Some(id) = delegated(&event, "data-frame") {
            on_select.run(id as FrameId);
        }
    };
    el("div", "drawer__panel")
        .slot(scroller)
        .attrs(&[("tabindex", "0"), ("role", "group"), ("aria-label", "Log, newest first")])
        .on("scroll", measure)
        .on("click", choose)
        .child(el("ol", class).rows(list))
        .dynamic(empty)
}

/// The line that is number `number` from the oldest.
fn row(number: usize, it: LogLine) -> Row {
    let (number, frame) = (number.to_string(), it.frame.map(|frame| frame.to_string()));
    let key = key(&[&number, &it.time, &it.who, &it.text, frame.as_deref().unwrap_or_default()]);
    Row::new(key, move || line(&it, frame.as_deref()))
}

fn line(line: &LogLine, frame: Option<&str>) -> El {
    let class = match line.tone {
        Tone::Plain => "log__line",
        Tone::Warning => "log__line is-warn",
        Tone::Bad => "log__line is-bad",
    };
    let statement = line.statement.map(|it| el("span", "chip chip--spec").text(it));
    let text = match line.frame {
        Some(_) => el("button", "log__text").attr("type", "button").attr("title", &line.text),
        None => el("span", "log__text").attr("title", &line.text),
    };
    el("li", class)
        .maybe("data-frame", frame)
        .child(el("span", "log__time").text(&line.time))
        .child(el("span", "log__who").text(&line.who))
        .child(text.text(&line.text))
        .with(statement)
}

fn spacer(place: &str, lines: usize) -> Option<Row> {
    let height = [&(lines * LINE_HEIGHT as usize).to_string(), "px"].concat();
    let key = key(&[place, &height]);
    (lines > 0)
        .then(|| Row::new(key, move || el("li", "").attr("aria-hidden", "true").style("height", &height)))
}
