//! What a test run can switch off, to see whether its tests notice: `make mutants-spec`. Without the feature `switches`
//! nothing is ever off, and nothing of this is compiled in.

/// Something that the client does because a statement asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    AckDespiteQuota,
    AliasesTaken,
    ClientKeepAlive,
    DisconnectCloses,
    DisconnectEnds,
    LostSessionDiscarded,
    PubAckOrder,
    PubAckSent,
    PubRecOrder,
    PubRelOrder,
    ResendOrder,
    ResentId,
    ServerKeepAlive,
    UnknownSessionRefused,
    UnusedId,
}

/// Whether the environment variable `MQTT_SWITCH_OFF` names it.
#[cfg(feature = "switches")]
pub(super) fn is_off(check: Check) -> bool {
    std::env::var("MQTT_SWITCH_OFF").is_ok_and(|off| format!("{check:?}") == off)
}

/// Nothing is off.
#[cfg(not(feature = "switches"))]
#[inline(always)]
pub(super) const fn is_off(_: Check) -> bool {
    false
}
