//! An SVG document as it is written: elements with attributes, no more.

use super::words::xml;

/// The elements so far.
#[derive(Default)]
pub struct Canvas {
    pub out: String,
}

impl Canvas {
    /// An element without content.
    pub fn element(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.open(name, attributes);
        self.out.push_str("/>\n");
    }

    /// An element around a text.
    pub fn words(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        self.out.push('>');
        self.out.push_str(&xml(text));
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            self.out.push_str(&xml(value));
            self.out.push('"');
        }
    }

    /// A straight line.
    pub fn line(&mut self, from: (u32, u32), to: (u32, u32), colour: &str, width: &str, dashes: &str) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(|it| it.to_string());
        self.element(
            "line",
            &[
                ("x1", &x1),
                ("y1", &y1),
                ("x2", &x2),
                ("y2", &y2),
                ("stroke", colour),
                ("stroke-width", width),
                ("stroke-dasharray", dashes),
            ],
        );
    }

    /// A rectangle: x, y, width, height, and the radius of its corners.
    pub fn rect(&mut self, at: [u32; 4], radius: &str, fill: &str, stroke: &str, dashes: &str) {
        let [x, y, width, height] = at.map(|it| it.to_string());
        self.element(
            "rect",
            &[
                ("x", &x),
                ("y", &y),
                ("width", &width),
                ("height", &height),
                ("rx", radius),
                ("fill", fill),
                ("stroke", stroke),
                ("stroke-dasharray", dashes),
            ],
        );
    }

    /// A text whose baseline begins, ends or is centred at a point: `anchor` is start, end or middle.
    pub fn text(&mut self, at: (u32, u32), anchor: &str, size: &str, weight: &str, fill: &str, text: &str) {
        let [x, y] = [at.0, at.1].map(|it| it.to_string());
        let anchor = if anchor == "start" { "" } else { anchor };
        self.words(
            "text",
            &[
                ("x", &x),
                ("y", &y),
                ("text-anchor", anchor),
                ("font-size", size),
                ("font-weight", weight),
                ("fill", fill),
            ],
            text,
        );
    }
}
