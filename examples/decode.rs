//! Reads what people paste, or raw bytes, on standard input and prints every packet in it, byte by byte.
//!
//!     cargo run --example decode < packets.hex
//!     xxd packets.bin | cargo run --example decode
//!     nc -l 1883 | cargo run --example decode -- --live
//!     echo 'c0 00' | cargo run --example decode -- --json --version 3.1.1
//!     echo '1 4 c>s c000' | cargo run --example decode -- --batch

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::process::ExitCode;

use mqtt_playground::codec::{Context, Direction, Framer, Packet, Version, decode_first_in};
use mqtt_playground::dissect::{
    Diagnosis, Dissection, JsonReports, Listener, Node, Value, diagnose, dissect_heard, dissect_stream,
    parse_hex,
};
use mqtt_playground::input::{Form, MistakeKind, Reader};

const USAGE: &str = "usage: decode [--json] [--version 3.1|3.1.1|5] < text or bytes
       decode --live [--version 3.1|3.1.1|5] < bytes as they come
       decode --batch < lines
  the text may be hex, a dump, an array, an escaped string, base64, a log, …: what it was taken for is told
  --json      one line a packet instead of the annotated tree
  --version   by which rules to read until a CONNECT says otherwise; without it the likelier of 3.1.1 and 5
  --live      prints each packet of a stream of raw bytes as soon as it is whole
  --batch     reads lines ID VERSION DIRECTION HEX, VERSION 3, 4 or 5, DIRECTION c>s, s>c or - for unknown; answers each
              with ID ok HEX (encoded again), ID more (incomplete) or ID error OFFSET STATEMENT MESSAGE (STATEMENT is -
              where the standard gives no id); a CONNECT sets the version for packets behind it in its line";

struct Options {
    json: bool,
    batch: bool,
    live: bool,
    version: Option<Version>,
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options { json: false, batch: false, live: false, version: None };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--json" => options.json = true,
            "--batch" => options.batch = true,
            "--live" => options.live = true,
            "--version" => {
                let text = args.next().ok_or("--version needs 3.1, 3.1.1 or 5")?;
                let version = Version::parse(&text).ok_or(format!("{text} is none of 3.1, 3.1.1 and 5"))?;
                options.version = Some(version);
            }
            "--help" | "-h" => return Ok(None),
            other => return Err(format!("unknown option {other}")),
        }
    }
    if options.live && (options.json || options.batch) {
        return Err("--live goes without --json and --batch".to_owned());
    }
    if options.batch && (options.json || options.version.is_some()) {
        return Err("--batch goes without other options".to_owned());
    }
    Ok(Some(options))
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => return fail(&format!("{error}\n{USAGE}")),
    };
    if options.batch {
        return finish(batch());
    }
    if options.live {
        return finish(live(options.version));
    }
    let bytes = match read_input() {
        Ok(bytes) => bytes,
        Err(message) => return fail(&message),
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = if options.json { json } else { tree }(&mut out, &bytes, options.version);
    finish(written.and_then(|()| out.flush()))
}

fn finish(written: io::Result<()>) -> ExitCode {
    match written {
        // The reader has seen enough (`| head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
        Ok(()) => ExitCode::SUCCESS,
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("decode: {message}");
    ExitCode::FAILURE
}

/// The bytes on standard input: raw, or written in any form that is known.
fn read_input() -> Result<Vec<u8>, String> {
    let mut raw = Vec::new();
    io::stdin().lock().read_to_end(&mut raw).map_err(|error| format!("standard input: {error}"))?;
    let text = std::str::from_utf8(&raw).unwrap_or("\0");
    if text.trim().is_empty() {
        return Err("there is nothing on standard input".to_owned());
    }
    // Long hex is read at once; what is around its packets is looked for as in any other.
    let plain = if is_hex_lines(text) { parse_hex(text).ok() } else { None };
    let mut reader = match plain {
        Some(bytes) => Reader::of_file(bytes, true),
        None if text.contains('\0') => Reader::of_file(raw.clone(), true),
        None => Reader::new(text, None, true),
    };
    reader.step(text, usize::MAX);
    let mut reading = reader.finish();
    if let Some(mistake) = reading.mistake {
        let at = text[..mistake.at].chars().count();
        return Err(match mistake.kind {
            MistakeKind::NotHex(found) => format!("character {at}: {found:?} is not a hex digit"),
            MistakeKind::OddDigits => format!("character {at}: a hex digit is missing"),
        });
    }
    if let Some(foreign) = reading.foreign {
        eprintln!("decode: {}", foreign.message());
    }
    match reading.form {
        None => return Err("no bytes are found in this text".to_owned()),
        Some(Form::Hex | Form::File) => {}
        Some(_) => eprintln!("decode: read as {}", reading.name),
    }
    for (layer, _) in &reading.layers {
        eprintln!("decode: taken off: {}", layer.name());
    }
    Ok(reading.data.take_bytes())
}

/// Whether nothing else than hex can be meant, so that nothing needs to be found out: each line is one run of whole
/// bytes, too long for a number, and not all of them could be binary digits.
fn is_hex_lines(text: &str) -> bool {
    let is_run = |line: &str| {
        line.len() >= 4 && line.len().is_multiple_of(2) && line.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let mut lines = text.lines();
    lines.all(is_run)
        && text.lines().any(|line| line.len() >= 16)
        && text.bytes().any(|byte| byte.is_ascii_hexdigit() && !matches!(byte, b'0' | b'1'))
}

/// Bytes of a live stream that are kept.
const MOST: usize = 64 << 20;

/// Prints packets as they come: all of one direction, or of both on one connection.
fn live(version: Option<Version>) -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut framer = Framer::new(16 << 20);
    let mut listener: Option<Listener> = None;
    let mut seen = Vec::new();
    let mut chunk = [0; 1 << 14];
    loop {
        let len = input.read(&mut chunk)?;
        if len == 0 {
            return Ok(());
        }
        framer.push(&chunk[..len]);
        let mut out = io::BufWriter::new(io::stdout().lock());
        loop {
            match framer.next_frame() {
                Ok(Some(frame)) => {
                    let first = version.unwrap_or_else(|| dissect_stream(&frame, None).version);
                    let listener = listener.get_or_insert_with(|| Listener::new(&[], first));
                    // The connection's bytes so far: what is told of a packet may lie before it.
                    seen.extend_from_slice(&frame);
                    if seen.len() > MOST {
                        // What was settled before is forgotten then.
                        seen = frame.to_vec();
                        *listener = Listener::new(&[], first);
                    }
                    let Some((offset, heard)) = listener.next(&seen) else { break };
                    if let Some(packet) = dissect_heard(&seen, offset, &heard) {
                        explained(&mut out, offset, &frame, &packet.dissection)?;
                    }
                }
                Ok(None) => break,
                Err(error) => return Err(io::Error::other(error.to_string())),
            }
        }
        out.flush()?;
    }
}

/// The words in a colour, if they are read on a terminal that shows some.
fn painted(colour: &str, words: &str) -> String {
    let plain = !io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    if plain { words.to_owned() } else { format!("\x1b[{colour}m{words}\x1b[0m") }
}

type Out<'a> = io::BufWriter<io::StdoutLock<'a>>;

fn json(out: &mut Out<'_>, bytes: &[u8], version: Option<Version>) -> io::Result<()> {
    let mut lines = String::new();
    let mut reports = JsonReports::new(bytes, version);
    while reports.next(&mut lines) {
        lines.push('\n');
        if lines.len() >= 1 << 16 {
            out.write_all(lines.as_bytes())?;
            lines.clear();
        }
    }
    out.write_all(lines.as_bytes())
}

fn tree(out: &mut Out<'_>, bytes: &[u8], version: Option<Version>) -> io::Result<()> {
    let stream = dissect_stream(bytes, version);
    writeln!(out, "{}", stream.reason)?;
    for packet in &stream.packets {
        let dissection = &packet.dissection;
        let frame = &bytes[packet.offset..packet.offset + dissection.len];
        explained(out, packet.offset, frame, dissection)?;
    }
    Ok(())
}

fn explained(out: &mut Out<'_>, offset: usize, frame: &[u8], dissection: &Dissection) -> io::Result<()> {
    writeln!(out)?;
    heading(out, offset, dissection)?;
    for node in &dissection.nodes {
        line(out, frame, node)?;
    }
    for diagnosis in &dissection.faults {
        verdict(out, &painted("1;31", "malformed"), diagnosis)?;
    }
    for diagnosis in &dissection.remarks {
        verdict(out, &painted("33", "unusual"), diagnosis)?;
    }
    Ok(())
}

fn heading(out: &mut impl Write, offset: usize, dissection: &Dissection) -> io::Result<()> {
    let name = dissection.packet_type.map_or("reserved type", |packet| packet.name());
    write!(out, "{offset:04x} {} {}", painted("1;36", name), dissection.version)?;
    for detail in &dissection.details {
        write!(out, "  {detail}")?;
    }
    match dissection.missing {
        0 => writeln!(out, "  ({} B)", dissection.len),
        missing => writeln!(out, "  ({} B here, at least {missing} missing)", dissection.len),
    }
}

fn line(out: &mut impl Write, frame: &[u8], node: &Node) -> io::Result<()> {
    let indent = 2 + 2 * usize::from(node.depth);
    let bytes = &frame[node.range()];
    let place = match node.bits {
        Some((start, len)) => bits(bytes[0], start, len),
        None if node.leaf || !matches!(node.value, Value::None) => hex(bytes),
        None => String::new(),
    };
    let name = format!("{:indent$}{}", "", node.name);
    let text = format!("{name:<34} {place:<25} {}", node.text);
    match node.statements.first() {
        Some(statement) => writeln!(out, "{text:<90} {}", painted("2", &format!("[{statement}]"))),
        None => writeln!(out, "{}", text.trim_end()),
    }
}

/// The byte's bits in their places, dots for the others.
fn bits(byte: u8, start: u8, len: u8) -> String {
    let bit = |i: u8| match i {
        _ if i < start || i >= start + len => '.',
        _ if byte << i & 0x80 != 0 => '1',
        _ => '0',
    };
    let (high, low) = ((0..4).map(bit).collect::<String>(), (4..8).map(bit).collect::<String>());
    format!("{high} {low}")
}

/// At most eight bytes.
fn hex(bytes: &[u8]) -> String {
    let shown = if bytes.len() > 8 { &bytes[..7] } else { bytes };
    let mut text: Vec<String> = shown.iter().map(|byte| format!("{byte:02x}")).collect();
    if bytes.len() > 8 {
        text.push(format!("+{}", bytes.len() - 7));
    }
    text.join(" ")
}

fn verdict(out: &mut impl Write, word: &str, diagnosis: &Diagnosis) -> io::Result<()> {
    writeln!(out, "  {word}: {} [{}]", diagnosis.message, diagnosis.statement)
}

/// What a line's bytes are.
enum Verdict {
    /// Whole packets; their encoding is in the buffer.
    Sound,
    More,
    Broken {
        offset: usize,
        statement: &'static str,
        message: String,
    },
}

fn unusable(message: String) -> Verdict {
    Verdict::Broken { offset: 0, statement: "-", message }
}

/// Answers each line of standard input with one; blank lines are passed over.
fn batch() -> io::Result<()> {
    let mut input = io::BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let (mut line, mut encoded) = (Vec::new(), Vec::new());
    loop {
        // Whoever waits for an answer before the next line gets it.
        if input.buffer().is_empty() {
            out.flush()?;
        }
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return out.flush();
        }
        let text = String::from_utf8_lossy(&line);
        let (id, rest) = word(&text);
        if id.is_empty() {
            continue;
        }
        encoded.clear();
        match verdict_on(rest, &mut encoded) {
            Verdict::Sound => {
                write!(out, "{id} ok ")?;
                write_hex(&mut out, &encoded)?;
            }
            Verdict::More => write!(out, "{id} more")?,
            Verdict::Broken { offset, statement, message } => {
                write!(out, "{id} error {offset} {statement} {message}")?;
            }
        }
        out.write_all(b"\n")?;
    }
}

/// The first word and what follows it.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

fn verdict_on(rest: &str, encoded: &mut Vec<u8>) -> Verdict {
    let (version, rest) = word(rest);
    let (direction, hex) = word(rest);
    let direction = match direction {
        "c>s" => Some(Direction::ToServer),
        "s>c" => Some(Direction::ToClient),
        "-" => None,
        "" => return unusable("a line is ID VERSION DIRECTION HEX".to_owned()),
        other => return unusable(format!("DIRECTION is c>s, s>c or -, not {other}")),
    };
    let Some(version) = Version::parse(version) else {
        return unusable(format!("VERSION is 3, 4 or 5, not {version}"));
    };
    match parse_hex(hex) {
        Ok(bytes) => judge(&bytes, Context { direction, ..Context::new(version) }, encoded),
        Err(error) => unusable(format!("HEX: {error}")),
    }
}

fn judge(bytes: &[u8], mut context: Context, encoded: &mut Vec<u8>) -> Verdict {
    let mut at = 0;
    loop {
        let (packet, len) = match decode_first_in(&bytes[at..], &context) {
            Ok(Some(first)) => first,
            Ok(None) => return Verdict::More,
            Err(mut fault) => {
                fault.offset += at as u32;
                let message = diagnose(&fault, bytes).message;
                let id = fault.statement().split_once(' ').map_or("", |(_, id)| id);
                let statement = if id.starts_with("MQTT-") { id } else { "-" };
                return Verdict::Broken { offset: fault.offset as usize, statement, message };
            }
        };
        if let Packet::Connect(connect) = &packet {
            context.version = connect.version;
        }
        if let Err(error) = packet.encode(context.version, encoded) {
            return unusable(error.to_string());
        }
        at += len;
        if at == bytes.len() {
            return Verdict::Sound;
        }
    }
}

fn write_hex(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.write_all(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])?;
    }
    Ok(())
}
