//! Reads the fields of MQTT packets from tshark's PDML.

/// One `<field>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    /// The value as Wireshark shows it.
    pub show: String,
    /// The bytes in hex; of a bit field its value.
    pub value: String,
    /// Bytes from the packet's first one.
    pub pos: usize,
    pub size: usize,
}

/// The `mqtt.*` fields of one MQTT packet, as they stand.
pub type Packet = Vec<Field>;

/// All packets, in the order in which their last bytes were captured.
pub fn packets(pdml: &str) -> Vec<Packet> {
    let mut out: Vec<Packet> = Vec::new();
    let mut start = None;
    for tag in tags(pdml) {
        match (tag.name, tag.attribute("name").as_deref()) {
            ("proto", Some("mqtt")) => {
                start = tag.number("pos");
                out.push(Vec::new());
            }
            ("proto", _) => start = None,
            ("/proto", _) => start = None,
            ("field", Some(name)) if name.starts_with("mqtt.") => {
                let (Some(start), Some(packet)) = (start, out.last_mut()) else { continue };
                packet.push(Field {
                    name: name.to_owned(),
                    show: tag.attribute("show").unwrap_or_default(),
                    value: tag.attribute("value").unwrap_or_default(),
                    pos: tag.number("pos").unwrap().saturating_sub(start),
                    size: tag.number("size").unwrap(),
                });
            }
            _ => {}
        }
    }
    out
}

struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
}

/// Everything between `<` and `>`. Neither stands inside an attribute: PDML escapes both.
fn tags(pdml: &str) -> impl Iterator<Item = Tag<'_>> {
    pdml.split('<').skip(1).filter_map(|piece| {
        let tag = &piece[..piece.find('>')?];
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        Some(Tag { name, attributes })
    })
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<String> {
        let mut left = self.attributes;
        while let Some((key, rest)) = left.split_once("=\"") {
            let (value, rest) = rest.split_once('"')?;
            if key.trim_start() == name {
                return Some(unescaped(value));
            }
            left = rest;
        }
        None
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.attribute(name)?.parse().ok()
    }
}

fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut left = text;
    while let Some((before, rest)) = left.split_once('&') {
        out.push_str(before);
        let (entity, rest) = rest.split_once(';').unwrap();
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let code = match entity.strip_prefix("#x") {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => entity[1..].parse(),
                };
                char::from_u32(code.unwrap()).unwrap()
            }
        });
        left = rest;
    }
    out.push_str(left);
    out
}

#[test]
fn fields_are_read_with_their_places_in_the_packet() {
    let pdml = r#"<packet><proto name="tcp" pos="34"/>
        <proto name="mqtt" size="9" pos="66"><field name="mqtt.len" showname="a &gt; b" size="1" pos="67" show="7" value="07"/>
        <field name="_ws.expert" size="0" pos="0"/><field name="mqtt.topic" size="2" pos="70" show="&lt;&#39;&#x41;" value="3c27"/>
        </proto><proto name="json"><field name="mqtt.len" size="1" pos="67"/></proto></packet>"#;
    let field = |name: &str, show: &str, value: &str, pos, size| Field {
        name: name.to_owned(),
        show: show.to_owned(),
        value: value.to_owned(),
        pos,
        size,
    };
    let expected = vec![field("mqtt.len", "7", "07", 1, 1), field("mqtt.topic", "<'A", "3c27", 4, 2)];
    assert_eq!(packets(pdml), [expected]);
}
