//! The world on stage becomes another one: what of it is seen already stays as a timeline of its own.

use leptos::prelude::*;

use super::Asks;
use crate::sim::{Record, ReplayError, Sim};
use crate::time::Instant;
use crate::ui::components::forms::host::World;
use crate::view::timelines::{Comparison, step_at};

/// Steps that both worlds are run ahead, to find where they differ.
const AHEAD: u32 = 20_000;

/// Asks for the world of a record in place of the one on stage. It is another one from `since` on at the latest, or from
/// where packets differ. `what` is what has changed, in a few words.
///
/// # Errors
/// When that world does not come about.
pub fn change(
    world: World,
    asks: Asks,
    what: &str,
    record: &Record,
    since: Option<Instant>,
) -> Result<(), ReplayError> {
    let next = ahead(record)?;
    let mut was = untrack(|| world.with(Sim::clone));
    was.settle(AHEAD);
    let compared = Comparison::new((was.capture(), was.recorded()), (next.capture(), next.recorded()));
    let differs = compared.first.map(|at| compared.rows[at].at);
    put(world, asks, what, (record, &next), [since, differs].into_iter().flatten().min());
    Ok(())
}

/// The same for a world of other lifelines, which is another one from `since` on.
///
/// # Errors
/// When that world does not come about.
pub fn change_ends(
    world: World,
    asks: Asks,
    what: &str,
    record: &Record,
    since: Option<Instant>,
) -> Result<(), ReplayError> {
    let next = ahead(record)?;
    put(world, asks, what, (record, &next), since);
    Ok(())
}

fn ahead(record: &Record) -> Result<Sim, ReplayError> {
    let mut next = Sim::of_record(record)?;
    next.settle(AHEAD);
    Ok(next)
}

/// Time goes back to before what has changed.
fn put(world: World, asks: Asks, what: &str, (record, next): (&Record, &Sim), since: Option<Instant>) {
    let now = untrack(|| world.now());
    let step = match since {
        Some(Instant::ZERO) => 0,
        Some(since) if since <= now => step_at(next, Instant::from_micros(since.as_micros() - 1)),
        // As far as that both are the same.
        _ => untrack(|| world.with(Sim::cursor)),
    };
    let from = since.map_or(u64::MAX, Instant::as_micros).to_string();
    asks.stage.run(["!", &from, " ", what, "\n", &record.to_text(step)].concat());
}
