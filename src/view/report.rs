//! Decoded packets for other programs and for paper: text, Markdown, HTML, SVG.

use super::bytes::{fields, tree};
use super::copy::{CopyFormat, render};
use super::export::words;
use super::inspector::PacketView;
use crate::codec::PacketType;
use crate::dissect::ByteGroup;

/// A form in which packets are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// A line a field.
    Text,
    /// Tables.
    Markdown,
    /// A page of its own.
    Html,
    /// A picture of the bytes with their fields.
    Svg,
    /// The bytes alone.
    Hex,
}

impl ReportFormat {
    /// All in the order they are offered.
    pub const ALL: [Self; 5] = [Self::Text, Self::Markdown, Self::Html, Self::Svg, Self::Hex];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Markdown => "Markdown",
            Self::Html => "HTML",
            Self::Svg => "SVG",
            Self::Hex => "Hex, a packet a line",
        }
    }
}

/// The packets, in this form; `left_out` more are not among them.
pub fn report(packets: &[PacketView], left_out: usize, format: ReportFormat) -> String {
    let more = match left_out {
        0 => String::new(),
        more => [&more.to_string(), " more packets are left out."].concat(),
    };
    let each = |one: fn(&PacketView) -> String| packets.iter().map(one).collect::<String>();
    match format {
        ReportFormat::Text => each(text) + &more,
        ReportFormat::Markdown => each(markdown) + &more,
        ReportFormat::Html => {
            let head = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>MQTT packets</title>\n";
            let more = if more.is_empty() { more } else { ["<p>", &more, "</p>\n"].concat() };
            [head, &each(html), &more, "</html>\n"].concat()
        }
        ReportFormat::Svg => svg(packets, &more),
        ReportFormat::Hex => packets.iter().map(|it| render(it, CopyFormat::Hex) + "\n").collect(),
    }
}

fn heading(packet: &PacketView) -> String {
    let name = packet.dissection.packet_type.map_or("Packet", PacketType::name);
    let size = packet.bytes.len().to_string();
    let version = packet.dissection.version.as_str();
    [&packet.number.to_string(), ". ", name, ", MQTT ", version, ", ", &size, " bytes"].concat()
}

/// What is wrong, each with its rule.
fn faults(packet: &PacketView) -> impl Iterator<Item = String> {
    packet.dissection.faults.iter().map(|it| [&it.message, " [", it.statement, "]"].concat())
}

fn text(packet: &PacketView) -> String {
    let mut out = [&heading(packet), "\n", &render(packet, CopyFormat::Hex), "\n"].concat();
    // The name stands in the heading already.
    out.push_str(render(packet, CopyFormat::Fields).split_once('\n').map_or("", |it| it.1));
    for fault in faults(packet) {
        out.push_str(&["    ! ", &fault, "\n"].concat());
    }
    out.push('\n');
    out
}

/// Name, bytes and value of each line of the tree.
fn rows(packet: &PacketView) -> Vec<(usize, String, String)> {
    let items = tree(&packet.bytes, &packet.dissection, &packet.map);
    items.into_iter().map(|it| (usize::from(it.depth), it.name, it.text)).collect()
}

fn markdown(packet: &PacketView) -> String {
    // In a table a bar ends the cell; the rest would be markup.
    let plain = |text: &str| {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if "\\`*_{}[]<>()|~$&".contains(c) {
                out.push('\\');
            }
            out.push(if c.is_control() { ' ' } else { c });
        }
        out
    };
    let mut out =
        ["## ", &heading(packet), "\n\n```\n", &render(packet, CopyFormat::Hex), "\n```\n\n"].concat();
    out.push_str("| Field | Value |\n|---|---|\n");
    for (depth, name, value) in rows(packet) {
        let indent = "&emsp;".repeat(depth);
        out.push_str(&["| ", &indent, &plain(&name), " | ", &plain(&value), " |\n"].concat());
    }
    for fault in faults(packet) {
        out.push_str(&["\n**Malformed:** ", &plain(&fault), "\n"].concat());
    }
    out.push('\n');
    out
}

/// Text between tags and in attributes. XML has no control characters but these.
fn escaped(text: &str) -> String {
    let safe = |c: char| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c };
    words::escaped(text.chars().map(safe))
}

fn html(packet: &PacketView) -> String {
    let hex = render(packet, CopyFormat::Hex);
    let mut out = ["<h2>", &escaped(&heading(packet)), "</h2>\n<pre>", &hex, "</pre>\n<table>\n"].concat();
    for (depth, name, value) in rows(packet) {
        let indent = "&emsp;".repeat(depth);
        out.push_str(&["<tr><th align=\"left\">", &indent, &escaped(&name)].concat());
        out.push_str(&["</th><td>", &escaped(&value), "</td></tr>\n"].concat());
    }
    out.push_str("</table>\n");
    for fault in faults(packet) {
        out.push_str(&["<p><strong>Malformed:</strong> ", &escaped(&fault), "</p>\n"].concat());
    }
    out
}

/// Pixels: of a byte, of a line, and of the whole width.
const CELL: usize = 22;
const LINE: usize = 62;
const WIDTH: usize = 960;
/// Bytes of a field and of a packet that are drawn.
const FIELD: usize = 24;
const PACKET: usize = 160;

/// The ground and the ink of a part, as the page has them in its light theme.
const fn colours(group: ByteGroup) -> (&'static str, &'static str) {
    match group {
        ByteGroup::FixedHeader => ("#c7d7fe", "#1e3a8a"),
        ByteGroup::RemainingLength => ("#f5d0fe", "#701a75"),
        ByteGroup::VariableHeader => ("#a5f3fc", "#164e63"),
        ByteGroup::Properties => ("#fde68a", "#713f12"),
        ByteGroup::Payload => ("#bbf7d0", "#14532d"),
        ByteGroup::Error => ("#fecaca", "#991b1b"),
        ByteGroup::Unknown => ("#e2e8f0", "#334155"),
    }
}

fn svg(packets: &[PacketView], more: &str) -> String {
    let mut body = String::new();
    let mut y = 28;
    let words = |x: usize, y: usize, attributes: &str, text: &str| {
        [
            "<text x=\"",
            &x.to_string(),
            "\" y=\"",
            &y.to_string(),
            "\" ",
            attributes,
            ">",
            &escaped(text),
            "</text>\n",
        ]
        .concat()
    };
    for packet in packets {
        body.push_str(&words(16, y, "font-weight=\"600\" font-size=\"14\"", &heading(packet)));
        y += 16;
        let mut x = 16;
        for field in fields(&packet.bytes, &packet.dissection, &packet.map, FIELD, PACKET) {
            let cells = cells_of(&field);
            let label = field.label.chars().count().max(field.value.chars().take(28).count()) * 7;
            let width = (cells.len() * CELL).max(label) + 8;
            if x + width > WIDTH - 16 && x > 16 {
                (x, y) = (16, y + LINE);
            }
            let (ground, ink) = colours(field.group);
            for (at, cell) in cells.iter().enumerate() {
                let left = x + at * CELL;
                body.push_str(&rect(left, y, ground));
                let mono = ["font-family=\"monospace\" font-size=\"12\" fill=\"", ink, "\""].concat();
                body.push_str(&words(left + 3, y + 14, &mono, cell));
            }
            let value: String = field.value.chars().take(28).collect();
            body.push_str(&words(x, y + 34, "font-size=\"11\" fill=\"#475569\"", &field.label));
            body.push_str(&words(x, y + 48, "font-size=\"11\" font-weight=\"600\"", &value));
            x += width;
        }
        y += LINE;
        for fault in faults(packet) {
            body.push_str(&words(16, y, "font-size=\"12\" fill=\"#991b1b\"", &fault));
            y += 18;
        }
        y += 18;
    }
    if !more.is_empty() {
        body.push_str(&words(16, y, "font-size=\"12\"", more));
        y += 20;
    }
    let size = ["width=\"", &WIDTH.to_string(), "\" height=\"", &y.to_string(), "\""].concat();
    let font = "font-family=\"Inter, sans-serif\" fill=\"#0f172a\"";
    [
        "<svg xmlns=\"http://www.w3.org/2000/svg\" ",
        &size,
        " ",
        font,
        ">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
        &body,
        "</svg>\n",
    ]
    .concat()
}

fn rect(x: usize, y: usize, fill: &str) -> String {
    let place = ["<rect x=\"", &x.to_string(), "\" y=\"", &y.to_string(), "\""].concat();
    [&place, " width=\"21\" height=\"20\" rx=\"2\" fill=\"", fill, "\"/>\n"].concat()
}

fn cells_of(field: &super::bytes::ByteField) -> Vec<String> {
    let mut cells = Vec::new();
    for piece in &field.pieces {
        match piece {
            super::bytes::Piece::Cells(all) => cells.extend(all.iter().map(|it| it.hex().to_owned())),
            super::bytes::Piece::Hidden(hidden) => cells.push(["+", &hidden.to_string()].concat()),
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Version;

    fn packet(bytes: &'static [u8]) -> PacketView {
        PacketView::of_bytes(bytes::Bytes::from_static(bytes), Version::V311, 1, String::new())
    }

    const EVIL: &[u8] = b"\x30\x20\x00\x16<script>alert(1)//|`*a</x>&ok";

    #[test]
    fn every_form_names_the_packet_and_its_fields() {
        for format in ReportFormat::ALL {
            let told = report(&[packet(EVIL), packet(b"\x80\x00")], 3, format);
            if format != ReportFormat::Hex {
                assert!(told.contains("1. PUBLISH, MQTT 3.1.1, 33 bytes"), "{told}");
                assert!(told.to_lowercase().contains("topic name"), "{told}");
                assert!(
                    told.contains("3.1.1 MQTT") && told.contains("3 more packets are left out."),
                    "{told}"
                );
            }
        }
        assert_eq!(report(&[packet(b"\xc0\x00")], 0, ReportFormat::Hex), "C0 00\n");
    }

    #[test]
    fn bytes_stay_text_in_markup() {
        let html = report(&[packet(EVIL)], 0, ReportFormat::Html);
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script"), "{html}");
        let svg = report(&[packet(EVIL)], 0, ReportFormat::Svg);
        assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;"), "{svg}");
        let markdown = report(&[packet(EVIL)], 0, ReportFormat::Markdown);
        assert!(markdown.contains("\\<script\\>alert\\(1\\)//\\|"), "{markdown}");
    }
}
