//! What a broker keeps for clients that are connected, have one subscription and say nothing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use mqtt_playground::broker::Broker;
use mqtt_playground::time::Instant;

use crate::load;

/// Bytes a client.
const TARGET: f64 = 1500.0;

/// The system's allocator, counting the bytes that are in use.
pub struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator as it came; counting touches nothing else.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        IN_USE.fetch_add(size, Relaxed);
        IN_USE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

pub fn report() {
    for clients in [10_000, 100_000] {
        let before = IN_USE.load(Relaxed);
        let started = std::time::Instant::now();
        let broker = broker_of(clients);
        let (spent, bytes) = (started.elapsed(), (IN_USE.load(Relaxed) - before) as f64 / f64::from(clients));
        assert_eq!(broker.counts(), (clients as usize, clients as usize, clients as usize));
        let verdict = if bytes > TARGET { ", missed" } else { "" };
        println!(
            "{clients} idle clients with one subscription each: {bytes:.0} bytes a client (target {TARGET:.0}{verdict}), there in {:.2} s",
            spent.as_secs_f64()
        );
    }
}

fn broker_of(clients: u32) -> Broker {
    let mut broker = Broker::default();
    for client in 0..clients {
        // Clients do not come in the order of their names.
        let name = client.wrapping_mul(0x9e37_79b1);
        let filter = format!("site/device-{name:08x}/#");
        let mut subscribe = vec![0x82, 5 + filter.len() as u8, 0, 1, 0, filter.len() as u8];
        subscribe.extend_from_slice(filter.as_bytes());
        subscribe.push(1);
        broker.handle_open(Instant::ZERO, client);
        for chunk in [load::connect(&format!("client-{name:08x}")), subscribe] {
            broker.handle_data(Instant::ZERO, client, &chunk, &mut ());
        }
        while broker.poll_output().is_some() {}
    }
    broker
}
