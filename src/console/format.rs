//! How mosquitto_sub prints a message: `-v`, `-N`, `-F`, `--pretty`.

use super::options::Options;
use crate::codec::{Properties, PropertyId, PropertyKind, PropertyValue, QoS};
use crate::time::Instant;

/// A message as it came.
pub(super) struct Got<'a> {
    pub topic: &'a str,
    pub payload: &'a [u8],
    pub qos: QoS,
    pub retain: bool,
    pub packet_id: u16,
    pub properties: Properties<'a>,
}

/// Whether a format can be printed.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(format: &str) -> Result<(), String> {
    let mut chars = format.chars().peekable();
    let incomplete = || "Incomplete format specifier.".to_owned();
    while let Some(c) = chars.next() {
        match c {
            '%' => {
                if let Some('0' | '-') = chars.peek() {
                    chars.next();
                }
                while chars.next_if(char::is_ascii_digit).is_some() {}
                if chars.next_if_eq(&'.').is_some() {
                    while chars.next_if(char::is_ascii_digit).is_some() {}
                }
                match chars.next().ok_or_else(incomplete)? {
                    c if "%ACDEFIlmPpqRSrtjJUxX".contains(c) => {}
                    c => return Err(format!("Invalid format specifier '{c}'.")),
                }
            }
            '@' => drop(chars.next().ok_or_else(incomplete)?),
            '\\' => match chars.next().ok_or("Incomplete escape specifier.")? {
                c if "\\0aenrtv".contains(c) => {}
                c => return Err(format!("Invalid escape specifier '{c}'.")),
            },
            _ => {}
        }
    }
    Ok(())
}

/// What a message prints.
///
/// # Errors
/// What goes to the standard error: the payload is no JSON.
pub(super) fn print(options: &Options, got: &Got<'_>, now: Instant) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    if let Some(format) = &options.format {
        formatted(&mut out, format, options.pretty, got, now)?;
    } else {
        match (options.verbose, got.payload.is_empty()) {
            (false, true) => return Ok(out),
            (false, false) => out.extend(got.payload),
            (true, false) => out.extend([got.topic.as_bytes(), b" ", got.payload].concat()),
            (true, true) if options.end_of_line => out.extend([got.topic.as_bytes(), b" (null)"].concat()),
            (true, true) => return Ok(out),
        }
    }
    if options.end_of_line {
        out.push(b'\n');
    }
    Ok(out)
}

/// Between `%` and its letter.
#[derive(Clone, Copy, Default)]
struct Shape {
    left: bool,
    zeros: bool,
    width: usize,
    precision: Option<usize>,
}

fn formatted(
    out: &mut Vec<u8>,
    format: &str,
    pretty: bool,
    got: &Got<'_>,
    now: Instant,
) -> Result<(), String> {
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '%' => {
                let mut shape = Shape { left: chars.next_if_eq(&'-').is_some(), ..Shape::default() };
                shape.zeros = chars.next_if_eq(&'0').is_some();
                shape.width = number(&mut chars);
                if chars.next_if_eq(&'.').is_some() {
                    shape.precision = Some(number(&mut chars));
                }
                if let Some(letter) = chars.next() {
                    percent(out, letter, shape, pretty, got, now)?;
                }
            }
            '@' => match chars.next() {
                Some('@') => out.push(b'@'),
                Some(letter) => out.extend(clock(letter, now).bytes()),
                None => {}
            },
            '\\' => out.extend(match chars.next() {
                Some('0') => Some(0),
                Some('a') => Some(7),
                Some('e') => Some(27),
                Some('n') => Some(b'\n'),
                Some('r') => Some(b'\r'),
                Some('t') => Some(b'\t'),
                Some('v') => Some(11),
                Some(_) => Some(b'\\'),
                None => None,
            }),
            c => out.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    Ok(())
}

/// Digits, up to a bound that no terminal is as wide as.
fn number(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> usize {
    let mut number = 0;
    while let Some(digit) = chars.next_if(char::is_ascii_digit) {
        number = (number * 10 + digit as usize - '0' as usize).min(10_000);
    }
    number
}

fn percent(
    out: &mut Vec<u8>,
    letter: char,
    shape: Shape,
    pretty: bool,
    got: &Got<'_>,
    now: Instant,
) -> Result<(), String> {
    use PropertyId as P;
    let number = |id| got.properties.number(id).map(|it| it.to_string());
    let of_text = |id| got.properties.text(id).unwrap_or_default().to_owned();
    match letter {
        '%' => out.push(b'%'),
        'A' => whole(out, number(P::TopicAlias), shape),
        'E' => whole(out, number(P::MessageExpiryInterval), shape),
        'F' => whole(out, number(P::PayloadFormatIndicator), shape),
        'S' => whole(out, number(P::SubscriptionIdentifier), shape),
        'l' => whole(out, Some(got.payload.len().to_string()), shape),
        'm' => whole(out, Some(got.packet_id.to_string()), shape),
        'C' => text(out, &of_text(P::ContentType), shape),
        'R' => {
            if let Some(topic) = got.properties.text(P::ResponseTopic) {
                text(out, topic, shape);
            }
        }
        't' => text(out, got.topic, shape),
        'I' => {
            text(out, &[clock('F', now), "T".to_owned(), clock('T', now), "+0000".to_owned()].concat(), shape)
        }
        'U' => text(out, &[clock('s', now), ".".to_owned(), clock('N', now)].concat(), shape),
        'D' => out.extend(got.properties.binary(P::CorrelationData).unwrap_or_default()),
        'P' => {
            let pairs = got.properties.iter().filter_map(|it| match it.value {
                PropertyValue::Pair(name, value) => Some([name, ":", value].concat()),
                _ => None,
            });
            out.extend(pairs.collect::<Vec<_>>().join(" ").bytes());
        }
        'q' => out.push(b'0' + got.qos.level()),
        'r' => out.push(b'0' + u8::from(got.retain)),
        'p' => payload(out, got.payload, false, shape),
        'x' | 'X' => {
            let hex = |byte: &u8| if letter == 'x' { format!("{byte:02x}") } else { format!("{byte:02X}") };
            let digits: String = got.payload.iter().map(hex).collect();
            payload(out, digits.as_bytes(), true, shape);
        }
        'j' => out.extend(json(got, pretty, now, None).bytes()),
        'J' => match super::json::minified(got.payload) {
            Some(value) => out.extend(json(got, pretty, now, Some(&value)).bytes()),
            None => {
                return Err(format!("Error: Message payload is not valid JSON on topic {}.\n", got.topic));
            }
        },
        _ => {}
    }
    Ok(())
}

fn whole(out: &mut Vec<u8>, number: Option<String>, shape: Shape) {
    let number = number.unwrap_or_default();
    let pad = if shape.zeros && !shape.left { b'0' } else { b' ' };
    padded(out, number.as_bytes(), shape, pad);
}

fn text(out: &mut Vec<u8>, text: &str, shape: Shape) {
    let bytes = text.as_bytes();
    padded(out, &bytes[..shape.precision.map_or(bytes.len(), |most| most.min(bytes.len()))], shape, b' ');
}

/// A payload longer than its width is cut; in hex it takes whole bytes.
fn payload(out: &mut Vec<u8>, bytes: &[u8], hex: bool, shape: Shape) {
    let len = if shape.width > 0 { bytes.len().min(shape.width) } else { bytes.len() };
    let len = if hex { len & !1 } else { len };
    padded(out, &bytes[..len], shape, if shape.zeros { b'0' } else { b' ' });
}

fn padded(out: &mut Vec<u8>, bytes: &[u8], shape: Shape, pad: u8) {
    let padding = shape.width.saturating_sub(bytes.len());
    if !shape.left {
        out.extend(std::iter::repeat_n(pad, padding));
    }
    out.extend(bytes);
    if shape.left {
        out.extend(std::iter::repeat_n(b' ', padding));
    }
}

/// The virtual clock as a date: it begins with 1970.
fn clock(letter: char, now: Instant) -> String {
    let micros = now.as_micros();
    let secs = micros / 1_000_000;
    let (hours, minutes, seconds) = (secs / 3_600 % 24, secs / 60 % 60, secs % 60);
    match letter {
        's' => secs.to_string(),
        'N' => format!("{:09}", micros % 1_000_000 * 1_000),
        'H' => format!("{hours:02}"),
        'M' => format!("{minutes:02}"),
        'S' => format!("{seconds:02}"),
        'T' | 'X' => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        'R' => format!("{hours:02}:{minutes:02}"),
        'Y' | 'm' | 'd' | 'F' => {
            let (year, month, day) = date(secs / 86_400);
            match letter {
                'Y' => year.to_string(),
                'm' => format!("{month:02}"),
                'd' => format!("{day:02}"),
                _ => format!("{year}-{month:02}-{day:02}"),
            }
        }
        _ => String::new(),
    }
}

/// Year, month and day of a day counted from 1970.
fn date(mut day: u64) -> (u64, u64, u64) {
    let mut year = 1970;
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while day >= 365 + u64::from(leap(year)) {
        day -= 365 + u64::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    for days in [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if day < days {
            break;
        }
        day -= days;
        month += 1;
    }
    (year, month, day + 1)
}

fn quoted(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for c in String::from_utf8_lossy(bytes).chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `value` is the payload where that is JSON itself.
fn json(got: &Got<'_>, pretty: bool, now: Instant, value: Option<&str>) -> String {
    let stamp = [clock('F', now), "T".into(), clock('T', now), ".".into()].concat();
    let stamp = format!("{stamp}{:06}Z+0000", now.as_micros() % 1_000_000);
    let mut entries = vec![
        ("tst".to_owned(), quoted(stamp.as_bytes())),
        ("topic".to_owned(), quoted(got.topic.as_bytes())),
        ("qos".to_owned(), got.qos.level().to_string()),
        ("retain".to_owned(), u8::from(got.retain).to_string()),
        ("payloadlen".to_owned(), got.payload.len().to_string()),
    ];
    if got.qos != QoS::AtMostOnce {
        entries.push(("mid".to_owned(), got.packet_id.to_string()));
    }
    if !got.properties.is_empty() {
        entries.push(("properties".to_owned(), properties(got.properties, pretty)));
    }
    let payload = match value {
        _ if got.payload.is_empty() => "null".to_owned(),
        Some(value) => value.to_owned(),
        None => quoted(got.payload),
    };
    entries.push(("payload".to_owned(), payload));
    object(&entries, pretty, 1)
}

fn object(entries: &[(String, String)], pretty: bool, depth: usize) -> String {
    let tabs = "\t".repeat(depth);
    let line = |(name, value): &(String, String)| match pretty {
        true => format!("{tabs}{}:\t{value}", quoted(name.as_bytes())),
        false => format!("{}:{value}", quoted(name.as_bytes())),
    };
    let lines: Vec<String> = entries.iter().map(line).collect();
    match pretty {
        true => format!("{{\n{}\n{}}}", lines.join(",\n"), "\t".repeat(depth - 1)),
        false => format!("{{{}}}", lines.join(",")),
    }
}

fn properties(list: Properties<'_>, pretty: bool) -> String {
    let (mut entries, mut users, mut at) = (Vec::new(), Vec::new(), None);
    for property in list.iter() {
        let value = match property.value {
            PropertyValue::Number(number) => number.to_string(),
            PropertyValue::Text(text) => quoted(text.as_bytes()),
            PropertyValue::Binary(bytes) => quoted(bytes),
            PropertyValue::Pair(name, value) => {
                at.get_or_insert(entries.len());
                users.push((name.to_owned(), quoted(value.as_bytes())));
                continue;
            }
        };
        debug_assert!(property.id.kind() != PropertyKind::Utf8StringPair);
        entries.push((property.id.name().to_lowercase().replace(' ', "-"), value));
    }
    if let Some(at) = at {
        entries.insert(at, ("user-properties".to_owned(), object(&users, pretty, 3)));
    }
    object(&entries, pretty, 2)
}

#[cfg(test)]
mod tests {
    use super::super::options::Program;
    use super::*;

    fn printed(format: &str) -> String {
        let got = Got {
            topic: "a/b",
            payload: b"hi\"",
            qos: QoS::AtLeastOnce,
            retain: true,
            packet_id: 7,
            properties: Properties::EMPTY,
        };
        let options =
            Options { format: Some(format.to_owned()), end_of_line: false, ..Options::new(Program::Sub) };
        String::from_utf8(print(&options, &got, Instant::from_micros(86_400_500_001)).unwrap()).unwrap()
    }

    #[test]
    fn each_letter_prints_its_part() {
        for (format, expected) in [
            ("%t %p %q %r %l %m %% %x %X", "a/b hi\" 1 1 3 7 % 686922 686922"),
            ("[%5t|%-5t|%.2t|%05l|%-5l|%5p|%2p]", "[  a/b|a/b  |a/|00003|3    |  hi\"|hi]"),
            ("@Y-@m-@d @H:@M:@S.@N @@", "1970-01-02 00:00:00.500001000 @"),
            ("%U %I", "86400.500001000 1970-01-02T00:00:00+0000"),
            ("a\\tb\\\\", "a\tb\\"),
            (
                "%j",
                r#"{"tst":"1970-01-02T00:00:00.500001Z+0000","topic":"a/b","qos":1,"retain":1,"payloadlen":3,"mid":7,"payload":"hi\""}"#,
            ),
            ("%A|%C|%S|", "|||"),
        ] {
            assert_eq!(check(format), Ok(()), "{format}");
            assert_eq!(printed(format), expected, "{format}");
        }
    }

    #[test]
    fn what_cannot_be_printed_is_refused() {
        for (format, text) in [
            ("%d", "Invalid format specifier 'd'."),
            ("a%", "Incomplete format specifier."),
            ("%05", "Incomplete format specifier."),
            ("@", "Incomplete format specifier."),
            ("\\", "Incomplete escape specifier."),
            ("\\q", "Invalid escape specifier 'q'."),
        ] {
            assert_eq!(check(format), Err(text.to_owned()), "{format}");
        }
        assert_eq!(date(19_782), (2024, 2, 29));
    }
}
