//! Chapter 6: WebSocket.

use crate::spec::statement::statements;

statements! { V5
    "MQTT-6.0.0-1" Both
        "Over WebSocket, packets travel in binary frames. Any other data frame makes the receiver close the connection.";
    "MQTT-6.0.0-2" Receiver
        "A WebSocket frame may hold several packets or parts of them: the receiver does not rely on frame boundaries.";
    "MQTT-6.0.0-3" Client "Over WebSocket the Client offers the subprotocol mqtt, alone or among others.";
    "MQTT-6.0.0-4" Server "Over WebSocket the Server selects the subprotocol mqtt.";
}
