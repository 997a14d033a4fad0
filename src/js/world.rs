//! A simulated world for JavaScript.

use js_sys::{JSON, Uint8Array};
use wasm_bindgen::prelude::*;

use super::input::{list, object};
use crate::capture::Fate;
use crate::sim::{Action, Record, Scenario, Sim};

/// A broker and clients on a virtual network, whose time goes on as it is stepped.
pub struct World(Sim);

/// A text, or the text of an object.
fn text_of(value: &JsValue) -> Result<String, JsError> {
    if let Some(text) = value.as_string() {
        return Ok(text);
    }
    let text = JSON::stringify(value).ok().and_then(|text| text.as_string());
    text.ok_or_else(|| JsError::new("an object or a text is needed"))
}

impl World {
    /// A saved world, as a text or an object; without one a broker alone.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn new(saved: &JsValue) -> Result<Self, JsError> {
        if saved.is_undefined() || saved.is_null() {
            return Ok(Self(Sim::new(Scenario::default())));
        }
        let (record, step) = Record::from_text(&text_of(saved)?)?;
        let mut sim = Sim::of_record(&record)?;
        sim.seek(step.max(sim.cursor()));
        Ok(Self(sim))
    }

    /// Does something to a client at the present time.
    ///
    /// # Errors
    /// When there is no such client or action, or it cannot be done now.
    pub fn act(&mut self, client: &str, action: &JsValue) -> Result<(), JsError> {
        let at = self.0.scenario().clients.iter().position(|spec| spec.name == client);
        let Some(at) = at else { return Err(JsError::new("there is no client of this name")) };
        let action = Action::from_text(&text_of(action)?)?;
        Ok(self.0.act(at, action)?)
    }

    /// Takes a step; false where nothing is left to happen.
    pub fn step(&mut self) -> bool {
        self.0.step()
    }

    /// Goes on until nothing but keep-alive timers is left, or for so many steps; how many it took.
    pub fn settle(&mut self, most: u32) -> u32 {
        self.0.settle(most)
    }

    /// The virtual time, in microseconds.
    pub fn now(&self) -> f64 {
        self.0.now().as_micros() as f64
    }

    /// The packets so far, as `CapturedPacket` in `src/tools.rs` tells.
    pub fn capture(&self) -> JsValue {
        let capture = self.0.capture();
        let name = |end| capture.end(end).map_or(JsValue::NULL, |end| (*end.name).into());
        list(capture.frames().filter(|frame| frame.sent_step <= self.0.cursor()).map(|frame| {
            let (state, at) = match frame.fate_at(self.0.cursor()) {
                None => ("under way", None),
                Some(Fate::Delivered { at }) => ("delivered", Some(at)),
                Some(Fate::Lost { at, .. }) => ("lost", Some(at)),
            };
            let micros = |at: crate::time::Instant| JsValue::from_f64(at.as_micros() as f64);
            object(&[
                ("from", name(frame.from)),
                ("to", name(frame.to)),
                ("version", frame.version.as_str().into()),
                ("bytes", Uint8Array::from(&frame.bytes[..]).into()),
                ("sentMicros", micros(frame.sent)),
                ("endedMicros", at.map_or(JsValue::NULL, micros)),
                ("state", state.into()),
            ])
        }))
    }

    /// The world as text: what the page opens, and what makes the same world again.
    pub fn save(&self) -> String {
        self.0.record().to_text(self.0.cursor())
    }
}
