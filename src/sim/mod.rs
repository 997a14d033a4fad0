//! A virtual network: brokers and clients as values, the links between them, one clock, one queue of events.
//!
//! [`Sim`] runs a [`Scenario`] event by event and writes what happens into a [`Capture`](crate::capture::Capture).
//! One step is one event: a scripted action, the arrival of one frame, the end of a connection, a timer, or an
//! action of the user; with everything that it causes at once. The step's time is when the acting end acts: a frame
//! that arrives is handled, and answered, [`Scenario::processing_micros`] later.
//! At the same time arrivals go first, then actions, then timers; within these, what was set up first.
//!
//! Same scenario and same inputs, same capture, byte for byte. Stepping back is exact: the state is taken from a
//! checkpoint and replayed, the capture stays as it is and is looked at from an earlier step.
//!
//! Links are ordered and lossless, as TCP is. An end that closes lets arrive what it sent before; a cut loses what
//! is under way, and both ends hear of it at once, the broker as a reset. A link that falls silent loses everything
//! from then on, and neither end hears of it: only their timers notice. A client can stop reading:
//! what arrives piles up in its link, and the broker holds back over [`LINK_TAKES`] bytes.
//! Opening takes no time of its own: the
//! broker hears of a connection with its first bytes.
//!
//! A client is linked to one broker, and may use another one once it is not connected; brokers know nothing of each
//! other. An action may wait for something to happen ([`ConditionalAction`]): it is set up when that does.
//!
//! What a world has become is its [`Record`]: the scenario and what the user did, from which it comes about again, as
//! text too.
//!
//! [`Explorer`] asks what all can become of a few messages: it takes the same cores every way that the network and
//! a few cuts allow.
//!
//! Bounds: [`MAX_STEPS`] steps, [`MAX_CLIENTS`] clients, [`MAX_BROKERS`] brokers, [`MAX_CONDITIONS`] conditions, [`MAX_FAULTS`] faults that wait on a link, some 48 MB of
//! checkpoints, and the capture's budget.

mod auth;
mod brokers;
mod deliver;
mod explore;
mod explore_cores;
mod explore_report;
mod explore_state;
mod explore_tally;
mod fault;
mod fork;
mod history;
mod link;
mod network;
mod notes;
mod queue;
mod reading;
mod record;
mod recorded;
mod run;
mod saved;
mod scenario;
mod scenarios;
mod secret;
mod tape;
mod travel;
mod trouble;
mod ways;
mod when;
mod world;

pub use explore::{Exploration, ExploreError, Explorer, MAX_CUTS, MAX_MESSAGES, Progress};
pub use explore_report::{Broken, Counterexample, Outcome, Range, Report, Taken};
pub use explore_state::{Hop, Move, Party};
pub use fault::{Fault, FaultKind, MAX_FAULTS};
pub use fork::{Fork, Forks, MAX_FORKS};
pub use network::LinkSettings;
pub use reading::{LINK_TAKES, UNREAD_LIMIT};
pub use record::{LOAD_STEPS, MAX_ACTIONS, Record, ReplayError, UserAction};
pub use run::{CAPTURE_BUDGET, MAX_STEPS, Sim, Upcoming, UpcomingKind};
pub use saved::{FORM, LineError, LineFault, MAX_TEXT, SavedError, name_in_line};
pub use scenario::{
    ActError, Action, AddClientError, BROKERS, BrokerSpec, ClientSpec, MAX_BROKERS, MAX_CLIENTS, MAX_SERIES,
    Scenario, TimedAction,
};
pub use scenarios::{scenario_groups, scenarios};
pub use travel::{Goal, Ran, Run};
pub use ways::{Passed, Point, Way, Ways, WaysError, WaysOptions};
pub use when::{ConditionalAction, Happening, MAX_CONDITIONS, MAX_FIRED};
