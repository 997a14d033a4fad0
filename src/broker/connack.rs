//! What a 5.0 CONNACK says of the broker (5.0 section 3.2.2.3). What holds anyway is left out.

use super::access::fill;
use super::auth::{Proof, push_authentication};
use super::config::BrokerConfig;
use super::session::Session;
use super::switches::{Check, is_off};
use crate::codec::{Connect, PropertyBuf, PropertyId, PropertyValue, QoS, Version};

/// The greatest packet there is, in bytes: longer ones need not be forbidden.
const GREATEST_PACKET: usize = 268_435_460;

pub(super) fn properties(
    config: &BrokerConfig,
    connect: &Connect<'_>,
    session: &Session,
    keep_alive_secs: u16,
    assigned: bool,
    proof: Option<Proof>,
) -> PropertyBuf {
    use PropertyId as P;
    let mut list = PropertyBuf::new();
    if connect.version != Version::V5 {
        return list;
    }
    let asked = connect.properties.number(P::SessionExpiryInterval).unwrap_or(0);
    let size = config.max_packet_size;
    let numbers = [
        (P::SessionExpiryInterval, session.expiry_secs, session.expiry_secs != asked),
        (P::ReceiveMaximum, config.receive_maximum().into(), config.receive_maximum() < u16::MAX),
        // 5.0 MQTT-3.2.2-9
        (
            P::MaximumQos,
            config.max_qos.level().into(),
            config.max_qos < QoS::ExactlyOnce && !is_off(Check::MaximumQosTold),
        ),
        (P::RetainAvailable, 0, !config.retain_available),
        (P::MaximumPacketSize, size as u32, size < GREATEST_PACKET),
        (P::TopicAliasMaximum, config.max_topic_alias.into(), config.max_topic_alias > 0),
        (P::WildcardSubscriptionAvailable, 0, !config.wildcard_subscription_available),
        (P::SubscriptionIdentifierAvailable, 0, !config.subscription_identifier_available),
        (P::SharedSubscriptionAvailable, 0, !config.shared_subscription_available),
        // 5.0 MQTT-3.2.2-21, MQTT-3.1.2-21
        (P::ServerKeepAlive, keep_alive_secs.into(), keep_alive_secs != connect.keep_alive_secs),
    ];
    for (id, number, said) in numbers {
        if said {
            list.push(id, PropertyValue::Number(number));
        }
    }
    if assigned && !is_off(Check::AssignedId) {
        // 5.0 MQTT-3.1.3-7, MQTT-3.2.2-16
        list.push(P::AssignedClientIdentifier, PropertyValue::Text(&session.client_id));
    }
    // 5.0 MQTT-3.1.2-28
    if connect.properties.number(P::RequestResponseInformation) == Some(1)
        && let Some(pattern) = &config.response_information
        && let Some(information) = fill(pattern, session.asking())
    {
        list.push(P::ResponseInformation, PropertyValue::Text(&information));
    }
    if let Some(proof) = proof {
        push_authentication(&mut list, &proof.method, &proof.data);
    }
    list
}
