//! Users, passwords, access rules.

use mqtt_playground::broker::{AccessList, BrokerConfig, Secret, User};

use crate::rig::{CLOSE, Rig, quiet};

fn config() -> BrokerConfig {
    let users = vec![User { name: "ann".into(), password: Secret::Plain(b"pw".to_vec()) }];
    let rules = "topic read news/#\nuser ann\ntopic home/#\ntopic deny home/safe\npattern write own/%u/%c\n";
    BrokerConfig { users, access: Some(AccessList::parse(rules).unwrap()), ..quiet() }
}

const ANN: &str = "10 16 0004'MQTT' 04 c2 0000 0001'a' 0003'ann' 0002'pw'";

#[test]
fn a_password_has_to_fit() {
    let mut rig = Rig::new(config());
    rig.open([1, 2, 3]).send(1, ANN, &[(1, "20 02 00 00")]);
    assert_eq!(rig.broker.session("a").unwrap().user_name(), Some("ann"));
    let wrong = "10 16 0004'MQTT' 04 c2 0000 0001'a' 0003'ann' 0002'no'";
    rig.send(2, wrong, &[(2, "20 02 00 04"), (2, CLOSE)]);
    rig.heard("refuses a with code 0x04: user name and password do not fit [3.1.1 MQTT-3.2.2-5]");
    let unknown = "10 12 0004'MQTT' 04 82 0000 0001'a' 0003'bob'";
    rig.send(3, unknown, &[(3, "20 02 00 04"), (3, CLOSE)]);
    // Those who say no name are another matter.
    rig.connect(4, "b", 0x02, false);
}

#[test]
fn rules_say_who_reads_and_writes_what() {
    let mut rig = Rig::new(config());
    rig.open([1]).send(1, ANN, &[(1, "20 02 00 00")]).connect(2, "b", 0x02, false);
    // 3.1.1 MQTT-3.8.4-5
    rig.send(2, "82 14 0001 0006'home/#' 00 0006'news/#' 00", &[(2, "90 04 0001 80 00")]);
    rig.heard("refuses b home/# [3.1.1 MQTT-3.8.4-5]");
    rig.send(1, "82 0b 0001 0006'home/#' 00", &[(1, "90 03 0001 00")]);
    rig.send(1, "30 07 0004'home' 'x'", &[(1, "30 07 0004'home' 'x'")]);
    rig.send(1, "30 0c 0009'home/safe' 'x'", &[]).send(2, "30 07 0004'home' 'x'", &[]);
    rig.heard("does not take a message for home from b: not allowed to write there [3.1.1 MQTT-3.3.5-2]");
    rig.send(1, "30 0c 0009'own/ann/a' 'x'", &[]).heard("drops message: no subscriber [3.1.1 MQTT-4.5.0-1]");
    rig.unheard().send(1, "30 0c 0009'own/bob/a' 'x'", &[]).never_heard("drops");
}

#[test]
fn what_a_filter_reaches_is_held_back_message_by_message() {
    let rules = "pattern readwrite #\npattern deny secret\n";
    let access = Some(AccessList::parse(rules).unwrap());
    let mut rig = Rig::new(BrokerConfig { access: None, ..quiet() });
    rig.connect(1, "a", 0x02, false).send(1, "31 09 0006'secret' 'x'", &[]);
    let mut rig = Rig::new(BrokerConfig { access, ..quiet() });
    rig.connect(1, "a", 0x02, false).send(1, "82 06 0001 0001'#' 00", &[(1, "90 03 0001 00")]);
    rig.send(1, "30 08 0005'other' 'x'", &[(1, "30 08 0005'other' 'x'")]);
    rig.send(1, "30 09 0006'secret' 'x'", &[]);
}

#[test]
fn a_will_is_held_against_the_rules_at_connect() {
    let mut rig = Rig::new(config());
    let connect = "10 13 0004'MQTT' 04 06 0000 0001'a' 0001'w' 0001'x'";
    rig.open([1]).send(1, connect, &[(1, "20 02 00 05"), (1, CLOSE)]);
}

#[test]
fn the_user_name_may_be_the_client_identifier() {
    let mut rig = Rig::new(BrokerConfig { use_username_as_clientid: true, ..config() });
    rig.open([1]).send(1, ANN, &[(1, "20 02 00 00")]);
    assert!(rig.broker.session("ann").is_some() && rig.broker.session("a").is_none());
}
