//! Colours of a drawing, as in style/tokens.css: a document that leaves the page cannot refer to them.

use crate::codec::PacketType;
use crate::dissect::ByteGroup;

/// Light and dark.
pub type Pair = [&'static str; 2];

pub const PANEL: Pair = ["#ffffff", "#15171b"];
pub const RAISED: Pair = ["#ffffff", "#1e2125"];
pub const SUNKEN: Pair = ["#eceff2", "#090b0e"];
pub const BORDER: Pair = ["#bfc3c8", "#41454c"];
pub const CONTROL: Pair = ["#82868e", "#6a6f77"];
pub const TEXT: Pair = ["#1a1e25", "#e9ebee"];
pub const TEXT_2: Pair = ["#484d55", "#b7bbc0"];
pub const TEXT_3: Pair = ["#5e646b", "#979ca2"];
pub const BAD: Pair = ["#ba1e20", "#fb817a"];
pub const BAD_FILL: Pair = ["#fee9e7", "#461c1c"];
pub const WARN: Pair = ["#8d5406", "#eeb563"];

/// A part's fill, its text, its mark, and the dashes of the mark.
pub fn group(group: ByteGroup) -> ([Pair; 3], &'static str) {
    use ByteGroup as G;
    match group {
        G::FixedHeader => ([["#abc5fe", "#374b79"], ["#102766", "#e4edff"], ["#2e51aa", "#84a9fb"]], ""),
        G::RemainingLength => {
            ([["#ffe8fc", "#351f33"], ["#5c1658", "#f7d2f2"], ["#a5449f", "#cf7bc8"]], "1 1")
        }
        G::VariableHeader => ([["#ade8f4", "#04424c"], ["#02414b", "#c4e7ef"], ["#056979", "#54b4c7"]], ""),
        G::Properties => ([["#feeece", "#3c2b00"], ["#4a3601", "#eddebe"], ["#8c6802", "#cba553"]], "2 2"),
        G::Payload => ([["#a4e4ac", "#165124"], ["#003911", "#d7f7db"], ["#006b28", "#72c07f"]], "5 3"),
        G::Error => ([["#ffbab3", "#782a28"], ["#5d0009", "#ffe6e4"], ["#b2001b", "#ff8a82"]], "3 1"),
        G::Unknown => ([["#e8eaec", "#24272a"], ["#44484e", "#c2c4c8"], ["#6c727b", "#9399a1"]], "1 3"),
    }
}

/// A packet type's colour.
pub const fn packet(of: Option<PacketType>) -> Pair {
    use PacketType as P;
    match of {
        Some(P::Connect | P::ConnAck | P::Disconnect) => ["#3f647a", "#95b3c5"],
        Some(P::Publish) => ["#0f5ec4", "#77aefe"],
        Some(P::PubAck) => ["#006f61", "#77beb0"],
        Some(P::PubRec | P::PubRel | P::PubComp) => ["#7347af", "#ba9cef"],
        Some(P::Subscribe | P::SubAck | P::Unsubscribe | P::UnsubAck) => ["#944e12", "#d9a079"],
        Some(P::PingReq | P::PingResp) | None => ["#5f646a", "#aaaeb4"],
        Some(P::Auth) => ["#a13170", "#e78db9"],
    }
}
