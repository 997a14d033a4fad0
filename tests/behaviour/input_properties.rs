//! Whatever bytes are rendered in whatever form: the form is recognised, or offered, and gives the same bytes.

use std::fmt::Write;

use mqtt_playground::input::{Form, Reader, Reading};
use proptest::prelude::*;

fn read(text: &str, form: Option<Form>, budget: usize) -> Reading {
    let mut reader = Reader::new(text, form, false);
    while !reader.step(text, budget) {}
    reader.finish()
}

fn joined(bytes: &[u8], between: &str, one: impl Fn(u8) -> String) -> String {
    bytes.iter().map(|byte| one(*byte)).collect::<Vec<_>>().join(between)
}

fn base64(bytes: &[u8], alphabet: &[u8; 64], padding: bool) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().chain([0; 3].iter()).take(3).fold(0u32, |word, byte| word << 8 | u32::from(*byte));
        for i in 0..4 {
            match i <= chunk.len() {
                true => text.push(char::from(alphabet[(word >> (18 - 6 * i)) as usize & 63])),
                false if padding => text.push('='),
                false => {}
            }
        }
    }
    text
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn dump(bytes: &[u8], style: usize) -> String {
    let mut text = String::new();
    for (at, row) in bytes.chunks(16).enumerate() {
        let plain = joined(row, " ", |byte| format!("{byte:02x}"));
        let ascii: String = row
            .iter()
            .map(|byte| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' })
            .collect();
        let words: Vec<String> =
            row.chunks(2).map(|pair| joined(pair, "", |byte| format!("{byte:02x}"))).collect();
        let _ = match style {
            0 => writeln!(text, "{:04x}   {plain:47}   {ascii}", at * 16),
            1 => writeln!(text, "{:08x}: {:39}  {ascii}", at * 16, words.join(" ")),
            2 => writeln!(text, "{:08x}  {plain:48}  |{ascii}|", at * 16),
            3 => writeln!(text, "{:06x} {plain}", at * 16),
            4 => writeln!(text, "D (1234) mqtt: {:04x}   {plain:47}   {ascii}", at * 16),
            _ => writeln!(text, "{:07o} {plain}", at * 16),
        };
    }
    text
}

fn escaped(bytes: &[u8]) -> String {
    let one = |byte: u8| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        0x20..0x7f => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    };
    let text: String = bytes.iter().map(|byte| one(*byte)).collect();
    // At least one escape, or it is a string like any other.
    if text.contains('\\') { text } else { format!("\\x{:02x}{}", bytes[0], &text[1..]) }
}

/// Each form as text, and whether nothing else could be meant.
fn renderings(bytes: &[u8]) -> Vec<(Form, String, bool)> {
    let hex = |byte: u8| format!("{byte:02x}");
    let prefixed = |byte: u8| format!("0x{byte:02X}");
    let decimal = |byte: u8| byte.to_string();
    let mut all = vec![
        (Form::Hex, joined(bytes, "", hex), false),
        (Form::Hex, joined(bytes, " ", hex), false),
        (Form::Hex, joined(bytes, ":", hex), false),
        (Form::Hex, joined(bytes, " ", prefixed), true),
        (Form::Hex, joined(bytes, ", ", prefixed), true),
        (Form::List, format!("char p[] = {{ {} }};", joined(bytes, ", ", prefixed)), true),
        (Form::List, format!("[{}]", joined(bytes, ", ", decimal)), true),
        (Form::List, format!("byte[] p = {{ {} }};", joined(bytes, ", ", |it| (it as i8).to_string())), true),
        (Form::Erlang, format!("<<{}>>", joined(bytes, ",", decimal)), true),
        (Form::Escaped, format!("b\"{}\"", escaped(bytes)), true),
        (Form::Escaped, format!("printf \"{}\" | nc localhost 1883", escaped(bytes)), true),
        (Form::Decimal, joined(bytes, " ", decimal), false),
        (Form::Binary, joined(bytes, " ", |byte| format!("{byte:08b}")), false),
        (Form::Base64, base64(bytes, STANDARD, true), false),
        (Form::Base64, base64(bytes, URL, false), false),
    ];
    let pairs: Vec<String> = bytes.iter().enumerate().map(|(at, byte)| format!("{at}: {byte}")).collect();
    all.push((Form::Indexed, pairs.join(" "), true));
    all.push((Form::Indexed, pairs.join("\n"), true));
    for style in 0..6 {
        all.push((Form::Dump, dump(bytes, style), bytes.len() > 32));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_in_any_form_are_the_same_bytes(bytes in proptest::collection::vec(any::<u8>(), 2..80), budget in 1usize..64) {
        for (form, text, sure) in renderings(&bytes) {
            let reading = read(&text, Some(form), budget);
            prop_assert_eq!(reading.data.bytes(), &bytes[..], "{:?}: {}", form, text);
            if sure {
                let found = read(&text, None, usize::MAX);
                prop_assert_eq!(found.form, Some(form), "{}", text);
                prop_assert_eq!(found.data.bytes(), &bytes[..], "{}", text);
            }
        }
    }

    #[test]
    fn packets_in_any_form_are_recognised(
        topic in "[a-z]{1,8}(/[a-z]{1,8}){0,2}",
        payload in proptest::collection::vec(any::<u8>(), 0..40),
        count in 1usize..4,
    ) {
        let mut bytes = Vec::new();
        for _ in 0..count {
            bytes.extend([0x30, (2 + topic.len() + payload.len()) as u8, 0, topic.len() as u8]);
            bytes.extend(topic.as_bytes());
            bytes.extend(&payload);
        }
        for (form, text, _) in renderings(&bytes) {
            let reading = read(&text, None, usize::MAX);
            prop_assert_eq!(reading.form, Some(form), "{:?}: {}", reading.forms, text);
            prop_assert_eq!(reading.data.bytes(), &bytes[..], "{}", text);
        }
    }

    #[test]
    fn no_text_stops_it(text in any::<String>(), budget in 1usize..32) {
        let whole = read(&text, None, usize::MAX);
        let sliced = read(&text, None, budget);
        prop_assert_eq!(whole.data, sliced.data);
        for form in Form::TEXT {
            read(&text, Some(form), budget);
        }
    }

    #[test]
    fn no_bytes_stop_it(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut reader = Reader::of_file(bytes.clone(), true);
        prop_assert!(reader.step("", 1));
        let hex = joined(&bytes, "", |byte| format!("{byte:02x}"));
        let mut from_text = Reader::new(&hex, Some(Form::Hex), true);
        while !from_text.step(&hex, 7) {}
        let (file, text) = (reader.finish().data, from_text.finish().data);
        prop_assert_eq!(file.bytes(), text.bytes());
    }
}

#[test]
fn megabytes_are_read_in_slices() {
    let bytes: Vec<u8> =
        std::iter::repeat_n([0xc0, 0, 0x30, 5, 0, 1, b'a', 1, 2], 150_000).flatten().collect();
    for text in [joined(&bytes, "", |byte| format!("{byte:02x}")), dump(&bytes[..bytes.len() / 2], 0)] {
        let mut reader = Reader::new(&text, None, true);
        let mut slices = 0;
        while !reader.step(&text, 1 << 16) {
            slices += 1;
        }
        assert!(slices > 10, "{slices}");
        assert!(reader.finish().data.len() >= bytes.len() / 2);
    }
}
