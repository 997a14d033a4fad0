//! What a form would send: the very bytes, from a copy of the client that sends them, or what is wrong with it.

use bytes::Bytes;

use crate::client::{Client, ClientError, ClientOutput, PublishRequest};
use crate::codec::{FaultKind, PropertyBuf, SubscriptionOptions};
use crate::time::Instant;

/// Why a form cannot be sent, in words for the person who fills it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftError {
    /// Whether it is about the topic (or filter); if not, about the form as a whole.
    pub at_topic: bool,
    /// What is wrong and what would be right.
    pub text: String,
    /// The statement behind it.
    pub statement: Option<&'static str>,
}

/// The PUBLISH that the client would send now.
///
/// # Errors
/// What keeps it from being sent.
pub fn publish(client: &Client, now: Instant, request: PublishRequest) -> Result<Bytes, DraftError> {
    let mut copy = client.clone();
    discard(&mut copy);
    copy.publish(now, request).map_err(|error| explain(&error))?;
    sent(copy)
}

/// The SUBSCRIBE that the client would send now.
///
/// # Errors
/// What keeps it from being sent.
pub fn subscribe(
    client: &Client,
    now: Instant,
    filter: &str,
    options: SubscriptionOptions,
) -> Result<Bytes, DraftError> {
    let mut copy = client.clone();
    discard(&mut copy);
    copy.subscribe(now, &[(filter, options)], &PropertyBuf::new()).map_err(|error| explain(&error))?;
    sent(copy)
}

fn discard(client: &mut Client) {
    while client.poll_output().is_some() {}
}

fn sent(mut client: Client) -> Result<Bytes, DraftError> {
    match client.poll_output() {
        Some(ClientOutput::Send(bytes)) => Ok(bytes),
        // The message waits behind others that the server has not acknowledged.
        _ => Err(whole("waits until earlier messages are acknowledged".to_owned())),
    }
}

fn whole(text: String) -> DraftError {
    DraftError { at_topic: false, text, statement: None }
}

fn explain(error: &ClientError) -> DraftError {
    let ClientError::Invalid(fault) = error else {
        return match error {
            ClientError::Encode(_) => DraftError { at_topic: true, ..whole(error.to_string()) },
            _ => whole(error.to_string()),
        };
    };
    let text = match fault.kind {
        FaultKind::EmptyTopicName => "A topic name has at least one character.",
        FaultKind::EmptyTopicFilter => "A topic filter has at least one character.",
        FaultKind::WildcardInTopicName => "A topic name has no wildcards: + and # are for filters.",
        FaultKind::MultiLevelWildcard => "# stands alone in the last level: a/# or #.",
        FaultKind::SingleLevelWildcard => "+ stands alone in its level: a/+/b.",
        FaultKind::NullCharacter => "The character U+0000 is not allowed.",
        FaultKind::ShareNameEmpty | FaultKind::ShareNameInvalid => {
            "A shared subscription is $share/name/filter, the name without / + #."
        }
        _ => "The packet would break a rule.",
    };
    DraftError { at_topic: true, text: text.to_owned(), statement: Some(fault.statement()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientConfig;
    use crate::codec::QoS;

    fn connected() -> Client {
        let mut client = Client::new(ClientConfig { first_packet_id: 7, ..ClientConfig::new("pub1") });
        assert_eq!(client.connect(Instant::ZERO), Ok(()));
        client.handle_data(Instant::ZERO, &[0x20, 0x02, 0x00, 0x00]);
        client
    }

    fn request(topic: &str) -> PublishRequest {
        PublishRequest {
            topic: topic.into(),
            payload: Bytes::from_static(b"x"),
            qos: QoS::AtLeastOnce,
            ..Default::default()
        }
    }

    #[test]
    fn the_preview_is_what_the_client_then_sends() {
        let mut client = connected();
        let preview = publish(&client, Instant::ZERO, request("t"));
        assert_eq!(preview.as_deref(), Ok(&[0x32, 0x06, 0x00, 0x01, b't', 0x00, 0x07, b'x'][..]));
        discard(&mut client);
        assert!(client.publish(Instant::ZERO, request("t")).is_ok());
        assert_eq!(client.poll_output(), preview.ok().map(ClientOutput::Send));
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field_with_the_rule() {
        let client = connected();
        let error = publish(&client, Instant::ZERO, request("a/+")).expect_err("a wildcard");
        assert_eq!((error.at_topic, error.statement), (true, Some("3.1.1 MQTT-3.3.2-2")));
        let options = SubscriptionOptions::default();
        let error = subscribe(&client, Instant::ZERO, "a#", options).expect_err("a misplaced wildcard");
        assert_eq!((error.at_topic, error.statement), (true, Some("3.1.1 MQTT-4.7.1-2")));
        let offline = Client::new(ClientConfig::new("a"));
        let error = subscribe(&offline, Instant::ZERO, "a", options).expect_err("offline");
        assert!(!error.at_topic && error.text == "not connected", "{error:?}");
    }
}
