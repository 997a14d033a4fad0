//! Icons and packet glyphs: one sprite of SVG symbols, whose strokes are copied by name.

use leptos::prelude::document;

use crate::codec::PacketType;
use crate::ui::dom::{El, copy_of, el};

/// A path of a symbol: its data, and its fill and stroke width where they aren't the icon's own.
struct Stroke(&'static str, Option<&'static str>, Option<&'static str>);

const fn line(d: &'static str) -> Stroke {
    Stroke(d, None, None)
}
const fn outline(d: &'static str) -> Stroke {
    Stroke(d, Some("none"), None)
}
const fn bar(d: &'static str, width: &'static str) -> Stroke {
    Stroke(d, None, Some(width))
}
const fn solid(d: &'static str) -> Stroke {
    Stroke(d, Some("currentColor"), None)
}

/// Glyphs (`g-`, on a 12 × 12 grid) and icons (`i-`, on 16 × 16).
const SYMBOLS: &[(&str, &[Stroke])] = &[
    ("g-diamond", &[line("M6 1l5 5-5 5-5-5z")]),
    ("g-diamond-o", &[outline("M6 1.6L10.4 6 6 10.4 1.6 6z")]),
    ("g-diamond-x", &[outline("M6 1.6L10.4 6 6 10.4 1.6 6z"), line("M3.6 8.4l4.8-4.8")]),
    ("g-disc", &[line("M1.8 6a4.2 4.2 0 1 0 8.4 0a4.2 4.2 0 1 0-8.4 0")]),
    ("g-tri-o", &[outline("M6 1.8l4.6 8.2H1.4z")]),
    ("g-step1", &[bar("M2 1.8v8.4", "2.4"), bar("M6 1.8v8.4M10 1.8v8.4", ".8")]),
    ("g-step2", &[bar("M2 1.8v8.4M6 1.8v8.4", "2.4"), bar("M10 1.8v8.4", ".8")]),
    ("g-step3", &[bar("M2 1.8v8.4M6 1.8v8.4M10 1.8v8.4", "2.4")]),
    ("g-square", &[line("M2 2h8v8H2z")]),
    ("g-square-o", &[outline("M2 2h8v8H2z")]),
    ("g-square-m", &[outline("M2 2h8v8H2z"), bar("M3.5 6h5", "2.4")]),
    ("g-square-mo", &[outline("M2 2h8v8H2z"), line("M4 6h4")]),
    ("g-dot", &[line("M4 6a2 2 0 1 0 4 0a2 2 0 1 0-4 0")]),
    ("g-dot-o", &[outline("M3.4 6a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0-5.2 0")]),
    ("g-hex", &[line("M6 1l4.3 2.5v5L6 11 1.7 8.5v-5z")]),
    ("i-play", &[solid("M4.5 2.8v10.4L13 8z")]),
    ("i-pause", &[bar("M5 3v10M11 3v10", "2.4")]),
    ("i-fwd", &[solid("M4 3.2v9.6L11 8z"), line("M13 3v10")]),
    ("i-back", &[solid("M12 3.2v9.6L5 8z"), line("M3 3v10")]),
    ("i-restart", &[line("M3 8a5 5 0 1 0 1.6-3.7"), line("M4.4 1.8v2.7h2.7")]),
    (
        "i-sun",
        &[
            line("M5.2 8a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0"),
            line(
                "M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",
            ),
        ],
    ),
    ("i-moon", &[line("M13 9.6A5.6 5.6 0 0 1 6.4 3a5.4 5.4 0 1 0 6.6 6.6z")]),
    (
        "i-keyboard",
        &[
            line(
                "M3 4h10a1.5 1.5 0 0 1 1.5 1.5V11a1.5 1.5 0 0 1-1.5 1.5H3A1.5 1.5 0 0 1 1.5 11V5.5A1.5 1.5 0 0 1 3 4z",
            ),
            line("M4 7h.01M6.7 7h.01M9.3 7h.01M12 7h.01M4.5 9.8h7"),
        ],
    ),
    (
        "i-copy",
        &[
            line(
                "M7 5.5h5a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 12V7A1.5 1.5 0 0 1 7 5.5z",
            ),
            line("M10.5 5.5V3.8c0-.7-.6-1.3-1.3-1.3H3.8c-.7 0-1.3.6-1.3 1.3v5.4c0 .7.6 1.3 1.3 1.3h1.7"),
        ],
    ),
    ("i-plus", &[line("M8 3v10M3 8h10")]),
    (
        "i-cut",
        &[
            line(
                "M2.2 4.3a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0M2.2 11.7a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0",
            ),
            line("M5.5 5.5L13.5 12M5.5 10.5L13.5 4"),
        ],
    ),
    ("i-down", &[line("M4 6l4 4 4-4")]),
    ("i-up", &[line("M4 10l4-4 4 4")]),
    ("i-to", &[line("M2.5 8h10.5M9.5 4.5L13 8l-3.5 3.5")]),
    ("i-close", &[line("M4 4l8 8M12 4l-8 8")]),
    ("i-search", &[line("M2.5 7a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0M10.4 10.4L14 14")]),
    ("i-export", &[line("M8 2v8M5 5l3-3 3 3M2.5 9.5v4h11v-4")]),
    ("i-check", &[line("M3 8.5l3.2 3L13 4.8")]),
    ("i-warn", &[line("M8 2.2l6.2 11H1.8z"), line("M8 6.5v3M8 11.4v.1")]),
    ("i-info", &[line("M2.2 8a5.8 5.8 0 1 0 11.6 0a5.8 5.8 0 1 0-11.6 0"), line("M8 7.4v3.4M8 5.2v.1")]),
    ("i-plug", &[line("M5.5 2v3M10.5 2v3M3.8 5h8.4v2.5a4.2 4.2 0 0 1-8.4 0zM8 11.7V14")]),
    ("i-inbox", &[line("M2.5 9.5l2-6h7l2 6v3.5h-11zM2.5 9.5h3.2l.8 1.6h3l.8-1.6h3.2")]),
    ("i-send", &[line("M14 2L7.2 8.8M14 2L9.6 14 7.2 8.8 2 6.4z")]),
    ("i-more", &[bar("M3.5 8h.01M8 8h.01M12.5 8h.01", "2.4")]),
    ("i-undo", &[line("M5.5 3L2.5 6l3 3M2.8 6H10a3.5 3.5 0 0 1 0 7H6")]),
    ("i-redo", &[line("M10.5 3l3 3-3 3M13.2 6H6a3.5 3.5 0 0 0 0 7h4")]),
    ("i-open", &[line("M6.5 3H3v10h10V9.5M9 2.8h4.2V7M13 3L7.5 8.5")]),
    ("i-save", &[line("M8 2v7.5M5 7l3 2.8L11 7M3 10v3.5h10V10")]),
    ("i-trash", &[line("M2.8 4.5h10.4M6 4.5V2.8h4v1.7M4.2 4.5l.6 9h6.4l.6-9")]),
    ("i-edit", &[line("M10.8 2.7l2.5 2.5L5.5 13l-3 .5.5-3z")]),
    ("i-compare", &[line("M2.5 3.5h4v9h-4zM9.5 3.5h4v9h-4zM8 1.5v13")]),
    ("i-file", &[line("M4 1.8h5.2L12.5 5v9.2H4zM9 2v3.2h3.400")]),
    ("i-screen", &[line("M1.8 3h12.4v8H1.8zM8 11v2.5M5.5 13.5h5")]),
    ("i-minus", &[line("M3 8h10")]),
    (
        "i-bug",
        &[line(
            "M5 6.5a3 3 0 0 1 6 0V10a3 3 0 0 1-6 0zM2 5l3 1.5M14 5l-3 1.5M1.8 9H5M11 9h3.2M2.5 13L5 11M13.5 13L11 11M8 8v5",
        )],
    ),
    ("i-group", &[line("M2 2.5h5v4H2zM9 2.5h5v4H9zM5.5 9.5h5v4h-5z")]),
    (
        "i-gear",
        &[line(
            "M5.8 8a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6L5 5M11 11l1.4 1.4M12.4 3.6L11 5M5 11l-1.4 1.4",
        )],
    ),
    ("i-term", &[line("M3 4.5L6.5 8 3 11.5M8 12h5")]),
    ("i-list", &[line("M2.5 4h11M2.5 8h11M2.5 12h7")]),
    ("i-fold", &[line("M3 4h3M10 4h3M3 8h3M10 8h3M3 12h3M10 12h3M8 2v12")]),
];

/// The symbols, drawn nowhere by themselves; once a page, before anything that shows one.
pub fn sprite() -> El {
    let logo = el("path", "").attrs(&[
        ("d", "M3.5 2v16M16.5 2v16M4 6.5h9.5m-2.2-2.3l2.6 2.3-2.6 2.3M16 13.5H6.5m2.2-2.3l-2.6 2.3 2.6 2.3"),
        ("fill", "none"),
        ("stroke", "currentColor"),
        ("stroke-width", "1.6"),
        ("stroke-linecap", "round"),
        ("stroke-linejoin", "round"),
    ]);
    let logo = el("symbol", "").attrs(&[("id", "i-logo"), ("viewBox", "0 0 20 20")]).child(logo);
    let symbols = SYMBOLS.iter().map(|(id, strokes)| {
        let side = if id.starts_with('g') { "0 0 12 12" } else { "0 0 16 16" };
        let paths = strokes.iter().map(|Stroke(d, fill, width)| {
            el("path", "").attr("d", d).maybe("fill", *fill).maybe("stroke-width", *width)
        });
        el("symbol", "").attr("id", id).attr("viewBox", side).all(paths)
    });
    el("svg", "sprite")
        .attrs(&[("width", "0"), ("height", "0"), ("aria-hidden", "true")])
        .child(logo)
        .all(symbols)
}

/// An icon of the sprite: the symbol's name, as `i-play`, and its classes.
pub fn icon(name: &str, class: &str) -> El {
    drawing(class, "0 0 16 16", name)
}

/// A packet type's glyph; its colour comes from the family around it. `None` where the first byte names no type.
pub fn glyph_of(of: Option<PacketType>) -> El {
    drawing("pkt__glyph", "0 0 12 12", glyph(of))
}

/// A packet type's glyph and name in its colour. `None` where the first byte names no type.
pub fn packet_name(of: Option<PacketType>) -> El {
    let name = of.map_or("unknown", PacketType::name);
    copy_of("pkt", name, &|| el("span", &["pkt ", family(of)].concat()).child(glyph_of(of)).text(name))
}

fn drawing(class: &str, side: &str, symbol: &str) -> El {
    copy_of(symbol, class, &|| {
        let it = el("svg", class).attrs(&[("viewBox", side), ("aria-hidden", "true")]);
        // Its own strokes: a reference to the symbol is a tree of its own to the browser, and slower to draw.
        let Some(strokes) = document().get_element_by_id(symbol) else { return it };
        let strokes = strokes.clone_node_with_deep(true).ok();
        while let Some(stroke) = strokes.as_ref().and_then(|it| it.first_child()) {
            let _ = it.element().append_child(&stroke);
        }
        it
    })
}

/// The class that gives a packet type its colour.
pub fn family(of: Option<PacketType>) -> &'static str {
    use PacketType as P;
    match of {
        Some(P::Connect | P::ConnAck | P::Disconnect) => "is-connection",
        Some(P::Publish) => "is-publish",
        Some(P::PubAck) => "is-qos1",
        Some(P::PubRec | P::PubRel | P::PubComp) => "is-qos2",
        Some(P::Subscribe | P::SubAck | P::Unsubscribe | P::UnsubAck) => "is-subscribe",
        Some(P::PingReq | P::PingResp) => "is-ping",
        Some(P::Auth) => "is-auth",
        None => "is-unknown",
    }
}

/// The reference to a packet type's glyph: requests filled, replies outlined, QoS 2 steps as one to three bars.
fn glyph(of: Option<PacketType>) -> &'static str {
    use PacketType as P;
    match of {
        Some(P::Connect) => "g-diamond",
        Some(P::ConnAck) => "g-diamond-o",
        Some(P::Disconnect) => "g-diamond-x",
        Some(P::Publish) => "g-disc",
        Some(P::PubAck) => "g-tri-o",
        Some(P::PubRec) => "g-step1",
        Some(P::PubRel) => "g-step2",
        Some(P::PubComp) => "g-step3",
        Some(P::Subscribe) => "g-square",
        Some(P::SubAck) => "g-square-o",
        Some(P::Unsubscribe) => "g-square-m",
        Some(P::UnsubAck) => "g-square-mo",
        Some(P::PingReq) => "g-dot",
        Some(P::PingResp) => "g-dot-o",
        Some(P::Auth) => "g-hex",
        None => "i-warn",
    }
}
