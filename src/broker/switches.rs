//! What a test run can switch off, to see whether its tests notice: `make mutants-spec` for the statements, the model's
//! own test for seeded bugs. Without the feature `switches` nothing is ever off, and nothing of this is compiled in.

#[cfg(feature = "switches")]
use core::fmt::Debug;

/// Something that the broker does because a statement asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    AckId,
    AliasAccepted,
    AllIdentifiers,
    AsPublished,
    AssignedId,
    CleanStart,
    ConnAck,
    DisconnectCloses,
    DisconnectFirst,
    DupOfCopy,
    DupOfResent,
    Expiry,
    ExpiryLeft,
    GrantedQos,
    GreatestQos,
    Identifiers,
    KeepAlive,
    LiveFlag,
    LowerQos,
    MaximumPacketSize,
    MaximumQosTold,
    NoLocal,
    OneAtATime,
    PingResp,
    Properties,
    PropertyOrder,
    PubAck,
    PubComp,
    PubRec,
    PubRel,
    QueueOrder,
    QueueWhileAway,
    Recognise,
    RefusalCloses,
    ReleaseForgets,
    Resend,
    ResumeSession,
    RetainAsked,
    RetainCleared,
    RetainedFlag,
    RetainedSent,
    RetainedSurvives,
    RetainEmpty,
    RetainIfNew,
    RetainNever,
    RetainReplaces,
    ReplaceSubscription,
    SessionEnds,
    SessionPresent,
    SessionStored,
    SharedTurn,
    SubAck,
    SubAckOrder,
    TakeOver,
    TakenOverTold,
    UniqueId,
    UnsubAck,
    UnsubAckOrder,
    Unsubscribe,
    UnsubscribeKeeps,
    WillBack,
    WillDelay,
    WillDiscarded,
    WillNotRetained,
    WillOnce,
    WillPublished,
    WillRetained,
    Window,
}

/// Whether the environment variable `MQTT_SWITCH_OFF` names it.
#[cfg(feature = "switches")]
pub(super) fn is_off(check: Check) -> bool {
    names(&check)
}

/// Nothing is off.
#[cfg(not(feature = "switches"))]
#[inline(always)]
pub(super) const fn is_off(_: Check) -> bool {
    false
}

/// The same for the kinds of violations, refusals and faults.
#[cfg(feature = "switches")]
pub(super) fn names(kind: &dyn Debug) -> bool {
    let Ok(off) = std::env::var("MQTT_SWITCH_OFF") else { return false };
    let name = format!("{kind:?}");
    name.split(|c: char| !c.is_alphanumeric()).next() == Some(&off)
}
