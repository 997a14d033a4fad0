//! Reads hex on standard input and prints every packet in it, byte by byte.
//!
//!     cargo run --example decode < packets.hex
//!     echo 'c0 00' | cargo run --example decode -- --json --version 3.1.1

use std::io::{self, Read, Write};
use std::process::ExitCode;

use mqtt_playground::codec::Version;
use mqtt_playground::dissect::{
    Diagnosis, Dissection, Node, Value, dissect_stream, parse_hex, report_stream,
};

const USAGE: &str = "usage: decode [--json] [--version 3.1|3.1.1|5] < hex
  --json      one line a packet instead of the annotated tree
  --version   by which rules to read until a CONNECT says otherwise; without it the likelier of 3.1.1 and 5";

struct Options {
    json: bool,
    version: Option<Version>,
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options { json: false, version: None };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--json" => options.json = true,
            "--version" => {
                let text = args.next().ok_or("--version needs 3.1, 3.1.1 or 5")?;
                let version = Version::parse(&text).ok_or(format!("{text} is none of 3.1, 3.1.1 and 5"))?;
                options.version = Some(version);
            }
            "--help" | "-h" => return Ok(None),
            other => return Err(format!("unknown option {other}")),
        }
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
    let mut text = String::new();
    if let Err(error) = io::stdin().read_to_string(&mut text) {
        return fail(&format!("standard input: {error}"));
    }
    let bytes = match parse_hex(&text) {
        Ok(bytes) => bytes,
        Err(error) => return fail(&error.to_string()),
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = if options.json { json } else { tree }(&mut out, &bytes, options.version);
    match written.and_then(|()| out.flush()) {
        // The reader has seen enough (`| head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => fail(&format!("standard output: {error}")),
        Ok(()) => ExitCode::SUCCESS,
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("decode: {message}");
    ExitCode::FAILURE
}

type Out<'a> = io::BufWriter<io::StdoutLock<'a>>;

fn json(out: &mut Out<'_>, bytes: &[u8], version: Option<Version>) -> io::Result<()> {
    for report in report_stream(bytes, version) {
        serde_json::to_writer(&mut *out, &report)?;
        writeln!(out)?;
    }
    Ok(())
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
