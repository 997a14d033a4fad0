//! MQTT over WebSocket: binary frames, subprotocol `mqtt` (3.1.1 section 6, 5.0 section 6).

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Callback, ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use crate::line::{Events, LINGER, Waiting, Wire, attend, ends};

/// The longest message taken; a packet may be spread over several.
const MAX_MESSAGE: usize = 4 << 20;

type Stream = WebSocketStream<TcpStream>;

/// Chooses the subprotocol.
struct Mqtt;

impl Callback for Mqtt {
    fn on_request(self, request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
        let offered = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL).iter();
        let mut offered = offered.filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(','));
        if !offered.any(|it| it.trim() == "mqtt") {
            // 3.1.1 MQTT-6.0.0-3, 5.0 MQTT-6.0.0-3
            let mut refusal = ErrorResponse::new(Some("the subprotocol mqtt has to be offered\n".into()));
            *refusal.status_mut() = StatusCode::BAD_REQUEST;
            return Err(refusal);
        }
        // 3.1.1 MQTT-6.0.0-4, 5.0 MQTT-6.0.0-4
        response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("mqtt"));
        Ok(response)
    }
}

pub async fn serve(stream: TcpStream, events: Events) {
    let ends = ends(&stream);
    let config = WebSocketConfig::default();
    let config = config.max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
    let handshake = accept_hdr_async_with_config(stream, Mqtt, Some(config));
    let Ok(Ok(stream)) = timeout(LINGER, handshake).await else { return };
    let (to_client, from_client) = stream.split();
    attend(events, ends, |wire| read(from_client, wire), |wire, waiting| write(to_client, wire, waiting))
        .await;
}

async fn read(mut stream: SplitStream<Stream>, wire: Wire) {
    loop {
        wire.may_read().await;
        match stream.next().await {
            // 3.1.1 MQTT-6.0.0-2: packets and frames need not begin together
            Some(Ok(Message::Binary(chunk))) => {
                if !wire.read(chunk).await {
                    return;
                }
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            // 3.1.1 MQTT-6.0.0-1: no other kind of data
            Some(Ok(Message::Text(_) | Message::Close(_)) | Err(_)) | None => return,
        }
    }
}

async fn write(mut stream: SplitSink<Stream, Message>, wire: Wire, mut waiting: Waiting) {
    while let Some(packet) = waiting.recv().await {
        let len = packet.len();
        if stream.send(Message::Binary(packet)).await.is_err() || !wire.written(len).await {
            return;
        }
    }
    let _ = stream.close().await;
}
