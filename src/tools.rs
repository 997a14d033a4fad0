//! The second module of the page, loaded on demand: the pages Decode and Connect, exporting the diagram, and what
//! programs may call.

use std::sync::Arc;

use mqtt_playground::codec::Version;
use mqtt_playground::ui::{Compared, Edited, js};
use mqtt_playground::view::inspector::PacketView;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A broker's settings: directives of mosquitto.conf, and more of the broker's own. */
export interface BrokerSettings {
  /** The text of a mosquitto.conf; the other members go over it. */
  conf?: string;
  /** The texts of files that directives name (`acl_file`, `password_file`), by those names. */
  files?: Record<string, string>;
  /** `max_qos: 1`, `retain_available: false`, `deny_subscribe: ["a/#", "b/#"]` */
  [directive: string]: string | number | boolean | string[] | Record<string, string> | undefined;
}

/** A directive of mosquitto that means nothing to a broker without sockets, files and a log. */
export interface IgnoredDirective {
  /** Its line in `conf`, counted from 1. */
  line?: number;
  directive: string;
  value: string;
}

export interface DecodeOptions {
  /** By which to read what comes before the first CONNECT. */
  version?: "3.1" | "3.1.1" | "5.0";
}

/** One packet. Offsets count from its first byte, bits from the most significant. */
export interface DecodedPacket {
  version: "3.1" | "3.1.1" | "5.0";
  packet: string;
  length: number;
  fields: DecodedField[];
  errors: DecodedError[];
}

export interface DecodedField {
  name: string;
  offset: number;
  length: number;
  bit_offset?: number;
  bit_length?: number;
  value: string | number | boolean | null;
  text: string;
  statement?: string;
  children?: DecodedField[];
}

export interface DecodedError {
  offset: number;
  bit_offset?: number;
  statement: string;
  expected: string;
  found: string;
  message: string;
}
"#;

fn main() {
    console_error_panic_hook::set_once();
}

/// Shows the pages of this module inside `into` whenever the address asks for one of them.
#[wasm_bindgen]
pub fn mount(into: web_sys::HtmlElement) {
    mqtt_playground::ui::mount_tools(into);
}

/// Opens the dialog that exports a diagram, for a packed record as it was known at a step; the range of the chosen
/// exchange, if one is, is the first and the last packet, else nothing; `order` are the lifelines from left to right.
#[wasm_bindgen(js_name = exportDiagram)]
pub fn export_diagram(packed: &[u8], step: u32, first: Option<u32>, last: Option<u32>, order: Vec<u16>) {
    mqtt_playground::ui::export_diagram(packed, step, first.zip(last), order);
}

/// Opens the form of this number (see `view::form::FormKind`) inside `into`, for a saved world at a step and a time in
/// microseconds. `send` is called with an action as text, or with null to close.
#[wasm_bindgen(js_name = openForm)]
#[allow(clippy::too_many_arguments, reason = "an object of them would be more to carry")]
pub fn open_form(
    into: web_sys::HtmlElement,
    kind: usize,
    client: usize,
    world: String,
    step: u32,
    micros: f64,
    replaces: bool,
    send: js_sys::Function,
) -> Panel {
    let moment = mqtt_playground::ui::Moment { world, step, micros: micros as u64, replaces };
    Panel(mqtt_playground::ui::Panel::open(into, kind, client, &moment, send))
}

/// Opens the list of the Playground's keys.
#[wasm_bindgen(js_name = keyboardHelp)]
pub fn keyboard_help() {
    mqtt_playground::ui::keyboard_help();
}

/// Version of MQTT by its place in `Version::ALL`.
fn version_at(at: usize) -> Version {
    Version::ALL.get(at).copied().unwrap_or(Version::V311)
}

/// Opens the dialog that copies a packet, with its number in its capture and what is told of it in a sentence.
#[wasm_bindgen(js_name = copyPacket)]
pub fn copy_packet(bytes: Vec<u8>, version: usize, number: u32, sentence: String) {
    let packet = PacketView::of_bytes(bytes.into(), version_at(version), number, sentence);
    mqtt_playground::ui::copy_packet(Arc::new(packet));
}

/// Opens the dialog that compares two packets, each with its version and which it is.
#[wasm_bindgen(js_name = comparePackets)]
pub fn compare_packets(
    first: Vec<u8>,
    first_version: usize,
    first_title: String,
    second: Vec<u8>,
    second_version: usize,
    second_title: String,
) {
    let first = Compared { bytes: first, version: version_at(first_version), title: first_title };
    let second = Compared { bytes: second, version: version_at(second_version), title: second_title };
    mqtt_playground::ui::compare_packets([first, second]);
}

/// Shows the bytes of a packet inside `into`, to be changed and sent by a client, in place of the packet or beside it.
/// `send` is called with the bytes and gives back why they cannot be sent; or with null when editing ends.
#[wasm_bindgen(js_name = editBytes)]
pub fn edit_bytes(
    into: web_sys::HtmlElement,
    bytes: Vec<u8>,
    version: usize,
    sender: String,
    instead: bool,
    send: js_sys::Function,
) -> Panel {
    let edited = Edited { bytes: bytes.into(), version: version_at(version), sender, instead };
    Panel(mqtt_playground::ui::edit_bytes(into, edited, send))
}

/// Something that shows inside the first module's page: a form of a client or of the broker, bytes being edited.
#[wasm_bindgen]
pub struct Panel(mqtt_playground::ui::Panel);

#[wasm_bindgen]
impl Panel {
    /// The world has changed.
    pub fn follow(&self, world: String, step: u32, micros: f64, replaces: bool) {
        self.0.follow(&mqtt_playground::ui::Moment { world, step, micros: micros as u64, replaces });
    }

    /// Closes it.
    pub fn close(&self) {
        self.0.close();
    }
}

/// Explains the packets in `bytes`: see `mqtt_playground::ui::js::decode`.
///
/// # Errors
/// When the options are not of the form told there.
#[wasm_bindgen(unchecked_return_type = "DecodedPacket[]")]
pub fn decode(
    bytes: &[u8],
    #[wasm_bindgen(unchecked_optional_param_type = "DecodeOptions")] options: JsValue,
) -> Result<JsValue, JsError> {
    js::decode(bytes, options)
}

/// The version of MQTT Playground.
#[wasm_bindgen]
pub fn version() -> String {
    js::version()
}

/// An MQTT broker for 3.1, 3.1.1 and 5.0 clients, in this tab.
#[wasm_bindgen]
pub struct Broker(js::Host);

#[wasm_bindgen]
impl Broker {
    /// A broker as the settings say: the text of a mosquitto.conf, or an object.
    ///
    /// # Errors
    /// The first setting that cannot be read, with its line.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_optional_param_type = "string | BrokerSettings")] config: JsValue,
    ) -> Result<Self, JsError> {
        js::Host::new(&config).map(Self)
    }

    /// The directives that mean nothing here.
    #[wasm_bindgen(getter, unchecked_return_type = "IgnoredDirective[]")]
    pub fn ignored(&self) -> js_sys::Array {
        self.0.ignored()
    }

    /// A new connection to the broker, over which any MQTT client can talk; `id` is its name, a number if left out.
    ///
    /// # Errors
    /// When an open connection has that name.
    pub fn connect(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "string | number")] id: JsValue,
    ) -> Result<BrokerConnection, JsError> {
        self.0.connect(&id).map(BrokerConnection)
    }
}

/// A client's end of a connection. Callbacks are called as microtasks, never inside a call.
#[wasm_bindgen]
pub struct BrokerConnection(js::Connection);

#[wasm_bindgen]
impl BrokerConnection {
    /// Its name.
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> String {
        self.0.name()
    }

    /// Whether one of the two ends has closed it.
    #[wasm_bindgen(getter)]
    pub fn closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Sends bytes to the broker, cut anywhere.
    ///
    /// # Errors
    /// When the connection is closed, or more than 1 MiB waits for its `onData`.
    pub fn send(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: JsValue,
    ) -> Result<(), JsError> {
        self.0.send(&bytes)
    }

    /// What is called with each packet from the broker. Packets wait until there is a function, and again after null;
    /// while more than 1 MiB waits, QoS 0 messages are dropped and others stay in the broker's queue.
    ///
    /// # Errors
    /// When it is neither function nor null.
    #[wasm_bindgen(js_name = onData)]
    pub fn on_data(
        &self,
        #[wasm_bindgen(unchecked_param_type = "((packet: Uint8Array) => void) | null")] callback: JsValue,
    ) -> Result<(), JsError> {
        self.0.on_data(&callback)
    }

    /// What is called once when the broker closes the connection, after the last packet; soon, if it has already.
    ///
    /// # Errors
    /// When it is neither function nor null.
    #[wasm_bindgen(js_name = onClose)]
    pub fn on_close(
        &self,
        #[wasm_bindgen(unchecked_param_type = "(() => void) | null")] callback: JsValue,
    ) -> Result<(), JsError> {
        self.0.on_close(&callback)
    }

    /// Closes the connection as a client that goes without a word: its will is published. For a DISCONNECT, send one
    /// before.
    pub fn close(&self) {
        self.0.close();
    }
}
