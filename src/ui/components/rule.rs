//! A rule of a standard: its chip, and what it demands.

use crate::ui::dom::{El, el, nothing};
use crate::ui::texts::{self, Progress};
use crate::view::bytes::Rule;

/// What a rule demands. It comes to stand here once it is known; an alert around it is not told again for that.
pub fn rule_text(rule: &Rule) -> El {
    if !rule.has_text {
        return nothing();
    }
    let reference = rule.reference.clone();
    el("span", "").attr("aria-live", "off").bind_text(move || texts::demand(&reference))
}

/// Told below rules while their texts are missing.
pub fn rule_failure() -> El {
    nothing().dynamic(|| {
        if texts::progress() != Progress::Failed {
            return nothing();
        }
        let again =
            el("button", "button button--sm").attr("type", "button").click(texts::load).text("Try again");
        el("p", "field__hint").text("The rule’s text could not be loaded. ").child(again)
    })
}

/// A rule's demand with the chip that leads to its section.
pub fn rule_line(rule: &Rule) -> El {
    el("p", "explain__rule").child(rule_text(rule)).text(" ").child(rule_chip(rule))
}

/// The chip of a statement, a link where the section's address is known.
pub fn rule_chip(rule: &Rule) -> El {
    let title = ["MQTT ", &rule.reference].concat();
    match &rule.link {
        Some(link) => el("a", "chip chip--spec")
            .attrs(&[("href", link), ("title", &title), ("target", "_blank"), ("rel", "noopener")])
            .text(&rule.id),
        None => el("span", "chip chip--spec").text(&title),
    }
}
