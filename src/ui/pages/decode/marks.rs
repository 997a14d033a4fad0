//! What is marked in the pasted text: its mistake, the bytes that break a rule, the field that is chosen.

use core::ops::Range;

use leptos::prelude::*;

use super::state::DecodeState;
use crate::ui::dom::{El, el};
use crate::view::decode::packet;

/// Text up to this many bytes is marked.
const MARKED: usize = 20_000;
/// Wrong bytes that are marked.
const WRONG: usize = 100;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Wrong,
    Chosen,
}

/// The text once more, unseen, behind the real one.
pub(super) fn marks(state: DecodeState, scroll: RwSignal<i32>) -> Option<El> {
    let wrong = state.index.with(|index| index.wrong_bytes(WRONG));
    let mistake = state.mistake.get().map(|it| it.at);
    let chosen = chosen(state);
    let long = state.text.with_untracked(|text| text.len() > MARKED);
    if long || mistake.is_none() && wrong.is_empty() && chosen.is_empty() {
        return None;
    }
    let text = state.text.get_untracked();
    let mut marked: Vec<(Range<usize>, Mark)> = state.read_as.with_untracked(|reading| {
        let place = |at: usize, mark| Some((reading.data.place(at)?, mark));
        let wrong = wrong.iter().filter_map(|at| place(*at, Mark::Wrong));
        wrong.chain(chosen.filter_map(|at| place(at, Mark::Chosen))).collect()
    });
    marked.extend(mistake.map(|at| {
        let len = text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        (at..at + len, Mark::Wrong)
    }));
    marked.sort_by_key(|(range, mark)| (range.start, *mark == Mark::Chosen));
    let up = move || ["translateY(", &(-scroll.get()).to_string(), "px)"].concat();
    let mut pieces = el("div", "").bind_style("transform", up);
    let mut at = 0;
    for (range, mark) in marked {
        let (Some(before), Some(inside)) = (text.get(at..range.start), text.get(range.clone())) else {
            continue;
        };
        let class = if mark == Mark::Chosen { "is-chosen" } else { "" };
        pieces = pieces.text(before).child(el("mark", class).text(inside));
        at = range.end;
    }
    let pieces = pieces.text(text.get(at..).unwrap_or(""));
    Some(el("div", "paste-area__marks").attr("aria-hidden", "true").child(pieces))
}

/// The bytes of the chosen field, counted from the first of all.
fn chosen(state: DecodeState) -> Range<usize> {
    let none = 0..0;
    let (Some(choice), Some(at)) = (state.choice.get(), state.selected.get()) else { return none };
    let bytes = state.bytes.get_untracked();
    state.index.with_untracked(|index| {
        let Some(entry) = index.entries.get(at) else { return none };
        let Some(view) = packet(&bytes, index, at) else { return 0..0 };
        let range = view.dissection.nodes.get(choice.node as usize).map_or(0..0, |node| node.range());
        entry.offset + range.start..entry.offset + range.end
    })
}
