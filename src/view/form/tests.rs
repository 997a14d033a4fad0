use super::*;
use crate::client::{Client, ClientConfig};
use crate::codec::{PacketType, PropertyHost, PropertyId, QoS, Version};
use crate::sim::{Action, Sim, scenarios};
use crate::time::Instant;

const CONNECT: PropertyHost = PropertyHost::Packet(PacketType::Connect);
const PUBLISH: PropertyHost = PropertyHost::Packet(PacketType::Publish);

fn client(version: Version) -> Client {
    let config = ClientConfig { version, first_packet_id: 7, ..ClientConfig::new("pub1") };
    let mut client = Client::new(config);
    assert_eq!(client.connect(Instant::ZERO), Ok(()));
    let connack: &[u8] =
        if version == Version::V5 { &[0x20, 6, 0, 0, 3, 0x22, 0, 10] } else { &[0x20, 2, 0, 0] };
    client.handle_data(Instant::ZERO, connack);
    client
}

fn draft(client: &Client) -> Draft {
    Draft::new(client.config(), "t", "t/#")
}

fn shown(kind: FormKind, draft: &Draft, client: &Client) -> Result<Vec<u8>, Trouble> {
    preview(kind, draft, client, Instant::ZERO).map(|it| it.bytes.to_vec())
}

fn trouble(kind: FormKind, draft: &Draft, client: &Client) -> Trouble {
    preview(kind, draft, client, Instant::ZERO).expect_err("trouble")
}

fn add(draft: &mut Draft, host: PropertyHost, id: PropertyId) {
    draft.list_mut(host).push(PropertyDraft::new(Which::Known(id)));
}

#[test]
fn the_preview_is_what_the_client_then_sends() {
    let client = client(Version::V311);
    let mut draft = draft(&client);
    draft.set_text(Field::Payload, "x".into());
    draft.set_text(Field::Qos, "1".into());
    let publish = [0x32, 0x06, 0x00, 0x01, b't', 0x00, 0x07, b'x'];
    assert_eq!(shown(FormKind::Publish, &draft, &client).as_deref(), Ok(&publish[..]));
    draft.set_text(Field::PayloadAs, "Hex".into());
    draft.set_text(Field::Payload, "78".into());
    assert_eq!(shown(FormKind::Publish, &draft, &client).as_deref(), Ok(&publish[..]));
    draft.set_text(Field::Payload, "7".into());
    let wrong = trouble(FormKind::Publish, &draft, &client);
    assert_eq!(wrong.place, Place::Field(Key::Field(Field::Payload)));
    assert_eq!(shown(FormKind::Disconnect, &draft, &client).as_deref(), Ok(&[0xe0, 0][..]));
}

#[test]
fn every_property_may_be_set_where_it_may_stand_and_no_other_is_offered() {
    let five = client(Version::V5);
    for (kind, host) in [
        (FormKind::Connect, CONNECT),
        (FormKind::Connect, PropertyHost::Will),
        (FormKind::Publish, PUBLISH),
        (FormKind::Subscribe, PropertyHost::Packet(PacketType::Subscribe)),
        (FormKind::Unsubscribe, PropertyHost::Packet(PacketType::Unsubscribe)),
        (FormKind::Disconnect, PropertyHost::Packet(PacketType::Disconnect)),
    ] {
        let offline = Client::new(five.config().clone());
        let client = if kind == FormKind::Connect { &offline } else { &five };
        let mut draft = draft(client);
        draft.set_text(Field::Will, "1".into());
        let offered: Vec<_> = choices(host, draft.list(host)).into_iter().map(|it| it.which).collect();
        let mut wanted: Vec<_> =
            PropertyId::ALL.into_iter().filter(|id| id.allowed_in(host)).map(Which::Known).collect();
        wanted.push(Which::Other);
        assert_eq!(offered, wanted);
        for which in offered {
            let mut draft = draft.clone();
            let mut row = PropertyDraft::new(which);
            if which == Which::Known(PropertyId::AuthenticationData) {
                add(&mut draft, host, PropertyId::AuthenticationMethod);
            }
            if which == Which::Known(PropertyId::SessionExpiryInterval) && kind == FormKind::Disconnect {
                row.first = "0".into(); // 5.0 section 3.14.2.2.2: CONNECT had none
            }
            draft.list_mut(host).push(row.clone());
            let preview = preview(kind, &draft, client, Instant::ZERO).expect("it can be sent");
            assert_eq!(preview.is_raw, row.breaks_rules(host), "{which:?} in {kind:?}");
            let id = if let Which::Known(id) = which { id as u8 } else { 0x7f };
            assert!(preview.bytes.contains(&id), "{which:?} in {kind:?}");
        }
    }
}

#[test]
fn what_a_version_lacks_stays_and_is_not_sent() {
    let client = Client::new(ClientConfig::new("c"));
    let mut draft = draft(&client);
    draft.set(Key::Property(CONNECT, PropertyId::SessionExpiryInterval), "60".into());
    let old = shown(FormKind::Connect, &draft, &client).expect("3.1.1");
    draft.set_text(Field::Version, "5.0".into());
    let new = shown(FormKind::Connect, &draft, &client).expect("5.0");
    assert_eq!(new.len(), old.len() + 6);
    assert_eq!(draft.value(Key::Property(CONNECT, PropertyId::SessionExpiryInterval)), "60");
    draft.set(Key::Property(CONNECT, PropertyId::SessionExpiryInterval), String::new());
    assert!(draft.list(CONNECT).is_empty());
}

#[test]
fn what_is_wrong_is_said_at_its_place_with_the_rule() {
    let five = client(Version::V5);
    let mut topic = draft(&five);
    topic.set_text(Field::Topic, "a/+".into());
    let wrong = trouble(FormKind::Publish, &topic, &five);
    assert_eq!(wrong.place, Place::Field(Key::Field(Field::Topic)));
    assert_eq!(wrong.statement, Some("5.0 MQTT-3.3.2-2"));
    let mut filters = draft(&five);
    filters.filters.push(FilterDraft::new("a#".into(), QoS::AtMostOnce));
    let wrong = trouble(FormKind::Subscribe, &filters, &five);
    assert_eq!((wrong.place, wrong.statement), (Place::Filter(1), Some("5.0 MQTT-4.7.1-1")));
    let mut property = draft(&five);
    add(&mut property, PUBLISH, PropertyId::UserProperty);
    add(&mut property, PUBLISH, PropertyId::TopicAlias);
    property.list_mut(PUBLISH)[1].first = "0".into();
    let wrong = trouble(FormKind::Publish, &property, &five);
    assert_eq!((wrong.place, &*wrong.text), (Place::Property(PUBLISH, 1), "A whole number from 1 to 65535."));
    let offline = Client::new(ClientConfig::new("a"));
    assert_eq!(trouble(FormKind::Publish, &topic, &offline), Trouble::whole("not connected".to_owned()));
}

#[test]
fn a_repeated_message_is_a_series_with_its_numbers() {
    let client = client(Version::V5);
    let mut draft = draft(&client);
    for (field, text) in [(Field::Repeat, "1"), (Field::Times, "3"), (Field::Payload, "no {{n}}")] {
        draft.set_text(field, text.into());
    }
    let preview = preview(FormKind::Publish, &draft, &client, Instant::ZERO).expect("a series");
    let Action::Series(all) = preview.action else { panic!("no series") };
    let sent: Vec<_> = all.iter().map(|(later, it)| (later.as_millis(), it.payload.to_vec())).collect();
    assert_eq!(sent, [(0, b"no 1".to_vec()), (500, b"no 2".to_vec()), (1000, b"no 3".to_vec())]);
    assert!(preview.bytes.ends_with(b"no 1") && preview.packets == 3);
}

#[test]
fn the_broker_is_asked_without_being_touched() {
    let mut sim = Sim::new(scenarios().remove(0));
    sim.settle(1_000);
    let before = format!("{:?}", sim.broker());
    let asked = trial(&sim, 1, &[0x82, 6, 0, 9, 0, 1, b'a', 3], sim.now());
    assert!(asked.closes && asked.answers.is_empty(), "{asked:?}");
    assert_eq!(asked.decisions[0].1, Some("3.1.1 MQTT-3.8.3-4"));
    let asked = trial(&sim, 1, &[0xc0, 0], sim.now());
    assert_eq!(asked.answers, [&[0xd0, 0][..]]);
    assert_eq!(format!("{:?}", sim.broker()), before);
}

#[test]
fn matches_name_topics_overlap_and_what_is_retained() {
    let mut sim = Sim::new(scenarios().remove(0));
    sim.settle(1_000);
    let filters = [
        FilterDraft::new("sensors/+/temp".into(), QoS::AtMostOnce),
        FilterDraft::new("x".into(), QoS::AtMostOnce),
    ];
    let found = matches(&sim, 1, &filters);
    assert_eq!(found.topics, [("sensors/kitchen/temp".to_owned(), vec![1])]);
    let first: Vec<_> = found.notes.iter().map(|note| note.0.as_str()).collect();
    assert_eq!(first, ["There is overlap with sensors/#.", "Nothing is retained yet."]);
    assert_eq!(
        reached(sim.broker(), "sensors/a"),
        [("sub1".to_owned(), "sensors/#".to_owned(), QoS::ExactlyOnce)]
    );
    sim.seek(0);
    assert!(matches(&sim, 1, &filters).topics.is_empty());
}

#[test]
fn a_packet_identifier_can_be_chosen_and_one_in_use_is_refused_beside_its_field() {
    let mut client = client(Version::V311);
    let mut draft = draft(&client);
    draft.set_text(Field::Payload, "x".into());
    draft.set_text(Field::Qos, "1".into());
    draft.set_text(Field::PacketId, "300".into());
    let publish = [0x32, 0x06, 0x00, 0x01, b't', 0x01, 0x2c, b'x'];
    assert_eq!(shown(FormKind::Publish, &draft, &client).as_deref(), Ok(&publish[..]));
    let done = preview(FormKind::Publish, &draft, &client, Instant::ZERO).expect("valid").action;
    assert_eq!(perform(&mut client, Instant::ZERO, &done), Ok(()));
    let wrong = trouble(FormKind::Publish, &draft, &client);
    assert_eq!(wrong.place, Place::Field(Key::Field(Field::PacketId)));
    assert_eq!(wrong.text, "Packet id 300 is in use.");
    for bad in ["0", "65536", "x"] {
        draft.set_text(Field::PacketId, bad.into());
        let wrong = trouble(FormKind::Publish, &draft, &client);
        assert_eq!(wrong.place, Place::Field(Key::Field(Field::PacketId)), "{bad}");
    }
    // QoS 0 has none, and only the first of a series has the chosen one.
    draft.set_text(Field::Qos, "0".into());
    assert!(preview(FormKind::Publish, &draft, &client, Instant::ZERO).is_ok());
    draft.set_text(Field::Qos, "2".into());
    draft.set_text(Field::PacketId, "5".into());
    draft.set_text(Field::Repeat, "1".into());
    draft.set_text(Field::Times, "2".into());
    let series = preview(FormKind::Publish, &draft, &client, Instant::ZERO).expect("valid").action;
    let Action::Series(all) = series else { panic!("a series") };
    let ids: Vec<_> = all.iter().map(|(_, it)| it.packet_id.map(crate::codec::PacketId::get)).collect();
    assert_eq!(ids, [Some(5), None]);
}

#[test]
fn the_untouched_misbehave_form_does_not_complain() {
    let sim = Sim::new(scenarios().remove(0));
    let draft = draft(sim.client(0));
    let shown = Shown::of(FormKind::Misbehave, &draft, &sim, 0, Instant::ZERO);
    assert_eq!(shown.verdict(), (Tone::Note, "Choose what goes wrong, or type bytes.".to_owned()));
    assert!(shown.result.is_err(), "there is nothing to send");
}

#[test]
fn a_client_that_has_authenticated_can_do_it_again() {
    let scenario = scenarios().into_iter().find(|it| it.id == "v5-scram").expect("SCRAM");
    let mut sim = Sim::new(scenario);
    let client =
        (0..sim.client_count()).find(|at| !sim.client(*at).config().properties.as_properties().is_empty());
    let client = client.expect("one with a method");
    while sim.client(client).status() != crate::client::ClientStatus::Connected {
        assert!(sim.step());
    }
    let again = preview(FormKind::Authenticate, &draft(sim.client(client)), sim.client(client), sim.now());
    let again = again.expect("AUTH");
    assert_eq!(again.action, Action::Reauthenticate);
    assert_eq!(again.bytes.get(..3), Some(&[0xf0, again.bytes[1], 0x19][..]), "5.0 section 3.15.2.1");
    let plain = self::client(Version::V5);
    assert_eq!(trouble(FormKind::Authenticate, &draft(&plain), &plain).place, Place::Form);
}
