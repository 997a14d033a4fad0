//! The virtual network as a module of its own, for measuring in a browser's tab. `bench.mjs` builds and calls it.

use std::cell::RefCell;

use mqtt_playground::sim::Sim;

thread_local! {
    static WORLD: RefCell<Option<Sim>> = const { RefCell::new(None) };
}

/// Makes a world in which so many messages will be published.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(messages: u32) {
    WORLD.set(Some(load::world(messages.into())));
}

/// Runs it to its end; how many packets were sent.
#[unsafe(no_mangle)]
pub extern "C" fn run(messages: u32) -> u32 {
    WORLD.with_borrow_mut(|world| world.as_mut().map_or(0, |sim| load::run(sim, messages.into())))
}

/// Goes to a part of the history, in thousandths.
#[unsafe(no_mangle)]
pub extern "C" fn seek(thousandths: u32) {
    WORLD.with_borrow_mut(|world| {
        if let Some(sim) = world {
            let step = u64::from(sim.recorded()) * u64::from(thousandths) / 1_000;
            sim.seek(step as u32);
        }
    });
}

/// Takes a step back.
#[unsafe(no_mangle)]
pub extern "C" fn back() {
    WORLD.with_borrow_mut(|world| world.as_mut().map(Sim::step_back));
}
