//! Reads hex on standard input and prints every packet in it, byte by byte.
//!
//!     cargo run --example decode < packets.hex
//!     echo 'c0 00' | cargo run --example decode -- --json --version 3.1.1
//!     echo '1 4 c>s c000' | cargo run --example decode -- --batch

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use mqtt_playground::codec::{Context, Direction, Packet, Version, decode_first_in};
use mqtt_playground::dissect::{
    Diagnosis, Dissection, HexError, JsonReports, Node, Value, append_hex, diagnose, dissect_stream,
    parse_hex,
};

const USAGE: &str = "usage: decode [--json] [--version 3.1|3.1.1|5] < hex
       decode --batch < lines
  --json      one line a packet instead of the annotated tree
  --version   by which rules to read until a CONNECT says otherwise; without it the likelier of 3.1.1 and 5
  --batch     reads lines ID VERSION DIRECTION HEX, VERSION 3, 4 or 5, DIRECTION c>s, s>c or - for unknown; answers each
              with ID ok HEX (encoded again), ID more (incomplete) or ID error OFFSET STATEMENT MESSAGE (STATEMENT is -
              where the standard gives no id); a CONNECT sets the version for packets behind it in its line";

struct Options {
    json: bool,
    batch: bool,
    version: Option<Version>,
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options { json: false, batch: false, version: None };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--json" => options.json = true,
            "--batch" => options.batch = true,
            "--version" => {
                let text = args.next().ok_or("--version needs 3.1, 3.1.1 or 5")?;
                let version = Version::parse(&text).ok_or(format!("{text} is none of 3.1, 3.1.1 and 5"))?;
                options.version = Some(version);
            }
            "--help" | "-h" => return Ok(None),
            other => return Err(format!("unknown option {other}")),
        }
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
    let bytes = match read_hex() {
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

/// The bytes on standard input. Of their text one line at a time is kept.
fn read_hex() -> Result<Vec<u8>, String> {
    let mut input = io::BufReader::with_capacity(1 << 16, io::stdin().lock());
    let (mut bytes, mut line, mut before) = (Vec::new(), String::new(), 0);
    while input.read_line(&mut line).map_err(|error| format!("standard input: {error}"))? > 0 {
        append_hex(&line, &mut bytes)
            .map_err(|error| HexError { at: before + error.at, ..error }.to_string())?;
        before += line.chars().count();
        line.clear();
    }
    Ok(bytes)
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
        writeln!(out)?;
        heading(out, packet.offset, dissection)?;
        for node in &dissection.nodes {
            line(out, frame, node)?;
        }
        for diagnosis in &dissection.faults {
            verdict(out, "malformed", diagnosis)?;
        }
        for diagnosis in &dissection.remarks {
            verdict(out, "unusual", diagnosis)?;
        }
    }
    Ok(())
}

fn heading(out: &mut impl Write, offset: usize, dissection: &Dissection) -> io::Result<()> {
    let name = dissection.packet_type.map_or("reserved type", |packet| packet.name());
    write!(out, "{offset:04x} {name} {}", dissection.version)?;
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
        Some(statement) => writeln!(out, "{text:<90} [{statement}]"),
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
