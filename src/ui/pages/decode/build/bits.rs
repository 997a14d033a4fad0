//! The bits of a byte of the packet that is built.

use leptos::prelude::*;

use super::{Builder, Work};
use crate::ui::components::bytes::group_class;
use crate::ui::components::icon::icon;
use crate::ui::components::rule::rule_line;
use crate::ui::dom::{El, Memo, el, many, nothing};
use crate::view::bytes::{BitGroup, BitView, ByteMap, Choice, bits, explain, hex};
use crate::view::inspector::PacketView;

/// Rules behind a field that are told.
const RULES: usize = 2;

/// The bits of the byte that is chosen: each is turned by a click.
pub(super) fn bits_of(it: Builder) -> El {
    let Builder { state, work, .. } = it;
    let at = Memo::new(move |_| {
        let len = work.with(|work| work.as_ref().map_or(0, |it| it.bytes.len()));
        state.choice.get().map_or(0, |choice| choice.offset).min(len.saturating_sub(1))
    });
    let picture = Memo::new(move |_| {
        work.with(|work| {
            let work = work.as_ref()?;
            bits(&work.bytes, &work.dissection, &ByteMap::new(&work.dissection), at.get())
        })
    });
    let there = Memo::new(move |_| picture.with(Option::is_some));
    nothing().dynamic(move || match there.get() {
        true => bit_editor(it, at, picture),
        false => nothing(),
    })
}

fn bit_editor(it: Builder, at: Memo<usize>, picture: Memo<Option<BitView>>) -> El {
    let Builder { state, work, .. } = it;
    let last = move || work.with(|work| work.as_ref().map_or(0, |it| it.bytes.len().saturating_sub(1)));
    let go = move |to: usize| {
        let Some(packet) = work.get_untracked() else { return };
        let view = PacketView::of_bytes(packet.bytes, packet.dissection.version, 0, String::new());
        // Of the packet in the form; on a phone the inspector stays closed.
        state.choice.set(view.choose_byte(to));
    };
    let turn = move |mask: u8| {
        let bytes = work.with_untracked(|work| work.as_ref().map(|it| it.bytes.to_vec()));
        if let Some(mut bytes) = bytes {
            if let Some(byte) = bytes.get_mut(at.get_untracked()) {
                *byte ^= mask;
            }
            it.take(bytes);
        }
    };
    let step = |name: &'static str, symbol: &'static str| {
        el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("aria-label", name), ("title", name)])
            .child(icon(symbol, "icon icon--sm"))
    };
    let told = move || {
        let value = picture.with(|it| it.as_ref().map_or(0, |it| it.value));
        let byte = ["Byte ", &text_of(at.get()), " of ", &text_of(last() + 1), ": ", hex(value)];
        byte.concat()
    };
    let head = el("div", "bit-editor__head")
        .child(el("h3", "").text("Bits"))
        .child(
            step("Previous byte", "i-up")
                .bind_flag("disabled", move || at.get() == 0)
                .click(move || go(at.get_untracked() - 1)),
        )
        .child(
            step("Next byte", "i-down")
                .bind_flag("disabled", move || at.get() >= last())
                .click(move || go(at.get_untracked() + 1)),
        )
        .child(el("span", "num").bind_text(told))
        .child(el("span", "field__hint").text("A click turns a bit."));
    let set = move |index: u8| picture.with(|it| it.as_ref().is_some_and(|it| it.is_set(index)));
    let name = move |index: u8| {
        let group = picture.with(|it| {
            let mut groups = it.as_ref()?.groups.iter();
            groups.find(|it| (it.start..it.start + it.len).contains(&index)).map(|it| it.name)
        });
        // With what is written on it: names by voice find the button, too.
        let value = if set(index) { ": 1" } else { ": 0" };
        ["Bit ", &text_of(usize::from(7 - index)), ", ", group.unwrap_or(""), value].concat()
    };
    let wrong =
        move |index: u8| picture.with(|it| it.as_ref().is_some_and(|it| it.wrong[usize::from(index)]));
    let class = move |index: u8| {
        let zero = if set(index) { "" } else { " bit-view__bit--zero" };
        ["bit-view__bit", zero, if wrong(index) { " is-wrong" } else { "" }].concat()
    };
    let buttons = (0..8).map(|index| {
        el("button", "")
            .attr("type", "button")
            .bind("class", move || class(index))
            .bind_state("aria-pressed", move || set(index))
            .bind("aria-label", move || name(index))
            .click(move || turn(0x80 >> index))
            .bind_text(move || if set(index) { "1" } else { "0" })
    });
    let names = move || {
        let groups = picture.with(|it| it.as_ref().map_or_else(Vec::new, |it| it.groups.clone()));
        let name = |group: BitGroup| {
            el("span", "bit-view__name")
                .style("--bits", &text_of(usize::from(group.len)))
                .child(el("b", "").text(group.name))
                .text(&group.text)
        };
        many(groups.into_iter().map(name))
    };
    let group = move || {
        let group = picture.with(|it| it.as_ref().map(|it| it.group));
        ["bit-view ", group.map_or("is-un", group_class)].concat()
    };
    let view = el("div", "")
        .bind("class", group)
        .attrs(&[("role", "group"), ("aria-label", "Bits of the byte")])
        .all(["7", "6", "5", "4", "3", "2", "1", "0"].map(|n| el("span", "bit-view__index").text(n)))
        .all(buttons)
        .child(el("div", "bit-editor__names").fill(names));
    el("div", "bit-editor").child(head).child(view).child(el("div", "bit-editor__told").fill(move || {
        let node = state.choice.get().map(|choice| choice.node);
        work.with(|work| work.as_ref().map_or_else(nothing, |work| meaning(work, at.get(), node)))
    }))
}

/// What the byte stands for, with the rules behind it.
fn meaning(work: &Work, at: usize, node: Option<u32>) -> El {
    let map = ByteMap::new(&work.dissection);
    let chosen = node.filter(|node| {
        let node = work.dissection.nodes.get(*node as usize);
        node.is_some_and(|node| node.range().contains(&at))
    });
    let node = chosen.or(map.run_at(at).map(|run| run.node));
    let Some(told) = node.and_then(|node| explain(&work.dissection, Choice { offset: at, node })) else {
        return nothing();
    };
    nothing()
        .child(el("h3", "").text(&told.title))
        .child(el("p", "").text(&told.meaning))
        .all(told.rules.iter().take(RULES).map(rule_line))
}

fn text_of(number: usize) -> String {
    number.to_string()
}
