//! The second module of the page, loaded on demand: the pages Decode and Connect, exporting the diagram, and what
//! programs may call.

use std::sync::Arc;

use mqtt_playground::codec::Version;
use mqtt_playground::js;
use mqtt_playground::ui::{Compared, Edited};
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

/** A packet to be written. Members that it does not have are an error. */
export interface PacketToEncode {
  /** In the standard's capitals: `PUBLISH`. */
  packet: string;
  /** 5.0 if left out. */
  version?: "3.1" | "3.1.1" | "5.0";
  /** From 1 to 65535; 1 if left out. */
  packet_id?: number;
  topic?: string;
  payload?: string | Uint8Array;
  qos?: 0 | 1 | 2;
  retain?: boolean;
  dup?: boolean;
  client_id?: string;
  clean_start?: boolean;
  /** Seconds. */
  keep_alive?: number;
  user_name?: string;
  password?: string | Uint8Array;
  will?: { topic: string; payload?: string | Uint8Array; qos?: 0 | 1 | 2; retain?: boolean; properties?: PropertiesToEncode };
  session_present?: boolean;
  /** A return or reason code. */
  code?: number;
  codes?: number[];
  filters?: (string | SubscriptionToEncode)[];
  properties?: PropertiesToEncode;
}

export interface SubscriptionToEncode {
  filter: string;
  qos?: 0 | 1 | 2;
  no_local?: boolean;
  retain_as_published?: boolean;
  retain_handling?: 0 | 1 | 2;
}

/** By the standard's names: `{ "Content Type": "text/plain", "User Property": [["name", "value"]] }` */
export type PropertiesToEncode = Record<string, string | number | boolean | Uint8Array | [string, string][]>;

/** What a text was read as. */
export interface DetectedInput {
  /** `Hex`, `Hex dump`, `Array in code`, …; null where there are no bytes in it. */
  form: string | null;
  /** As exactly as it is known: `xxd`. */
  name: string | null;
  /** All forms that it could have, the likeliest first. */
  alternatives: string[];
  /** Without what is around MQTT; whole packets where directions are known. */
  bytes: Uint8Array;
  /** What was around them: `a TCP header`, `WebSocket frames`. */
  takenOff: string[];
  /** From these bytes on, to whom they go. */
  ways: { offset: number; to: "broker" | "client" | null }[];
  /** What it is instead of MQTT, in words. */
  foreign: string | null;
  /** Where reading ended too soon, in bytes of the text's UTF-8. */
  mistakeAt: number | null;
}

/** A packet in plain words. */
export interface ExplainedPacket {
  packet: string;
  version: "3.1" | "3.1.1" | "5.0";
  offset: number;
  length: number;
  to: "broker" | "client" | null;
  state: "valid" | "malformed" | "incomplete";
  /** To be read behind the packet's name. */
  sentence: string;
  /** What is wrong, a sentence or two each. */
  faults: string[];
  /** The likeliest first; `bytes` are the packet's and all behind it, with the repair. None for packets of more than 300,000 bytes. */
  repairs: { cause: string; at: number; label: string; bytes: Uint8Array }[];
}

/** A packet on the virtual network; times are microseconds of virtual time. */
export interface CapturedPacket {
  from: string;
  to: string;
  version: "3.1" | "3.1.1" | "5.0";
  bytes: Uint8Array;
  sentMicros: number;
  endedMicros: number | null;
  state: "under way" | "delivered" | "lost";
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

/// Shows terminals inside `into`, for a saved world at a step and a time in microseconds, with the focus at the prompt if
/// `focus`. `send` is called with a world as text, a time, and what was typed, or null if programs did something by
/// themselves.
#[wasm_bindgen(js_name = openTerminals)]
pub fn open_terminals(
    into: web_sys::HtmlElement,
    world: String,
    step: u32,
    micros: f64,
    focus: bool,
    send: js_sys::Function,
) -> Panel {
    let moment = mqtt_playground::ui::Moment { world, step, micros: micros as u64, replaces: false };
    Panel(mqtt_playground::ui::open_terminals(into, &moment, focus, send))
}

/// Opens the list of the Playground's keys.
#[wasm_bindgen(js_name = keyboardHelp)]
pub fn keyboard_help() {
    mqtt_playground::ui::keyboard_help();
}

/// Asks for another name than `name` for a client, which none of `others` has, a line each; `done` is called with it.
#[wasm_bindgen(js_name = askName)]
pub fn ask_name(name: String, others: String, done: js_sys::Function) {
    mqtt_playground::ui::ask_name(name, others, done);
}

/// Asks before all that is kept in the browser is erased; `done` is called with `save` or `erased`.
#[wasm_bindgen(js_name = askToWipe)]
pub fn ask_to_wipe(done: js_sys::Function) {
    mqtt_playground::ui::ask_to_wipe(done);
}

/// Opens the list of scenarios, of which `current` is on stage; see `ui::components::scenario_list` for what `choose`
/// is called with.
#[wasm_bindgen(js_name = listScenarios)]
pub fn list_scenarios(current: String, choose: js_sys::Function) {
    mqtt_playground::ui::list_scenarios(current, choose);
}

/// Reads the world in an address's fragment; `done` is called with its saved text, or with null and what is wrong.
#[wasm_bindgen(js_name = readWorld)]
pub fn read_world(fragment: &str, done: js_sys::Function) {
    mqtt_playground::ui::read_world(fragment, move |world| {
        let (text, error) = match world {
            Ok(text) => (text.into(), JsValue::NULL),
            Err(error) => (JsValue::NULL, error.into()),
        };
        let _ = done.call2(&JsValue::NULL, &text, &error);
    });
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

/// Explains the packets in `bytes`: see `mqtt_playground::js::decode`.
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

/// Writes a packet.
///
/// # Errors
/// The first member that is unknown or of another kind, or a field that is too long.
#[wasm_bindgen]
pub fn encode(
    #[wasm_bindgen(unchecked_param_type = "PacketToEncode")] packet: JsValue,
) -> Result<Vec<u8>, JsError> {
    js::encode(packet)
}

/// Tells each packet in plain words, what is wrong with it, and what it was likely meant to be. The input is bytes, or a
/// text in any form that `detectInput` knows.
///
/// # Errors
/// When the input or the options are of another kind.
#[wasm_bindgen(unchecked_return_type = "ExplainedPacket[]")]
pub fn explain(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array | string")] input: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "DecodeOptions")] options: JsValue,
) -> Result<JsValue, JsError> {
    js::explain(input, options)
}

/// Finds out in which form bytes stand in a text, and reads them.
#[wasm_bindgen(js_name = detectInput, unchecked_return_type = "DetectedInput")]
pub fn detect_input(text: &str) -> JsValue {
    js::detect_input(text)
}

/// A broker and clients on a virtual network, whose time goes on as it is stepped.
#[wasm_bindgen]
pub struct Playground(js::World);

#[wasm_bindgen]
impl Playground {
    /// A saved world, as the page writes it, as text or as an object; its form stands in `src/sim/saved/mod.rs`. Without
    /// one a broker alone.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_optional_param_type = "string | object")] world: JsValue,
    ) -> Result<Self, JsError> {
        js::World::new(&world).map(Self)
    }

    /// Does something to a client, by its name, at the present time: `act("pub1", { do: "connect" })`.
    ///
    /// # Errors
    /// When there is no such client or action, or it cannot be done now.
    pub fn act(
        &mut self,
        client: &str,
        #[wasm_bindgen(unchecked_param_type = "string | object")] action: JsValue,
    ) -> Result<(), JsError> {
        self.0.act(client, &action)
    }

    /// Takes one step: an action of the script, a packet's arrival, a timer. False where nothing is left.
    pub fn step(&mut self) -> bool {
        self.0.step()
    }

    /// Goes on until nothing but keep-alive timers is left, for at most so many steps; how many it took.
    pub fn settle(&mut self, most: u32) -> u32 {
        self.0.settle(most)
    }

    /// The virtual time, in microseconds.
    #[wasm_bindgen(getter)]
    pub fn now(&self) -> f64 {
        self.0.now()
    }

    /// The packets so far.
    #[wasm_bindgen(unchecked_return_type = "CapturedPacket[]")]
    pub fn capture(&self) -> JsValue {
        self.0.capture()
    }

    /// The world as text, which makes the same world again, here or on the page.
    pub fn save(&self) -> String {
        self.0.save()
    }
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
