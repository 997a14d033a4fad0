//! The broker core over TCP and WebSocket: a thin shell that reads, writes and has the only clock.
//!
//! `cargo run --release --example broker -- --config mosquitto.conf --ws 127.0.0.1:9001 --max-keepalive 60`

mod hub;
mod line;
mod options;
mod tcp;
mod ws;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use hub::Hub;
use options::{Options, Outcome};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Outcome::Run(options) => options,
        Outcome::Help => {
            print!("{}", options::HELP);
            return ExitCode::SUCCESS;
        }
        Outcome::Wrong(what) => {
            eprintln!("{what}\n\n{}", options::HELP);
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure("the runtime does not start", &error),
    };
    runtime.block_on(run(*options))
}

fn failure(what: &str, error: &io::Error) -> ExitCode {
    eprintln!("{what}: {error}");
    ExitCode::FAILURE
}

/// Binds an address and prints what it became: port 0 lets the system choose.
async fn listen(scheme: &str, address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address).await?;
    println!("{scheme}://{}", listener.local_addr()?);
    io::stdout().flush()?;
    Ok(listener)
}

async fn run(options: Options) -> ExitCode {
    options.notices.iter().for_each(|notice| eprintln!("{notice}"));
    let (hub, events) = Hub::new(options.config, options.log);
    let (mut interrupt, mut terminate) =
        match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
            (Ok(interrupt), Ok(terminate)) => (interrupt, terminate),
            (Err(error), _) | (_, Err(error)) => return failure("signals cannot be heard", &error),
        };
    for address in options.tcp {
        match listen("tcp", address).await {
            Ok(listener) => drop(tokio::spawn(line::accept(listener, events.clone(), tcp::serve))),
            Err(error) => return failure(&format!("tcp {address}"), &error),
        }
    }
    for address in options.ws {
        match listen("ws", address).await {
            Ok(listener) => drop(tokio::spawn(line::accept(listener, events.clone(), ws::serve))),
            Err(error) => return failure(&format!("ws {address}"), &error),
        }
    }
    let stop = async {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    hub.run(stop).await;
    ExitCode::SUCCESS
}
