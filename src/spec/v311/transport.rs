//! Chapters 6 and 7: WebSocket and conformance.

use crate::spec::statement::statements;

statements! { V311
    "MQTT-6.0.0-1" Both
        "Over WebSocket, packets travel in binary frames. Any other data frame makes the receiver close the connection.";
    "MQTT-6.0.0-2" Receiver
        "A WebSocket frame may hold several packets or parts of them: the receiver does not rely on frame boundaries.";
    "MQTT-6.0.0-3" Client "Over WebSocket the Client offers the subprotocol mqtt, alone or among others.";
    "MQTT-6.0.0-4" Server "Over WebSocket the Server selects the subprotocol mqtt.";
    "MQTT-7.0.0-1" Server
        "A Server that also opens connections to other Servers conforms as both Client and Server.";
    "MQTT-7.0.0-2" Both
        "No implementation may need extensions from outside the standard in order to work with another.";
    "MQTT-7.1.1-1" Server
        "The Server supports at least one transport that carries bytes both ways, in order and without loss.";
    "MQTT-7.1.2-1" Client
        "The Client supports at least one transport that carries bytes both ways, in order and without loss.";
}
