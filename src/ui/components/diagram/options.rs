//! What can be chosen of the layout: in the toolbar, and among the view options.

use leptos::prelude::*;

use super::arrange::{Arrangement, Density};
use crate::ui::components::icon::icon;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Memo, el, nothing};
use crate::view::diagram::{FEW, LaneChoice, NoteChoice};

impl Arrangement {
    /// The ways to draw a packet that stand in the toolbar; low rows are among the options.
    pub fn detail_switch(self) -> El {
        let choice = |name: &str, density: Density| {
            el("button", "")
                .attr("type", "button")
                .bind_state("aria-pressed", move || self.density.get() == density)
                .click(move || self.density.set(density))
                .text(name)
        };
        el("span", "segmented sequence__detail")
            .attrs(&[("role", "group"), ("aria-label", "Detail")])
            .all([choice("Names", Density::Names), choice("Bytes", Density::Bytes)])
    }

    /// The button for what else can be chosen.
    pub fn button(self) -> El {
        el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("aria-label", "View options"), ("title", "View options")])
            .bind_state("aria-expanded", move || self.options.get())
            .click(move || self.options.update(|open| *open = !*open))
            .child(icon("i-fold", "icon icon--sm"))
    }

    /// What else can be chosen, while it is asked for.
    pub fn bar(self) -> El {
        nothing().dynamic(move || if self.options.get() { untrack(|| self.draw()) } else { nothing() })
    }

    /// Whether lanes take more room than there is on most screens.
    fn many(self) -> Memo<bool> {
        Memo::new(move |_| self.source.with(|scene| scene.capture.ends().len() > FEW).unwrap_or(false))
    }

    /// Lanes and acknowledgements, in the toolbar where there are many actors; among the options while those show.
    pub fn lane_tools(self) -> El {
        let many = self.many();
        nothing().dynamic(move || match many.get() && !self.options.get() {
            true => {
                untrack(|| el("span", "sequence__lanes").child(self.lane_choice()).child(self.fold_switch()))
            }
            false => nothing(),
        })
    }

    fn fold_switch(self) -> El {
        let folded = Memo::new(move |_| self.source.with(|scene| scene.plan.folded(scene.capture)).flatten());
        el("button", "button button--sm")
            .attr("type", "button")
            .bind_state("aria-pressed", move || folded.get().is_some())
            .click(move || self.fold.set(Some(folded.get_untracked().is_none())))
            .bind_text(move || match folded.get() {
                Some(count) => ["Acks folded, ", &count.to_string()].concat(),
                None => "Fold acks".to_owned(),
            })
    }

    fn lane_choice(self) -> El {
        let chosen = Signal::derive(move || self.wishes.with(|wishes| wishes.choice));
        let choose = Callback::new(move |choice| {
            self.wishes.update(|wishes| {
                wishes.choice = choice;
                wishes.slim.clear();
            });
        });
        let options = vec![
            (LaneChoice::Auto, name("Auto")),
            (LaneChoice::AllWide, name("All wide")),
            (LaneChoice::Talking, name("Only talking to selected")),
        ];
        group("Lanes", segmented("Lanes", options, chosen, choose))
    }

    fn draw(self) -> El {
        let many = self.many();
        let notes = vec![
            (NoteChoice::All, name("All")),
            (NoteChoice::Trouble, name("Trouble")),
            (NoteChoice::None, name("None")),
        ];
        let choose = Callback::new(move |choice| self.notes.set(choice));
        let is_low = move || self.density.get() == Density::Compact;
        let low = el("button", "button button--sm")
            .attr("type", "button")
            .bind_state("aria-pressed", is_low)
            .click(move || {
                self.density.update(|it| {
                    *it = if *it == Density::Compact { Density::Names } else { Density::Compact };
                });
            })
            .text("Low rows");
        el("div", "view-options")
            .attrs(&[("role", "group"), ("aria-label", "View options")])
            .child(low)
            .child(group("Notes", segmented("Notes", notes, self.notes.into(), choose)))
            .child(self.fold_switch())
            .dynamic(move || if many.get() { self.lane_choice() } else { nothing() })
            .child(
                el("span", "view-options__hint")
                    .text("Lanes move by drag, or with ← and →; Enter makes one slim."),
            )
    }
}

fn name(name: &str) -> Signal<String> {
    Signal::stored(name.to_owned())
}

fn group(words: &str, control: El) -> El {
    let words = el("span", "").attr("aria-hidden", "true").text(words);
    el("span", "view-options__group").child(words).child(control)
}
