//! Packets explained to JavaScript.

use wasm_bindgen::prelude::*;

use crate::codec::Version;
use crate::dissect::JsonReports;

/// Why options are not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("options must be an object, or left out")]
    NotAnObject,
    #[error("there is no option {name:?}; there is version")]
    UnknownOption { name: String },
    #[error("version must be a string: 3.1, 3.1.1 or 5.0")]
    VersionNotText,
    #[error("{found:?} is no version of MQTT; there are 3.1, 3.1.1 and 5.0")]
    UnknownVersion { found: String },
}

/// Explains the packets in `bytes` (a `Uint8Array`): an array with an object a packet, each with `version`, `packet`,
/// `length`, `fields` (a tree of name, offset, length, value, text and statement) and `errors` (offset, statement,
/// expected, found, message). Offsets count from each packet's first byte, bits from the most significant.
///
/// `options` may be left out, or `{ version: "3.1" | "3.1.1" | "5.0" }`: by which to read what comes before the first
/// CONNECT, which says its own. Without it the likelier of 3.1.1 and 5.0 is taken.
///
/// # Errors
/// When the options are not of this form.
pub fn decode(bytes: &[u8], options: JsValue) -> Result<JsValue, JsError> {
    let version = version_option(&options)?;
    let packets = js_sys::Array::new();
    let (mut reports, mut json) = (JsonReports::new(bytes, version), String::new());
    while reports.next(&mut json) {
        packets.push(&js_sys::JSON::parse(&json).unwrap_throw());
        json.clear();
    }
    Ok(packets.into())
}

pub(super) fn version_option(options: &JsValue) -> Result<Option<Version>, OptionsError> {
    if options.is_undefined() || options.is_null() {
        return Ok(None);
    }
    if !options.is_object() || js_sys::Array::is_array(options) {
        return Err(OptionsError::NotAnObject);
    }
    for key in js_sys::Object::keys(options.unchecked_ref::<js_sys::Object>()).iter() {
        let name = key.as_string().unwrap_or_default();
        if name != "version" {
            return Err(OptionsError::UnknownOption { name });
        }
    }
    let value = js_sys::Reflect::get(options, &"version".into()).unwrap_or(JsValue::UNDEFINED);
    if value.is_undefined() {
        return Ok(None);
    }
    let found = value.as_string().ok_or(OptionsError::VersionNotText)?;
    match Version::ALL.into_iter().find(|version| version.as_str() == found) {
        Some(version) => Ok(Some(version)),
        None => Err(OptionsError::UnknownVersion { found }),
    }
}
