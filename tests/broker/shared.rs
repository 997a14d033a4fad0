//! 5.0: shared subscriptions.

use mqtt_playground::broker::{Access, AccessList, AccessRule, AccessWho, BrokerConfig};

use crate::rig::{CLEAN, CLOSE, Rig, connect5, pk, quiet};

const SHARED: &str = "0001 00 000a'$share/g/x' 01";

/// Members 1 to 3 of `$share/g/x` at QoS 1, and the publisher 9.
fn rig(properties: &str) -> Rig {
    let mut rig = Rig::new(quiet());
    rig.connect(9, "pub", 0x02, false);
    for member in 1..=3 {
        rig.connect5(member, &format!("m{member}"), CLEAN, properties, false);
        rig.send(member, &pk(0x82, SHARED), &[(member, "90 04 0001 00 01")]);
    }
    rig
}

fn publish(rig: &mut Rig, qos: u8, to: Option<(u32, &str)>) {
    let mut expected = vec![];
    let packet = if qos == 0 { "30 04 0001'x' 'y'" } else { "32 06 0001'x' 0001 'y'" };
    if qos > 0 {
        expected.push((9, "40 02 0001"));
    }
    expected.extend(to);
    rig.send(9, packet, &expected);
}

const QOS_0: &str = "30 05 0001'x' 00 'y'";

#[test]
fn each_message_goes_to_one_member_in_turn() {
    // 5.0 MQTT-4.8.2-4
    let mut rig = rig("");
    assert_eq!(rig.broker.counts(), (4, 4, 3));
    for member in [1, 2, 3, 1, 2] {
        publish(&mut rig, 0, Some((member, QOS_0)));
    }
    rig.heard("m1 has its turn among 3 shared subscribers [5.0 section 4.8.2]");
    // Another share name and an ordinary subscription get a copy each.
    rig.send(1, &pk(0x82, "0001 00 000a'$share/h/x' 00 0001'x' 00"), &[(1, "90 05 0001 00 00 00")]);
    rig.send(9, "30 04 0001'x' 'y'", &[(1, QOS_0), (3, QOS_0), (1, QOS_0)]);
    rig.send(3, &pk(0xa2, "0001 00 000a'$share/g/x'"), &[(3, "b0 04 0001 00 00")]);
    for member in [1, 2, 1] {
        rig.send(9, "30 04 0001'x' 'y'", &[(1, QOS_0), (member, QOS_0), (1, QOS_0)]);
    }
    rig.cut(1, &[]).cut(2, &[]);
    publish(&mut rig, 0, None);
    assert_eq!(rig.broker.counts(), (2, 2, 0));
}

#[test]
fn members_that_are_away_are_skipped_unless_all_are() {
    let mut rig = rig("11 00000064");
    rig.cut(2, &[]);
    let delivery = "32 07 0001'x' 0001 00 'y'";
    for (member, packet) in [(1, delivery), (3, delivery), (1, "32 07 0001'x' 0002 00 'y'")] {
        publish(&mut rig, 1, Some((member, packet)));
    }
    rig.cut(1, &[]).cut(3, &[]);
    publish(&mut rig, 1, None);
    let queued = |rig: &Rig, member| rig.broker.session(member).unwrap().queued().len();
    let found = ["m1", "m2", "m3"].map(|member| queued(&rig, member));
    assert_eq!(found.iter().sum::<usize>(), 1);
    // QoS 0 is for those who are there.
    publish(&mut rig, 0, None);
    assert_eq!(["m1", "m2", "m3"].map(|member| queued(&rig, member)), found);
}

#[test]
fn a_full_window_passes_the_turn_on() {
    let mut rig = rig("21 0001");
    let delivery = "32 07 0001'x' 0001 00 'y'";
    for member in [1, 2, 3] {
        publish(&mut rig, 1, Some((member, delivery)));
    }
    rig.send(2, "40 02 0001", &[]);
    publish(&mut rig, 1, Some((2, "32 07 0001'x' 0002 00 'y'")));
    // All are full: the next one's queue.
    publish(&mut rig, 1, None);
    assert_eq!(rig.broker.session("m3").unwrap().queued().len(), 1);
    rig.send(3, "40 02 0001", &[(3, "32 07 0001'x' 0002 00 'y'")]);
}

#[test]
fn a_message_on_its_way_belongs_to_its_member() {
    // 5.0 MQTT-4.8.2-5, MQTT-4.8.2-6
    let mut rig = rig("11 00000064");
    publish(&mut rig, 1, Some((1, "32 07 0001'x' 0001 00 'y'")));
    rig.cut(1, &[]).open([1]);
    let expected = [(1, "20 03 01 00 00"), (1, "3a 07 0001'x' 0001 00 'y'")];
    rig.send(1, &connect5("m1", 0, "11 00000064"), &expected);
    // Refused, it goes to nobody else; nor when the session ends.
    rig.send(1, "40 03 0001 80", &[]);
    publish(&mut rig, 1, Some((2, "32 07 0001'x' 0001 00 'y'")));
    rig.cut(2, &[]).open([2]).send(2, &connect5("m2", CLEAN, ""), &[(2, "20 03 00 00 00")]);
}

#[test]
fn no_retained_message_goes_to_a_shared_subscription() {
    let mut rig = rig("");
    rig.send(9, "31 04 0001'x' 'y'", &[(1, QOS_0)]);
    rig.send(2, &pk(0x82, SHARED), &[(2, "90 04 0001 00 01")]);
}

#[test]
fn identifiers_and_the_qos_are_the_members_own() {
    let mut rig = rig("");
    rig.send(1, &pk(0x82, "0001 02 0b 05 000a'$share/g/x' 00"), &[(1, "90 04 0001 00 00")]);
    publish(&mut rig, 1, Some((1, "30 07 0001'x' 02 0b 05 'y'")));
    publish(&mut rig, 1, Some((2, "32 07 0001'x' 0001 00 'y'")));
}

#[test]
fn before_5_0_the_words_mean_a_topic() {
    let mut rig = Rig::new(quiet());
    rig.connect(1, "a", 0x00, false);
    rig.send(1, "82 0f 0001 000a'$share/g/x' 00", &[(1, "90 03 0001 00")]);
    rig.send(1, "30 04 0001'x' 'y'", &[]).send(
        1,
        "30 0d 000a'$share/g/x' 'y'",
        &[(1, "30 0d 000a'$share/g/x' 'y'")],
    );
    rig.send(1, "e0 00", &[(1, CLOSE)]);
    // A 5.0 connection of the same session makes it a shared one.
    rig.connect5(1, "a", 0, "", true).send(1, &pk(0x82, SHARED), &[(1, "90 04 0001 00 01")]);
    rig.send(1, "30 05 0001'x' 00 'y'", &[(1, QOS_0)]);
    rig.send(1, "30 0e 000a'$share/g/x' 00 'y'", &[]);
    assert_eq!(rig.broker.counts(), (1, 1, 1));
}

#[test]
fn a_member_that_may_not_read_the_topic_is_passed_over() {
    let rule = |who, access, filter: &str| AccessRule { who, access, filter: filter.into() };
    let rules = vec![
        rule(AccessWho::Pattern, Access::Write, "#"),
        rule(AccessWho::Client("m1".into()), Access::Read, "#"),
        rule(AccessWho::Client("m2".into()), Access::Read, "other"),
    ];
    let mut rig = Rig::new(BrokerConfig { access: Some(AccessList { rules }), ..quiet() });
    rig.connect(9, "pub", 0x02, false);
    for member in 1..=2 {
        rig.connect5(member, &format!("m{member}"), CLEAN, "", false);
        rig.send(member, &pk(0x82, "0001 00 000a'$share/g/+' 01"), &[(member, "90 04 0001 00 01")]);
    }
    for id in 1..=3 {
        let received = format!("32 07 0001'x' 000{id} 00 'y'");
        rig.send(9, &format!("32 06 0001'x' 000{id} 'y'"), &[(9, &format!("40 02 000{id}")), (1, &received)]);
    }
}
