//! Strings and payloads that a switch asks to look at more closely.

use crate::codec::{Properties, PropertyId, PropertyValue};

/// Whether a string has one of the characters that the standard advises against: control characters and
/// non-characters (3.1.1 section 1.5.3, 5.0 section 1.5.4).
pub(super) fn has_control_characters(text: &str) -> bool {
    text.chars().any(|c| {
        let code = u32::from(c);
        c.is_control() || (0xfdd0..=0xfdef).contains(&code) || code & 0xfffe == 0xfffe
    })
}

/// The same for all strings of a property list.
pub(super) fn properties_have_control_characters(properties: Properties<'_>) -> bool {
    properties.iter().any(|property| match property.value {
        PropertyValue::Text(text) => has_control_characters(text),
        PropertyValue::Pair(name, value) => has_control_characters(name) || has_control_characters(value),
        PropertyValue::Number(_) | PropertyValue::Binary(_) => false,
    })
}

/// Whether a payload is UTF-8 where its Payload Format Indicator says so (5.0 section 3.3.2.3.2).
pub(super) fn is_utf8_as_said(properties: Properties<'_>, payload: &[u8]) -> bool {
    properties.number(PropertyId::PayloadFormatIndicator) != Some(1) || core::str::from_utf8(payload).is_ok()
}
