//! The JavaScript interface, in a browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "behaviour/support/capture_hash.rs"]
mod capture_hash;

use js_sys::{Array, Object, Reflect};
use mqtt_playground::js::{decode, version};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn get(of: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(of.clone(), |it, key| match key.parse::<u32>() {
        Ok(at) => Array::from(&it).get(at),
        Err(_) => Reflect::get(&it, &key.into()).unwrap(),
    })
}

fn text(of: &JsValue, path: &str) -> String {
    get(of, path).as_string().unwrap_or_else(|| panic!("{path} is no string: {:?}", get(of, path)))
}

fn number(of: &JsValue, path: &str) -> f64 {
    get(of, path).as_f64().unwrap_or_else(|| panic!("{path} is no number: {:?}", get(of, path)))
}

fn options(version: &JsValue) -> JsValue {
    let options = Object::new();
    Reflect::set(&options, &"version".into(), version).unwrap();
    options.into()
}

fn error(bytes: &[u8], options: JsValue) -> String {
    let error: JsValue = decode(bytes, options).unwrap_err().into();
    assert!(error.is_instance_of::<js_sys::Error>());
    text(&error, "message")
}

/// SUBSCRIBE with flags 0 instead of 2, then PINGREQ.
const BROKEN: [u8; 12] = [0x80, 8, 0, 1, 0, 3, b'a', b'/', b'#', 1, 0xc0, 0];

#[wasm_bindgen_test]
fn packets_come_as_plain_objects() {
    let packets = decode(&BROKEN, options(&"3.1.1".into())).unwrap();
    assert_eq!(Array::from(&packets).length(), 2);
    assert_eq!(
        (text(&packets, "0.packet"), text(&packets, "0.version")),
        ("SUBSCRIBE".into(), "3.1.1".into())
    );
    assert_eq!(number(&packets, "0.length"), 10.0);
    assert_eq!(text(&packets, "0.fields.0.name"), "fixed header");
    assert_eq!(number(&packets, "0.fields.0.children.0.children.1.bit_offset"), 4.0);
    assert_eq!(text(&packets, "0.errors.0.statement"), "3.1.1 MQTT-3.8.1-1");
    assert_eq!(number(&packets, "0.errors.0.offset"), 0.0);
    assert_eq!(text(&packets, "0.errors.0.expected"), "0010");
    assert_eq!(text(&packets, "0.errors.0.found"), "0000");
    assert_eq!(text(&packets, "1.packet"), "PINGREQ");
    assert_eq!(Array::from(&get(&packets, "1.errors")).length(), 0);
}

#[wasm_bindgen_test]
fn a_group_has_the_value_null() {
    let packets = decode(&[0xc0, 0], JsValue::UNDEFINED).unwrap();
    assert!(get(&packets, "0.fields.0.value").is_null());
}

#[wasm_bindgen_test]
fn the_version_is_an_option_and_may_be_left_out() {
    // PUBACK with a reason code: only 5.0 has one.
    let puback = [0x40, 3, 0, 7, 0x10];
    for left_out in [JsValue::UNDEFINED, JsValue::NULL, Object::new().into(), options(&JsValue::UNDEFINED)] {
        assert_eq!(text(&decode(&puback, left_out).unwrap(), "0.version"), "5.0");
    }
    for name in ["3.1", "3.1.1", "5.0"] {
        let packets = decode(&puback, options(&name.into())).unwrap();
        assert_eq!(text(&packets, "0.version"), name);
        assert_eq!(Array::from(&get(&packets, "0.errors")).length() == 0, name == "5.0");
    }
}

#[wasm_bindgen_test]
fn nothing_decodes_to_nothing() {
    assert_eq!(Array::from(&decode(&[], JsValue::UNDEFINED).unwrap()).length(), 0);
}

#[wasm_bindgen_test]
fn options_of_another_form_are_refused_with_the_reason() {
    assert!(error(&[], "3.1.1".into()).contains("must be an object"));
    assert!(error(&[], Array::new().into()).contains("must be an object"));
    assert!(error(&[], options(&5.into())).contains("must be a string"));
    assert!(error(&[], options(&"6.0".into())).contains("\"6.0\""));
    let misspelt = Object::new();
    Reflect::set(&misspelt, &"verison".into(), &"5.0".into()).unwrap();
    assert!(error(&[], misspelt.into()).contains("\"verison\""));
}

/// `tests/replay.rs` holds the same against the same file.
#[wasm_bindgen_test]
fn worlds_come_about_as_natively() {
    assert_eq!(capture_hash::capture_hash(), include_str!("golden/capture-hash.txt").trim());
    assert_eq!(capture_hash::brokers_hash(), include_str!("golden/capture-hash-brokers.txt").trim());
}

#[wasm_bindgen_test]
fn the_version_is_the_packages() {
    assert_eq!(version(), env!("CARGO_PKG_VERSION"));
}
