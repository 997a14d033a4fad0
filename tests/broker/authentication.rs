//! 5.0: enhanced authentication, by a mechanism made for the test.

use std::sync::Arc;

use mqtt_playground::broker::{
    Access, AccessList, AccessRule, AccessWho, Broker, BrokerConfig, Exchange, Mechanism, Progress,
};

use crate::rig::{CLEAN, CLOSE, Rig, connack5, connect5, pk, quiet};

/// Asks `n?` and takes `n!`, with n the exchange's number.
#[derive(Debug)]
struct Riddle;

#[derive(Clone, Debug)]
struct Asked(u64);

impl Mechanism for Riddle {
    fn name(&self) -> &str {
        "R"
    }

    fn begin(&self, number: u64) -> Box<dyn Exchange> {
        Box::new(Asked(number))
    }
}

impl Exchange for Asked {
    fn step(&mut self, data: &[u8]) -> Progress {
        if data.is_empty() {
            return Progress::Continue(format!("{}?", self.0).into_bytes());
        }
        if *data == *format!("{}!", self.0).as_bytes() {
            Progress::Done { user_name: "ann".into(), data: b"ok".to_vec() }
        } else {
            Progress::Failed
        }
    }

    fn copy(&self) -> Box<dyn Exchange> {
        Box::new(self.clone())
    }
}

fn rig() -> Rig {
    let mut rig = Rig::new(quiet());
    rig.broker = Broker::new(quiet()).with_mechanism(Arc::new(Riddle));
    rig
}

fn auth(code: u8, data: &str) -> String {
    let properties = if data.is_empty() {
        "15 0001'R'".to_owned()
    } else {
        format!("15 0001'R' 16 {:04x}'{data}'", data.len())
    };
    let len = crate::rig::bytes(&properties).len();
    pk(0xf0, &format!("{code:02x} {len:02x} {properties}"))
}

fn accepted(rig: &mut Rig) {
    // 5.0 MQTT-4.12.0-2, MQTT-4.12.0-3, MQTT-4.12.0-5
    rig.open([1]).send(1, &connect5("a", CLEAN, "15 0001'R'"), &[(1, &auth(0x18, "1?"))]);
    rig.heard("asks a for the next step of R [5.0 MQTT-4.12.0-2]");
    let ack = connack5(false, 0, "15 0001'R' 16 0002'ok'");
    rig.send(1, &auth(0x18, "1!"), &[(1, &ack)]).heard("a is authenticated by R [5.0 section 4.12]");
    assert_eq!(rig.broker.session("a").unwrap().user_name(), Some("ann"));
}

#[test]
fn a_client_is_accepted_after_the_last_step() {
    accepted(&mut rig());
}

#[test]
fn a_wrong_answer_is_refused() {
    // 5.0 MQTT-4.12.0-4
    let mut rig = rig();
    rig.open([1]).send(1, &connect5("a", CLEAN, "15 0001'R'"), &[(1, &auth(0x18, "1?"))]);
    rig.send(1, &auth(0x18, "2!"), &[(1, &connack5(false, 0x87, "")), (1, CLOSE)]);
    rig.heard("refuses a with code 0x87: authentication failed [5.0 MQTT-4.12.0-4]");
}

#[test]
fn an_unknown_method_is_refused() {
    // 5.0 MQTT-4.12.0-1
    let mut rig = rig();
    rig.open([1]).send(
        1,
        &connect5("a", CLEAN, "15 0001'X'"),
        &[(1, &connack5(false, 0x8c, "")), (1, CLOSE)],
    );
}

#[test]
fn nothing_but_auth_and_disconnect_comes_before_connack() {
    // 5.0 MQTT-3.1.2-30
    for (packet, told) in
        [("c0 00".to_owned(), "PINGREQ before CONNACK"), (auth(0x19, ""), "AUTH out of place")]
    {
        let mut rig = rig();
        rig.open([1]).send(1, &connect5("a", CLEAN, "15 0001'R'"), &[(1, &auth(0x18, "1?"))]);
        rig.send(1, &packet, &[(1, CLOSE)]);
        let statement = if packet.starts_with('c') { "3.1.2-30" } else { "4.12.0-3" };
        rig.heard(&format!("{told} from the client: closes [5.0 MQTT-{statement}]"));
    }
    let mut rig = rig();
    rig.open([1]).send(1, &connect5("a", CLEAN, "15 0001'R'"), &[(1, &auth(0x18, "1?"))]);
    rig.send(1, "e0 00", &[(1, CLOSE)]);
    // And it has its time.
    rig.open([1]).send(1, &connect5("a", CLEAN, "15 0001'R'"), &[(1, &auth(0x18, "2?"))]);
    rig.wait_millis(30_000, &[(1, CLOSE)]);
}

#[test]
fn a_client_may_authenticate_again() {
    // 5.0 MQTT-4.12.1-1
    let mut rig = rig();
    accepted(&mut rig);
    rig.send(1, &auth(0x19, ""), &[(1, &auth(0x18, "2?"))]).send(1, "c0 00", &[(1, "d0 00")]);
    rig.send(1, &auth(0x18, "2!"), &[(1, &auth(0x00, "ok"))]);
    rig.heard("a is authenticated again by R [5.0 section 4.12.1]");
    // Out of turn, or by another method: 5.0 MQTT-4.12.0-5
    let mut other = Rig::new(quiet());
    other.broker = rig.broker.clone();
    other.send(1, &auth(0x18, "2!"), &[(1, "e0 01 82"), (1, CLOSE)]);
    rig.send(1, &auth(0x19, "").replace("'R'", "'X'"), &[(1, "e0 01 82"), (1, CLOSE)]);
}

#[test]
fn failing_to_do_so_again_closes() {
    // 5.0 MQTT-4.12.1-2
    let mut rig = rig();
    accepted(&mut rig);
    rig.send(1, &auth(0x19, ""), &[(1, &auth(0x18, "2?"))]);
    rig.send(1, &auth(0x18, "1!"), &[(1, "e0 01 87"), (1, CLOSE)]);
    rig.heard("failed authentication from a: closes [5.0 MQTT-4.12.1-2]");
}

#[test]
fn the_user_is_the_one_that_is_proved() {
    // 5.0 section 4.12: not the one that CONNECT names beside the method.
    let rules = ["ann", "root"].map(|name| AccessRule {
        who: AccessWho::User(name.into()),
        access: Access::ReadWrite,
        filter: format!("{name}/#"),
    });
    let config = BrokerConfig { access: Some(AccessList { rules: rules.into() }), ..quiet() };
    let mut rig = Rig::new(config.clone());
    rig.broker = Broker::new(config).with_mechanism(Arc::new(Riddle));
    let connect = |flags: u8, rest: &str| {
        pk(0x10, &format!("0004'MQTT' 05 {flags:02x} 0000 04 15 0001'R' 0001'a' {rest}"))
    };
    let accepted = connack5(false, 0, "15 0001'R' 16 0002'ok'");
    rig.open([1]).send(1, &connect(0x82, "0004'root'"), &[(1, &auth(0x18, "1?"))]);
    rig.send(1, &auth(0x18, "1!"), &[(1, &accepted)]);
    assert_eq!(rig.broker.session("a").unwrap().user_name(), Some("ann"));
    rig.send(1, &pk(0x32, "0006'root/x' 0001 00 'x'"), &[(1, "40 03 0001 87")]);

    // A will is judged by it too.
    for (topic, answers) in
        [("0005'ann/w'", vec![(2, &*accepted)]), ("0006'root/w'", vec![(2, "20 03 00 87 00"), (2, CLOSE)])]
    {
        let mut other = Rig::new(quiet());
        other.broker = rig.broker.clone();
        let connect = connect(0x86, &format!("00 {topic} 0001'x' 0004'root'")).replace("'a'", "'b'");
        other.open([2]).send(2, &connect, &[(2, &auth(0x18, "2?"))]);
        other.send(2, &auth(0x18, "2!"), &answers);
    }
}

/// Takes every name for proof of itself.
#[derive(Debug)]
struct Gullible;

impl Mechanism for Gullible {
    fn name(&self) -> &str {
        "R"
    }

    fn begin(&self, _: u64) -> Box<dyn Exchange> {
        Box::new(Self)
    }
}

impl Exchange for Gullible {
    fn step(&mut self, data: &[u8]) -> Progress {
        Progress::Done { user_name: String::from_utf8(data.to_vec()).unwrap(), data: vec![] }
    }

    fn copy(&self) -> Box<dyn Exchange> {
        Box::new(Self)
    }
}

#[test]
fn a_connection_keeps_its_user_and_ends_without_its_method() {
    let mut rig = rig();
    rig.broker = Broker::new(quiet()).with_mechanism(Arc::new(Gullible));
    let answer = connack5(false, 0, "15 0001'R'");
    rig.open([1]).send(1, &connect5("a", CLEAN, "15 0001'R' 16 0003'bob'"), &[(1, &answer)]);
    rig.send(1, &auth(0x19, "bob"), &[(1, &auth(0x00, ""))]);
    let mut other = Rig::new(quiet());
    other.broker = rig.broker.clone();
    // Session, will and subscriptions were granted to bob.
    other.send(1, &auth(0x19, "ann"), &[(1, "e0 01 87"), (1, CLOSE)]);
    // 5.0 section 4.12.1: an answer is due; the method was taken out of the configuration meanwhile.
    rig.broker = rig.broker.clone().with_mechanisms(vec![]);
    rig.send(1, &auth(0x19, "bob"), &[(1, "e0 01 87"), (1, CLOSE)]);
}
