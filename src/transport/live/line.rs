//! One connection after the other from one client to one broker.

use std::collections::VecDeque;

use super::losses::Losses;
use super::record::Carrier;
use crate::capture::{EndId, FrameId, LinkId};
use crate::client::{Client, ClientConfig, ClientEvent, ClientOutput};
use crate::codec::{Framer, SubscriptionOptions};

/// A client with its place in the record.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub client: Client,
    /// Client and broker in the capture, once they have been connected.
    pub ends: Option<(EndId, EndId)>,
    /// What those are called.
    pub names: (String, String),
    pub link: LinkId,
    pub carrier: Carrier,
    /// The transport is open.
    pub is_open: bool,
    /// What has come, cut into packets for the capture.
    pub incoming: Framer,
    /// How many of the transport's frames hold what `incoming` holds.
    pub pieces: u32,
    /// The newest packet of this line.
    pub last: Option<FrameId>,
    /// The connection stands in for one that was lost.
    pub again: bool,
    /// What it is subscribed to: the client itself forgets with its session.
    pub held: Vec<(String, SubscriptionOptions)>,
    pub losses: Losses,
    /// With the packets that led to them.
    pub events: VecDeque<(ClientEvent, Option<FrameId>)>,
    pub outputs: VecDeque<ClientOutput>,
}

impl Line {
    pub fn new() -> Self {
        Self {
            client: Client::new(ClientConfig::default()),
            ends: None,
            names: Default::default(),
            link: 0,
            carrier: Carrier::default(),
            is_open: false,
            incoming: Framer::new(usize::MAX),
            pieces: 0,
            last: None,
            again: false,
            held: Vec::new(),
            losses: Losses::default(),
            events: VecDeque::new(),
            outputs: VecDeque::new(),
        }
    }

    /// Keeps what it is subscribed to now.
    pub fn remember(&mut self) {
        let all = self.client.subscriptions();
        self.held = all.map(|(filter, it)| (filter.to_owned(), it.options)).collect();
    }

    /// How its client is called in the diagram.
    pub fn client_name(&self) -> &str {
        if self.names.0.is_empty() { "this tab" } else { &self.names.0 }
    }
}
