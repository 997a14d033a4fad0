//! rumqttd as a library: its links are channels into its router, which runs in a thread of its own.

use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rumqttd::local::{LinkRx, LinkTx};
use rumqttd::{Broker, Config, Notification, RouterConfig};

use crate::load::{Load, PAYLOAD, TOPIC};

pub struct Rumqttd {
    publisher: LinkTx,
    /// How many deliveries have come, in portions.
    delivered: Receiver<usize>,
}

impl Rumqttd {
    pub fn new(load: &Load) -> Self {
        let router = RouterConfig {
            max_connections: 1000,
            max_outgoing_packet_count: 200,
            max_segment_size: 100 << 20,
            max_segment_count: 10,
            ..RouterConfig::default()
        };
        let mut broker = Broker::new(Config { router, ..Config::default() });
        let links: Vec<_> = (1..=load.subscribers).map(|i| link(&mut broker, &format!("s{i}"))).collect();
        let (publisher, mut answers) = link(&mut broker, "publisher");
        thread::spawn(move || while answers.recv().is_ok() {});
        let (tell, delivered) = channel();
        thread::spawn(move || receive(links, &tell));
        let mut rumqttd = Self { publisher, delivered };
        // The subscriptions have arrived once a message comes back from each.
        rumqttd.publish();
        let mut missing = load.subscribers as usize;
        while missing > 0 {
            match rumqttd.delivered.recv_timeout(Duration::from_millis(200)) {
                Ok(portion) => missing = missing.saturating_sub(portion),
                Err(_) => {
                    missing = load.subscribers as usize;
                    rumqttd.publish();
                }
            }
        }
        while rumqttd.delivered.recv_timeout(Duration::from_millis(200)).is_ok() {}
        rumqttd
    }

    fn publish(&mut self) {
        self.publisher.publish(TOPIC, PAYLOAD.to_vec()).expect("a router that takes messages");
    }

    /// Deliveries a second.
    pub fn run(&mut self, load: &Load) -> f64 {
        let subscribers = load.subscribers as usize;
        let (mut sent, mut delivered) = (0, 0);
        let started = Instant::now();
        while delivered < load.deliveries() {
            while sent < load.publishes && sent - delivered / subscribers < load.window {
                self.publish();
                sent += 1;
            }
            delivered += self.delivered.recv_timeout(Duration::from_secs(20)).expect("rumqttd has stalled");
            delivered += self.delivered.try_iter().sum::<usize>();
        }
        assert_eq!(delivered, load.deliveries());
        load.deliveries() as f64 / started.elapsed().as_secs_f64()
    }
}

fn link(broker: &mut Broker, client_id: &str) -> (LinkTx, LinkRx) {
    broker.link(client_id).expect("a link into the router")
}

/// Takes what comes for all subscribers, in one thread.
fn receive(mut links: Vec<(LinkTx, LinkRx)>, tell: &std::sync::mpsc::Sender<usize>) {
    for (sender, _) in &mut links {
        sender.subscribe(TOPIC).expect("a router that takes subscriptions");
    }
    let alone = links.len() == 1;
    let mut idle = 0;
    loop {
        let mut delivered = 0;
        for (_, receiver) in &mut links {
            // One link is waited for; of many each is only looked at while something comes.
            let wait = Duration::from_micros(if idle > 3 { 200 } else { 0 });
            let next = if alone { receiver.recv() } else { receiver.recv_deadline(Instant::now() + wait) };
            match next {
                Ok(Some(Notification::Forward(_))) => delivered += 1,
                Ok(Some(Notification::Unschedule)) => receiver.ready().expect("a router"),
                _ => {}
            }
        }
        idle = if delivered > 0 { 0 } else { idle + 1 };
        if delivered > 0 && tell.send(delivered).is_err() {
            return;
        }
    }
}
