//! The second module of the page, loaded on demand: the pages Decode and Connect, and what programs may call.

use wasm_bindgen::prelude::*;

fn main() {
    console_error_panic_hook::set_once();
}

/// Shows the pages of this module inside `into` whenever the address asks for one of them.
#[wasm_bindgen]
pub fn mount(into: web_sys::HtmlElement) {
    mqtt_playground::ui::mount_tools(into);
}

/// Explains the packets in `bytes`: see `mqtt_playground::ui::js::decode`.
///
/// # Errors
/// When the options are not of the form told there.
#[wasm_bindgen]
pub fn decode(bytes: &[u8], options: JsValue) -> Result<JsValue, JsError> {
    mqtt_playground::ui::js::decode(bytes, options)
}

/// The version of MQTT Playground.
#[wasm_bindgen]
pub fn version() -> String {
    mqtt_playground::ui::js::version()
}
