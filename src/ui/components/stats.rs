//! Statistics: packets over time, bytes by type, what MQTT adds to the messages.

use leptos::prelude::*;

use super::bytes::group_class;
use super::icon::{family, packet_name};
use crate::dissect::ByteGroup;
use crate::ui::dom::{El, el, many};
use crate::view::bytes::GROUPS;
use crate::view::stats::Stats;

/// The figures; `follow` brings `stats` up to date and reads the signals that tell of changes.
pub fn statistics(stats: StoredValue<Stats>, follow: Box<dyn Fn()>) -> El {
    let figures = move || {
        follow();
        stats.with_value(|stats| many([over_time(stats), by_type(stats), overhead(stats)]))
    };
    el("div", "drawer__panel stats")
        .attrs(&[("tabindex", "0"), ("role", "group"), ("aria-label", "Statistics")])
        .fill(figures)
}

fn figure(title: &str, told: &[&str], content: El) -> El {
    let caption = el("figcaption", "").text(title).child(el("span", "").text(&told.concat()));
    el("figure", "").child(caption).child(content)
}

fn over_time(stats: &Stats) -> El {
    let (length, spans) = stats.spans();
    let most = spans.iter().copied().max().unwrap_or(0).max(1);
    let bars = spans.iter().map(|count| {
        let height = [&(count * 100 / most).to_string(), "%"].concat();
        el("i", "").style("--h", &height)
    });
    let millis = (length / 1_000).to_string();
    let most = most.to_string();
    let label = [most.as_str(), " packets at most in ", &millis, " ms of virtual time"].concat();
    let plot = el("div", "plot").attr("role", "img").attr("aria-label", &label).all(bars);
    let count = stats.packets().to_string();
    figure("Packets over time", &[&count, " packets"], plot)
}

fn by_type(stats: &Stats) -> El {
    let types = stats.types();
    let most = types.first().map_or(1, |(_, tally)| tally.bytes.max(1));
    let bars = types.iter().map(|(packet_type, tally)| {
        let (packets, bytes) = (tally.packets.to_string(), tally.bytes.to_string());
        let width = [&(tally.bytes * 100 / most).to_string(), "%"].concat();
        el("li", family(*packet_type))
            .child(packet_name(*packet_type))
            .child(el("i", "").style("--w", &width))
            .child(el("span", "num").text(&[bytes.as_str(), " B in ", &packets].concat()))
    });
    let bytes = stats.bytes().to_string();
    figure("Bytes by type", &[&bytes, " B"], el("ul", "bars").all(bars))
}

fn overhead(stats: &Stats) -> El {
    let mut bar = el("div", "share-bar").attr("aria-hidden", "true");
    let mut list = el("ul", "share-list");
    for (group, bytes) in GROUPS.into_iter().zip(stats.groups()).filter(|(_, bytes)| *bytes > 0) {
        let (class, bytes) = (group_class(group), bytes.to_string());
        bar = bar.child(el("i", class).style("--share", &bytes));
        let item = el("li", class).child(el("span", "byte-legend__swatch")).text(short_name(group));
        list = list.child(item.child(el("b", "").text(&bytes)));
    }
    let (all, message) = (stats.bytes(), stats.message_bytes());
    let (added, message) = ((all - message).to_string(), message.to_string());
    figure("Overhead", &[&added, " B for ", &message, " B of message"], el("div", "").child(bar).child(list))
}

const fn short_name(group: ByteGroup) -> &'static str {
    match group {
        ByteGroup::FixedHeader => "fixed ",
        ByteGroup::RemainingLength => "length ",
        ByteGroup::VariableHeader => "variable ",
        ByteGroup::Properties => "properties ",
        ByteGroup::Payload => "payload ",
        ByteGroup::Error => "malformed ",
        ByteGroup::Unknown => "unread ",
    }
}
