//! The diagram as a drawing.

use super::canvas::Canvas;
use super::palette::{self as colours, Pair};
use super::words::{fit, width, xml};
use super::{Options, Rows, Scene, more};
use crate::codec::PacketType;
use crate::view::bytes::{ByteCell, StripItem, strip};
use crate::view::diagram::{Arrow, Body, Bracket, Metrics, NoteView, Passage, RowView, Side};

const TIME: u32 = 60;
const LEAD: u32 = 56;
const TRAIL: u32 = 64;
const HEAD: u32 = 46;
/// Pixels from one byte to the next, and their height.
const CELL: u32 = 16;
const CELL_HEIGHT: u32 = 16;
const SANS: &str = "Inter, 'Inter Variable', system-ui, 'Segoe UI', 'Liberation Sans', sans-serif";
const MONO: &str =
    "'JetBrains Mono', 'JetBrains Mono Variable', ui-monospace, Menlo, 'Liberation Mono', monospace";

/// A drawing and its size in pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// The document.
    pub svg: String,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// Packets of the range that it does not show; it says so.
    pub left_out: usize,
}

/// Draws a range of packets.
pub fn svg(scene: Scene<'_>, options: &Options) -> Drawing {
    let metrics = Metrics { packet: if options.bytes { 36 } else { 27 }, marker: 24, idle: 20 };
    let rows = scene.rows(options, metrics);
    let mut sheet = Sheet::new(scene, options, &rows, metrics);
    let height = sheet.bottom + if rows.left_out > 0 { 34 } else { 12 };
    sheet.head(scene);
    sheet.lifelines(&rows);
    for (at, row) in rows.rows.iter().enumerate() {
        sheet.row(row, sheet.tops[at]);
    }
    if rows.left_out > 0 {
        let at = (options.width / 2, sheet.bottom + 20);
        sheet.say(at, "middle", colours::TEXT_2, &more(rows.left_out));
    }
    let [width, tall] = [options.width, height].map(|it| it.to_string());
    let names: Vec<&str> = scene.capture.ends().iter().map(|end| &*end.name).collect();
    let title = ["Sequence diagram: ", &names.join(", ")].concat();
    let head = [
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"",
        &width,
        "\" height=\"",
        &tall,
        "\" viewBox=\"0 0 ",
        &width,
        " ",
        &tall,
        "\" role=\"img\" font-family=\"",
        &xml(SANS),
        "\" font-size=\"11\">\n<title>",
        &xml(&title),
        "</title>\n",
    ];
    let mut page = Canvas { out: head.concat() };
    page.rect([0, 0, options.width, height], "", colours::PANEL[sheet.theme], "", "");
    Drawing {
        svg: [&page.out, &sheet.canvas.out, "</svg>\n"].concat(),
        width: options.width,
        height,
        left_out: rows.left_out,
    }
}

struct Sheet {
    canvas: Canvas,
    bytes: bool,
    theme: usize,
    gap: u32,
    lanes: usize,
    width: u32,
    /// Rows' tops, and which rows of the plan they are.
    tops: Vec<u32>,
    places: Vec<usize>,
    bottom: u32,
}

impl Sheet {
    fn new(scene: Scene<'_>, options: &Options, rows: &Rows, metrics: Metrics) -> Self {
        let lanes = scene.capture.ends().len().clamp(1, 64);
        let mut y = HEAD + 6;
        let mut tops = Vec::new();
        for row in &rows.rows {
            tops.push(y);
            y += match row.body {
                Body::Packet { .. } => metrics.packet,
                Body::Idle(_) | Body::Dropped => metrics.idle,
                Body::Cut { .. } | Body::Note(_) => metrics.marker,
            };
        }
        Self {
            canvas: Canvas::default(),
            bytes: options.bytes,
            theme: usize::from(options.dark),
            gap: options.width.saturating_sub(TIME + LEAD + TRAIL) / (lanes as u32 - 1).max(1),
            lanes,
            width: options.width,
            tops,
            places: rows.rows.iter().map(|row| row.index).collect(),
            bottom: y,
        }
    }

    fn lane(&self, lane: usize) -> u32 {
        TIME + LEAD + lane as u32 * self.gap
    }

    /// The arrow's line, below the row's top.
    const fn middle(&self) -> u32 {
        if self.bytes { 24 } else { 19 }
    }

    fn say(&mut self, at: (u32, u32), anchor: &str, colour: Pair, text: &str) {
        self.canvas.text(at, anchor, "", "", colour[self.theme], text);
    }

    fn head(&mut self, scene: Scene<'_>) {
        self.say((12, 27), "start", colours::TEXT_3, "time, s");
        for (lane, name) in scene.names().take(self.lanes).enumerate() {
            let name = fit(name, 12, self.gap.max(60) - 24);
            let wide = width(&name, 13) + 22;
            let x = self.lane(lane);
            let box_at = [x.saturating_sub(wide / 2), 10, wide, 26];
            self.canvas.rect(box_at, "5", colours::RAISED[self.theme], colours::BORDER[self.theme], "");
            self.canvas.text((x, 27), "middle", "12", "600", colours::TEXT[self.theme], &name);
        }
    }

    /// One line a run of rows in which nothing changes; idle time breaks it.
    fn lifelines(&mut self, rows: &Rows) {
        for lane in 0..self.lanes {
            let x = self.lane(lane);
            let state = |row: &RowView| match row.body {
                Body::Idle(_) => None,
                _ => Some(row.offline.get(lane).copied().unwrap_or(false)),
            };
            let mut from = (HEAD - 10, rows.rows.first().and_then(state));
            for (at, row) in rows.rows.iter().enumerate() {
                let now = state(row);
                if now != from.1 {
                    self.lifeline(x, from, self.tops[at]);
                    from = (self.tops[at], now);
                }
            }
            self.lifeline(x, from, self.bottom);
        }
    }

    fn lifeline(&mut self, x: u32, (from, state): (u32, Option<bool>), to: u32) {
        let Some(offline) = state else { return };
        let (colour, dashes) = if offline { (colours::CONTROL, "4 3") } else { (colours::BORDER, "") };
        self.canvas.line((x, from), (x, to), colour[self.theme], "1", dashes);
    }

    fn row(&mut self, row: &RowView, y: u32) {
        let middle = if matches!(row.body, Body::Packet { .. }) { self.middle() } else { 12 };
        if let Some(time) = &row.time {
            let [x, at] = [12, y + middle + 4].map(|it: u32| it.to_string());
            let fill = colours::TEXT_3[self.theme];
            self.canvas.words("text", &[("x", &x), ("y", &at), ("font-family", MONO), ("fill", fill)], time);
        }
        match &row.body {
            Body::Packet { arrow, note, bracket } => {
                if let Some(bracket) = bracket {
                    self.bracket(bracket, y);
                }
                self.arrow(arrow, note.as_ref(), y);
                if let Some(note) = note.as_ref().filter(|note| !note.is_on_arrow()) {
                    self.note(note, y + middle - 15);
                }
            }
            Body::Idle(words) => self.idle(words, y),
            Body::Cut { gaps, text } => self.cut(*gaps, text, y),
            Body::Note(note) => self.note(note, y + 2),
            Body::Dropped => self.idle("no longer kept", y),
        }
    }

    fn arrow(&mut self, arrow: &Arrow, note: Option<&NoteView>, y: u32) {
        let (left, right) = (self.lane(arrow.gaps.0) + 2, self.lane(arrow.gaps.1) - 2);
        let line = y + self.middle();
        let colour = colours::packet(arrow.dissection.packet_type)[self.theme];
        self.canvas.out.push_str("<g><title>");
        self.canvas.out.push_str(&xml(&arrow.sentence));
        self.canvas.out.push_str("</title>\n");
        let free = self.label(arrow, left, right, y + 12);
        if let Some(note) = note.filter(|note| note.is_on_arrow()) {
            self.note_in(note, arrow.rightwards, free, y + 12);
        }
        let point = |millis: u16| {
            let way = (right - left) * u32::from(millis) / 1_000;
            if arrow.rightwards { left + way } else { right - way }
        };
        match arrow.passage {
            Passage::Lost { progress_millis, .. } => {
                let end = point(progress_millis);
                self.canvas.line((left, line), (right, line), colours::BORDER[self.theme], "1.5", "1 3");
                self.canvas.line((point(0), line), (end, line), colour, "1.5", "");
                self.cross(end, line);
            }
            Passage::Flying { .. } => {
                self.canvas.line((left, line), (right, line), colour, "1.5", "5 4");
                let [x, at] = [point(500), line].map(|it| it.to_string());
                self.canvas.element("circle", &[("cx", &x), ("cy", &at), ("r", "4.5"), ("fill", colour)]);
            }
            Passage::Ahead | Passage::Arrived => {
                self.canvas.line((left, line), (right, line), colour, "1.5", "");
            }
        }
        if !matches!(arrow.passage, Passage::Lost { .. }) {
            self.arrowhead(point(1_000), line, arrow.rightwards, colour);
        }
        if self.bytes {
            self.strip(arrow, left, right, line);
        }
        self.canvas.out.push_str("</g>\n");
    }

    fn arrowhead(&mut self, x: u32, y: u32, rightwards: bool, fill: &str) {
        let back = if rightwards { x.saturating_sub(8) } else { x + 8 };
        let [x, back, top, y, low] = [x, back, y - 4, y, y + 4].map(|it| it.to_string());
        let path = ["M", &x, " ", &y, "L", &back, " ", &top, "V", &low, "Z"].concat();
        self.canvas.element("path", &[("d", &path), ("fill", fill)]);
    }

    fn cross(&mut self, x: u32, y: u32) {
        let bad = colours::BAD[self.theme];
        let x = x.max(5);
        self.canvas.line((x - 5, y - 5), (x + 5, y + 5), bad, "2.2", "");
        self.canvas.line((x - 5, y + 5), (x + 5, y - 5), bad, "2.2", "");
    }

    /// Glyph, name and facts at the sender's side; gives what is free beside them.
    fn label(&mut self, arrow: &Arrow, left: u32, right: u32, base: u32) -> (u32, u32) {
        let theme = self.theme;
        let packet = arrow.dissection.packet_type;
        let colour = colours::packet(packet)[theme];
        let name = packet.map_or("unknown", PacketType::name);
        let lost = arrow.passage.lost();
        let chips = [arrow.reconnects.then_some("reconnects"), lost];
        let taken = width(name, 12) + chips.iter().flatten().map(|it| width(it, 12) + 4).sum::<u32>();
        let room = (right - left).saturating_sub(26 + taken);
        let facts = fit(&arrow.dissection.details.join(" "), 11, room);
        let (glyph, x, anchor) =
            if arrow.rightwards { (left + 5, left + 17, "") } else { (right - 14, right - 18, "end") };
        self.glyph(packet, glyph, base - 9, colour);
        let [x, y] = [x, base].map(|it| it.to_string());
        let out = &mut self.canvas;
        out.out.push_str(&["<text x=\"", &x, "\" y=\"", &y, "\""].concat());
        if !anchor.is_empty() {
            out.out.push_str(" text-anchor=\"end\"");
        }
        out.out.push('>');
        out.words("tspan", &[("font-weight", "600"), ("fill", colour)], name);
        if !facts.is_empty() {
            out.words("tspan", &[("fill", colours::TEXT_2[theme])], &facts);
        }
        if arrow.reconnects {
            out.words("tspan", &[("font-weight", "600"), ("fill", colours::WARN[theme])], "reconnects");
        }
        if let Some(lost) = lost {
            out.words("tspan", &[("font-weight", "600"), ("fill", colours::BAD[theme])], lost);
        }
        out.out.push_str("</text>\n");
        let used = 26 + taken + width(&facts, 11) + 14;
        if arrow.rightwards { (left + used, right) } else { (left, right.saturating_sub(used)) }
    }

    /// A note's words beside the label of its own arrow, at its lifeline if the arrow leads there.
    fn note_in(&mut self, note: &NoteView, rightwards: bool, (left, right): (u32, u32), base: u32) {
        let text = fit(&told(note), 11, right.saturating_sub(left + 14));
        let ink = if note.bad { colours::BAD } else { colours::TEXT_2 };
        let at_end = note.side == Side::OnArrow { at_end: true };
        let (x, anchor) =
            if rightwards == at_end { (right.saturating_sub(7), "end") } else { (left + 7, "start") };
        self.say((x, base), anchor, ink, &text);
    }

    fn glyph(&mut self, of: Option<PacketType>, x: u32, y: u32, colour: &str) {
        let (path, filled) = shape(of);
        let [x, y] = [x, y].map(|it| it.to_string());
        let place = ["translate(", &x, " ", &y, ") scale(.8)"].concat();
        self.canvas.element(
            "path",
            &[
                ("d", path),
                ("transform", &place),
                ("fill", if filled { colour } else { "none" }),
                ("stroke", colour),
                ("stroke-width", if path.contains('v') { "2.4" } else { "1.3" }),
            ],
        );
    }

    /// The bytes on the line, next to their sender.
    fn strip(&mut self, arrow: &Arrow, left: u32, right: u32, line: u32) {
        let budget = ((right - left).saturating_sub(36) / CELL).max(8) as usize;
        let items = strip(&arrow.bytes, &arrow.dissection, &arrow.map, budget);
        let wide = |item: &StripItem| match item {
            StripItem::Bytes { cells, .. } => cells.len() as u32 * CELL + 1,
            StripItem::Elision(hidden) => width(&elided(*hidden), 11) + 10,
        };
        let all = items.iter().map(|item| wide(item) + 2).sum::<u32>();
        let mut x = if arrow.rightwards { left + 12 } else { right.saturating_sub(12 + all) };
        let top = line - CELL_HEIGHT / 2;
        self.canvas.rect(
            [x.saturating_sub(3), top, all + 4, CELL_HEIGHT],
            "",
            colours::PANEL[self.theme],
            "",
            "",
        );
        for item in &items {
            match item {
                StripItem::Bytes { group, cells } => self.segment(x, top, colours::group(*group), cells),
                StripItem::Elision(hidden) => {
                    let text = elided(*hidden);
                    let panel = colours::PANEL[self.theme];
                    let at = [x, top, wide(item) - 2, CELL_HEIGHT];
                    self.canvas.rect(at, "3", panel, colours::CONTROL[self.theme], "2 2");
                    self.say((x + (wide(item) - 2) / 2, top + 12), "middle", colours::TEXT_2, &text);
                }
            }
            x += wide(item) + 2;
        }
    }

    /// Bytes of one colour; each digit has its place, whatever font there is.
    fn segment(&mut self, x: u32, top: u32, (pairs, dashes): ([Pair; 3], &str), cells: &[ByteCell]) {
        let [fill, ink, mark] = pairs.map(|pair| pair[self.theme]);
        let wide = cells.len() as u32 * CELL - 1;
        self.canvas.rect([x, top, wide, CELL_HEIGHT], "2", fill, "", "");
        let low = top + CELL_HEIGHT - 1;
        self.canvas.line((x, low), (x + wide, low), mark, "2", dashes);
        let mut places = String::new();
        let mut digits = String::new();
        for (at, cell) in cells.iter().enumerate() {
            let left = x + at as u32 * CELL;
            if at > 0 {
                places.push(' ');
                self.canvas.line(
                    (left - 1, top),
                    (left - 1, top + CELL_HEIGHT),
                    colours::PANEL[self.theme],
                    "1",
                    "",
                );
            }
            places.push_str(&[&(left + 1).to_string(), ".3 ", &(left + 7).to_string(), ".7"].concat());
            digits.push_str(cell.hex());
        }
        let y = (top + 11).to_string();
        let attributes =
            [("x", places.as_str()), ("y", &y), ("font-family", MONO), ("font-size", "10.5"), ("fill", ink)];
        self.canvas.words("text", &attributes, &digits);
        for (at, _) in cells.iter().enumerate().filter(|(_, cell)| cell.wrong) {
            let outline = [x + at as u32 * CELL, top, CELL - 1, CELL_HEIGHT];
            self.canvas.rect(outline, "2", "none", colours::BAD[self.theme], "");
        }
    }

    fn note(&mut self, note: &NoteView, y: u32) {
        let text = fit(&told(note), 11, self.gap.saturating_sub(44));
        let wide = width(&text, 11) + 14;
        let (left, right) = (self.lane(note.gap), self.lane(note.gap + 1));
        let x = if note.side == Side::AtRight { right.saturating_sub(14 + wide) } else { left + 14 };
        let border = colours::BORDER[self.theme];
        match note.side {
            Side::AtLeft => self.canvas.line((left, y + 9), (x, y + 9), border, "1", ""),
            Side::AtRight => self.canvas.line((x + wide, y + 9), (right, y + 9), border, "1", ""),
            Side::Away | Side::OnArrow { .. } => {}
        }
        let (fill, ink) = match (note.bad, note.side) {
            (true, _) => (colours::BAD_FILL, colours::BAD),
            (false, Side::Away) => (colours::PANEL, colours::TEXT_2),
            (false, _) => (colours::SUNKEN, colours::TEXT_2),
        };
        self.canvas.rect([x, y, wide, 19], "4", fill[self.theme], border, "");
        self.say((x + 7, y + 13), "start", ink, &text);
    }

    fn bracket(&mut self, bracket: &Bracket, y: u32) {
        let Some(from) = self.places.iter().rposition(|place| *place == bracket.from_row) else { return };
        let lane = self.lane(bracket.column - usize::from(bracket.right));
        let (near, far) = if bracket.right { (lane + 5, lane + 11) } else { (lane - 5, lane - 11) };
        let (top, low) = (self.tops[from] + self.middle(), y + self.middle());
        let colour = colours::TEXT_3[self.theme];
        if bracket.joins {
            self.canvas.line((far, top), (far, low), colour, "1", "1 2");
            return;
        }
        let [near, side, up, down] = [near, far, top, low].map(|it| it.to_string());
        let path = ["M", &near, " ", &up, "H", &side, "V", &down, "H", &near].concat();
        self.canvas.element("path", &[("d", &path), ("fill", "none"), ("stroke", colour)]);
        let (x, anchor) = if bracket.right { (far + 4, "start") } else { (far - 4, "end") };
        self.say((x, (top + low) / 2 + 4), anchor, colours::TEXT_2, &bracket.text);
    }

    fn idle(&mut self, words: &str, y: u32) {
        let (from, to, middle) = (TIME + 8, self.width - 12, (TIME + self.width) / 2);
        let half = width(words, 11) / 2 + 8;
        let colour = colours::CONTROL[self.theme];
        self.canvas.line((from, y + 10), (middle - half, y + 10), colour, "1", "1 3");
        self.canvas.line((middle + half, y + 10), (to, y + 10), colour, "1", "1 3");
        self.say((middle, y + 14), "middle", colours::TEXT_3, words);
    }

    /// A saw's teeth from one lifeline to the other, and words in their middle.
    fn cut(&mut self, gaps: (usize, usize), words: &str, y: u32) {
        let (left, right) = (self.lane(gaps.0) + 4, self.lane(gaps.1) - 4);
        let bad = colours::BAD[self.theme];
        let teeth = "l4 -5l4 5".repeat(((right - left) / 8) as usize);
        let path = ["M", &left.to_string(), " ", &(y + 14).to_string(), &teeth].concat();
        self.canvas
            .element("path", &[("d", &path), ("fill", "none"), ("stroke", bad), ("stroke-width", "1.2")]);
        let words = fit(words, 11, right - left - 20);
        let (middle, half) = ((left + right) / 2, width(&words, 11) / 2 + 8);
        self.canvas.rect([middle - half, y + 3, 2 * half, 18], "", colours::PANEL[self.theme], "", "");
        self.canvas.text((middle, y + 16), "middle", "", "600", bad, &words);
    }
}

fn elided(hidden: usize) -> String {
    ["+", &hidden.to_string(), " B"].concat()
}

/// The glyph on a grid of 12 pixels, and whether it is filled: as on the page.
const fn shape(of: Option<PacketType>) -> (&'static str, bool) {
    use PacketType as P;
    match of {
        Some(P::Connect) => ("M6 1l5 5-5 5-5-5z", true),
        Some(P::ConnAck) => ("M6 1.6L10.4 6 6 10.4 1.6 6z", false),
        Some(P::Disconnect) => ("M6 1.6L10.4 6 6 10.4 1.6 6zM3.6 8.4l4.8-4.8", false),
        Some(P::Publish) => ("M1.8 6a4.2 4.2 0 1 0 8.4 0a4.2 4.2 0 1 0-8.4 0", true),
        Some(P::PubAck) => ("M6 1.8l4.6 8.2H1.4z", false),
        Some(P::PubRec) => ("M2 1.8v8.4", false),
        Some(P::PubRel) => ("M2 1.8v8.4M6 1.8v8.4", false),
        Some(P::PubComp) => ("M2 1.8v8.4M6 1.8v8.4M10 1.8v8.4", false),
        Some(P::Subscribe | P::Unsubscribe) => ("M2 2h8V10H2z", true),
        Some(P::SubAck | P::UnsubAck) => ("M2 2h8V10H2z", false),
        Some(P::PingReq) => ("M4 6a2 2 0 1 0 4 0a2 2 0 1 0-4 0", true),
        Some(P::PingResp) => ("M3.4 6a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0-5.2 0", false),
        Some(P::Auth) => ("M6 1l4.3 2.5V8.5L6 11 1.7 8.5V3.5z", true),
        None => ("M2 2l8 8M10 2l-8 8", false),
    }
}
/// The first note's words, and how many there are besides.
fn told(note: &NoteView) -> String {
    let mut text: String = note.pieces.iter().map(|piece| piece.text.as_str()).collect();
    if !note.more.is_empty() {
        text.push_str(" +");
        text.push_str(&note.more.len().to_string());
    }
    text
}
