//! What people paste, for JavaScript: its form and its bytes; and packets in plain words with their repairs.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use super::decode::version_option;
use crate::codec::Direction;
use crate::dissect::{Fix, Repair};
use crate::input::{Reader, Reading};
use crate::view::decode::{Index, State, packet, repairs_of};

/// An object of these members.
pub(super) fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // A plain object takes any member.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

pub(super) fn list(items: impl IntoIterator<Item = JsValue>) -> JsValue {
    items.into_iter().collect::<Array>().into()
}

fn read(text: &str) -> Reading {
    let mut reader = Reader::new(text, None, true);
    reader.step(text, usize::MAX);
    reader.finish()
}

/// What a text was read as: see `DetectedInput` in `src/tools.rs`.
pub fn detect_input(text: &str) -> JsValue {
    let reading = read(text);
    let or_null = |value: Option<JsValue>| value.unwrap_or(JsValue::NULL);
    let layers = reading.layers.iter().map(|(layer, _)| layer.name().into());
    let ways = reading
        .ways
        .iter()
        .map(|(offset, way, _)| object(&[("offset", (*offset as u32).into()), ("to", way_name(*way))]));
    object(&[
        ("form", or_null(reading.form.map(|form| form.name().into()))),
        ("name", or_null(reading.form.map(|_| reading.name.into()))),
        ("alternatives", list(reading.forms.iter().map(|form| form.name().into()))),
        ("bytes", Uint8Array::from(reading.data.bytes()).into()),
        ("takenOff", list(layers)),
        ("ways", list(ways)),
        ("foreign", or_null(reading.foreign.map(|it| it.message().into()))),
        ("mistakeAt", or_null(reading.mistake.map(|it| (it.at as u32).into()))),
    ])
}

fn way_name(way: Option<Direction>) -> JsValue {
    match way {
        Some(Direction::ToServer) => "broker".into(),
        Some(Direction::ToClient) => "client".into(),
        None => JsValue::NULL,
    }
}

/// Bytes of a packet up to which repairs are looked for: all of it at once.
const REPAIRED: usize = 300_000;

/// Each packet in a sentence, with what is wrong and how to repair it: see `ExplainedPacket` in `src/tools.rs`.
///
/// # Errors
/// When the input is neither bytes nor text, or the options are not of their form.
pub fn explain(input: JsValue, options: JsValue) -> Result<JsValue, JsError> {
    let version = version_option(&options)?;
    let (bytes, ways, clients, foreign) = match input.as_string() {
        Some(text) => {
            let mut reading = read(&text);
            let ways = reading.ways.iter().map(|it| (it.0, it.1)).collect();
            let clients = reading.ways.iter().map(|it| (it.0, it.2)).collect();
            (reading.data.take_bytes(), ways, clients, reading.foreign.is_some())
        }
        None if input.is_instance_of::<Uint8Array>() => {
            (Uint8Array::new(&input).to_vec(), vec![], vec![], false)
        }
        None => return Err(JsError::new("the input must be a Uint8Array, or a text that holds bytes")),
    };
    let mut index = Index::with_clients(&bytes, version, ways, clients);
    index.advance(&bytes, usize::MAX);
    let bytes = bytes::Bytes::from(bytes);
    let told = (0..index.entries.len()).filter_map(|at| {
        let entry = index.entries.get(at)?;
        let view = packet(&bytes, &index, at)?;
        let state = match entry.state {
            State::Valid => "valid",
            State::Malformed => "malformed",
            State::Incomplete => "incomplete",
        };
        let faults = view.dissection.faults.iter().map(|it| it.message.as_str().into());
        let repairs = match foreign || entry.len > REPAIRED {
            true => vec![],
            false => repairs_of(&bytes, &index, at),
        };
        Some(object(&[
            ("packet", entry.packet_type.map_or("RESERVED", |it| it.name()).into()),
            ("version", entry.version.as_str().into()),
            ("offset", (entry.offset as u32).into()),
            ("length", (entry.len as u32).into()),
            ("to", way_name(entry.way())),
            ("state", state.into()),
            ("sentence", view.sentence.as_str().into()),
            ("faults", list(faults)),
            ("repairs", list(repairs.iter().filter_map(|it| repair(it, &bytes[entry.offset..])))),
        ]))
    });
    Ok(list(told.collect::<Vec<_>>()))
}

/// The packet's bytes with the repair, and what follows it.
fn repair(it: &Repair, rest: &[u8]) -> Option<JsValue> {
    let Fix::Bytes { old, new } = &it.fix else { return None };
    let bytes = [new, rest.get(*old..)?].concat();
    let cause = format!("{:?}", it.cause);
    Some(object(&[
        ("cause", cause.as_str().into()),
        ("at", (it.at as u32).into()),
        ("label", it.label.as_str().into()),
        ("bytes", Uint8Array::from(&bytes[..]).into()),
    ]))
}
