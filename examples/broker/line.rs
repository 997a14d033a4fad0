//! The line between the broker's task and the two directions of one connection.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use mqtt_playground::broker::ConnectionId;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::time::{sleep, timeout};

/// Bytes to a client that wait to be written; above it the client counts as slow, below half of it no more.
const HIGH_WATER: usize = 1 << 20;
/// Chunks that wait for the broker; above it, readers wait.
const EVENTS: usize = 256;
/// How long a closing connection may take to read its last packets.
pub const LINGER: Duration = Duration::from_secs(2);

/// What connections tell the broker.
pub enum Event {
    Open(Line),
    Data(ConnectionId, Bytes),
    Drained(ConnectionId),
    Closed(ConnectionId),
}

/// The broker's end of a connection. Dropping it asks the connection to write what waits and close.
pub struct Line {
    pub id: ConnectionId,
    /// The client's address, and the port that it came to.
    pub address: String,
    pub port: u16,
    pub packets: mpsc::UnboundedSender<Bytes>,
    pub backlog: Arc<Backlog>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.backlog.closing.notify_one();
    }
}

/// What waits to be written to one connection. All tasks share one thread: nothing comes between two steps.
#[derive(Default)]
pub struct Backlog {
    bytes: AtomicUsize,
    slow: AtomicBool,
    drained: Notify,
    closing: Notify,
}

impl Backlog {
    /// Counts bytes that are going to be written; `true` if they make the client a slow one.
    pub fn add(&self, bytes: usize) -> bool {
        let total = self.bytes.fetch_add(bytes, Ordering::AcqRel) + bytes;
        total > HIGH_WATER && !self.slow.swap(true, Ordering::AcqRel)
    }

    /// Counts bytes that were written; `true` if the client is a slow one no more.
    fn written(&self, bytes: usize) -> bool {
        let left = self.bytes.fetch_sub(bytes, Ordering::AcqRel) - bytes;
        let drained = left < HIGH_WATER / 2;
        if drained {
            self.drained.notify_one();
        }
        drained && self.slow.swap(false, Ordering::AcqRel)
    }
}

/// How connections reach the broker; numbers them too.
#[derive(Clone)]
pub struct Events {
    sender: mpsc::Sender<Event>,
    next: Arc<AtomicU32>,
}

impl Events {
    pub fn channel() -> (Self, mpsc::Receiver<Event>) {
        let (sender, events) = mpsc::channel(EVENTS);
        (Self { sender, next: Arc::default() }, events)
    }

    async fn send(&self, event: Event) -> bool {
        self.sender.send(event).await.is_ok()
    }
}

/// One connection as its two directions see it.
#[derive(Clone)]
pub struct Wire {
    id: ConnectionId,
    backlog: Arc<Backlog>,
    events: Events,
}

impl Wire {
    /// Waits until so little is left to write that answers to more requests fit: a client that does not read is not
    /// read either.
    pub async fn may_read(&self) {
        while self.backlog.bytes.load(Ordering::Acquire) > HIGH_WATER {
            self.backlog.drained.notified().await;
        }
    }

    /// Hands a chunk to the broker; `false` when there is no broker any more.
    pub async fn read(&self, chunk: Bytes) -> bool {
        self.events.send(Event::Data(self.id, chunk)).await
    }

    /// Says that bytes were written; `false` when there is no broker any more.
    pub async fn written(&self, bytes: usize) -> bool {
        !self.backlog.written(bytes) || self.events.send(Event::Drained(self.id)).await
    }
}

/// Takes connections for ever.
pub async fn accept<F>(listener: TcpListener, events: Events, serve: fn(TcpStream, Events) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Small packets are the rule: they shall not wait for each other.
                let _ = stream.set_nodelay(true);
                tokio::spawn(serve(stream, events.clone()));
            }
            // Out of descriptors, most likely: wait for some to come back.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Where a connection comes from, and the port that it came to.
pub fn ends(stream: &TcpStream) -> (String, u16) {
    let address = stream.peer_addr().map_or_else(|_| String::new(), |address| address.to_string());
    (address, stream.local_addr().map_or(0, |address| address.port()))
}

/// Ties a connection's directions to the broker until both have ended or had their time.
pub async fn attend<R, W>(
    events: Events,
    (address, port): (String, u16),
    read: impl FnOnce(Wire) -> R,
    write: impl FnOnce(Wire, Waiting) -> W,
) where
    R: Future<Output = ()>,
    W: Future<Output = ()>,
{
    let (id, backlog) = (events.next.fetch_add(1, Ordering::Relaxed), Arc::new(Backlog::default()));
    let (packets, waiting) = mpsc::unbounded_channel();
    if !events.send(Event::Open(Line { id, address, port, packets, backlog: Arc::clone(&backlog) })).await {
        return;
    }
    let wire = Wire { id, backlog: Arc::clone(&backlog), events: events.clone() };
    let (reader, writer) = (read(wire.clone()), write(wire, waiting));
    let abandoned = async {
        backlog.closing.notified().await;
        sleep(LINGER).await;
    };
    tokio::pin!(reader, writer, abandoned);
    tokio::select! {
        () = &mut reader => {
            // The client says no more; what the broker still has for it may be read all the same.
            events.send(Event::Closed(id)).await;
            let _ = timeout(LINGER, writer).await;
        }
        () = &mut writer => {
            // Closed from here. Reading on lets the last packets arrive: unread bytes would reset the connection.
            let _ = timeout(LINGER, reader).await;
        }
        () = &mut abandoned => {}
    }
    events.send(Event::Closed(id)).await;
}

/// Packets that wait to be written; the end of them closes the connection.
pub type Waiting = mpsc::UnboundedReceiver<Bytes>;
