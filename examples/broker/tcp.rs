//! MQTT over TCP.

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::line::{Events, Waiting, Wire, attend, ends};

const CHUNK: usize = 16 << 10;
/// Packets written at once, if so many wait.
const BATCH: usize = 64;

pub async fn serve(stream: TcpStream, events: Events) {
    let ends = ends(&stream);
    let (from_client, to_client) = stream.into_split();
    attend(events, ends, |wire| read(from_client, wire), |wire, waiting| write(to_client, wire, waiting))
        .await;
}

async fn read(mut stream: OwnedReadHalf, wire: Wire) {
    let mut buffer = BytesMut::with_capacity(CHUNK);
    loop {
        wire.may_read().await;
        buffer.reserve(CHUNK);
        match stream.read_buf(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if !wire.read(buffer.split().freeze()).await {
            return;
        }
    }
}

async fn write(mut stream: OwnedWriteHalf, wire: Wire, mut waiting: Waiting) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let joined: Vec<u8> = batch.drain(..).flatten().collect();
        if stream.write_all(&joined).await.is_err() || !wire.written(joined.len()).await {
            return;
        }
    }
    let _ = stream.shutdown().await;
}
