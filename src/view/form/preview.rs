//! What a form would send: the very bytes, from a copy of the client that sends them, or what is wrong with it.

use bytes::Bytes;

use super::build::{Place, Setting, Trouble, action};
use super::draft::{Draft, Field, Key};
use super::layout::FormKind;
use crate::client::{Client, ClientConfig, ClientError, ClientOutput, Misbehaviour};
use crate::codec::{self, Fault, FaultKind, PacketId, PropertyBuf, Version};
use crate::sim::Action;
use crate::time::Instant;

/// What a form stands for at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// What it does.
    pub action: Action,
    /// The first packet that goes out, or the raw bytes; none while the message has to wait for others.
    pub bytes: Bytes,
    /// The version that the bytes are read in.
    pub version: Version,
    /// The bytes break rules on purpose.
    pub is_raw: bool,
    /// How many packets go out in all.
    pub packets: usize,
}

/// What a form stands for, if a client would do it now.
///
/// # Errors
/// What keeps it from being sent.
pub fn preview(kind: FormKind, draft: &Draft, client: &Client, now: Instant) -> Result<Preview, Trouble> {
    let version = if kind == FormKind::Connect { draft.version() } else { client.config().version };
    let packet_id = client.next_packet_id().unwrap_or(PacketId::MIN);
    let action = action(kind, draft, Setting { version, packet_id, now })?;
    let (is_raw, packets) = match &action {
        Action::Misbehave(_) => (true, 1),
        Action::Series(all) => (false, all.len()),
        _ => (false, 1),
    };
    let mut copy = client.clone();
    while copy.poll_output().is_some() {}
    perform(&mut copy, now, &action).map_err(|error| explain(&error, draft, client, &action))?;
    let bytes = match copy.poll_output() {
        Some(ClientOutput::Send(bytes)) => bytes,
        // The message waits behind others that the server has not acknowledged.
        _ => Bytes::new(),
    };
    Ok(Preview { action, bytes, version, is_raw, packets })
}

/// Does to a client what the simulation would do to it; of a series, its first message.
///
/// # Errors
/// Those of the client; nothing has changed then, but that [`Action::ConnectAs`] sets it.
pub fn perform(client: &mut Client, now: Instant, action: &Action) -> Result<(), ClientError> {
    match action {
        Action::ConnectAs(config) => {
            client.set_config(ClientConfig::clone(config))?;
            client.connect(now)
        }
        Action::Publish(request) => client.publish(now, request.clone()).map(drop),
        Action::Series(all) => match all.first() {
            Some((_, request)) => client.publish(now, request.clone()).map(drop),
            None => Ok(()),
        },
        Action::Subscribe(filters, properties) => {
            let filters: Vec<_> =
                filters.iter().map(|(filter, options)| (filter.as_str(), *options)).collect();
            client.subscribe(now, &filters, properties).map(drop)
        }
        Action::Unsubscribe(filters, properties) => {
            let filters: Vec<_> = filters.iter().map(String::as_str).collect();
            client.unsubscribe(now, &filters, properties).map(drop)
        }
        Action::Reauthenticate => client.reauthenticate(now),
        Action::Disconnect => client.disconnect(now),
        Action::DisconnectWith(code, properties) => client.disconnect_with(now, *code, properties),
        Action::Misbehave(Misbehaviour::Raw(bytes)) => {
            client.misbehave(now, Misbehaviour::Raw(bytes.clone()))
        }
        Action::Misbehave(other) => client.misbehave(now, other.clone()),
        _ => Ok(()),
    }
}

fn explain(error: &ClientError, draft: &Draft, client: &Client, action: &Action) -> Trouble {
    match error {
        ClientError::Invalid(fault) => Trouble {
            place: place(fault, draft, client, action),
            text: advice(fault),
            statement: Some(fault.statement()),
        },
        ClientError::EmptyClientId => Trouble::at(Field::ClientId, sentence(&error.to_string())),
        ClientError::PacketIdInUse(_) => Trouble::at(Field::PacketId, sentence(&error.to_string())),
        ClientError::NoMechanism if *action == Action::Reauthenticate => Trouble::whole(
            "This client has not authenticated by a method: its CONNECT had no Authentication Method."
                .to_owned(),
        ),
        _ => Trouble::whole(error.to_string()),
    }
}

/// The error's words with a capital letter and a full stop.
fn sentence(words: &str) -> String {
    let mut text = words.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text.push('.');
    text
}

fn place(fault: &Fault, draft: &Draft, client: &Client, action: &Action) -> Place {
    use codec::Field as F;
    let field = |field: Field| Place::Field(Key::Field(field));
    match fault.field {
        F::TopicName => field(Field::Topic),
        F::WillTopic => field(Field::WillTopic),
        F::WillPayload => field(Field::WillPayload),
        F::ClientIdentifier => field(Field::ClientId),
        F::UserName => field(Field::UserName),
        F::Password | F::PasswordFlag => field(Field::Password),
        F::TopicFilter => Place::Filter(first_bad_filter(draft, client, action)),
        _ => Place::Form,
    }
}

/// The first filter that would not be sent if it were alone.
fn first_bad_filter(draft: &Draft, client: &Client, action: &Action) -> usize {
    let list = if matches!(action, Action::Subscribe(..)) { &draft.filters } else { &draft.ended };
    let bad = list.iter().position(|it| {
        let mut copy = client.clone();
        copy.unsubscribe(Instant::ZERO, &[&it.filter], &PropertyBuf::new()).is_err()
    });
    bad.unwrap_or(0)
}

fn advice(fault: &Fault) -> String {
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
        FaultKind::PasswordWithoutUserName => "Before 5.0, a password needs a user name.",
        FaultKind::AuthenticationDataWithoutMethod => "Authentication Data needs Authentication Method.",
        _ => "The packet would break a rule.",
    };
    text.to_owned()
}
