//! How long things take: the newest of each above the diagram, and a table with percentiles; measured again and again
//! on request.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::state::{ConnectState, Phase};
use crate::client::PublishRequest;
use crate::codec::{QoS, SubscriptionOptions};
use crate::time::Duration;
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Memo, el, nothing};
use crate::view::inspector::millis;
use crate::view::live::{Sample, Span, Timings, histogram, percentile};

/// What stands above the diagram.
const STRIP: [Span; 4] = [Span::Open, Span::ConnAck, Span::PubAck, Span::SubAck];
/// Rounds of a measurement.
const ROUNDS: u32 = 20;
/// The time between two looks whether a round is over, in milliseconds, and how many there are at most.
const LOOK: u32 = 5;
const LOOKS: u32 = 400;
/// Bars of the histogram.
const BARS: usize = 20;
/// Pixels of a range.
const WIDTH: f64 = 150.0;

impl ConnectState {
    fn with_timings<R>(self, read: impl FnOnce(&Timings) -> R) -> Option<R> {
        self.with_record(|it| it.timings.get(self.line).map(read)).flatten()
    }
}

/// The newest measurements in a line.
pub(super) fn strip(state: ConnectState) -> El {
    let all = STRIP.map(move |span| {
        let last = Memo::new(move |_| state.with_timings(|it| it.of(span).last()).flatten());
        let value = move || last.get().map_or_else(|| "–".to_owned(), |it| millis(it.time));
        let detail = move || match (span, last.get()) {
            (Span::Open, _) => "DNS, TCP, TLS, upgrade together".to_owned(),
            (_, Some(Sample { bytes: (out, back), .. })) => format!("{out} B out, {back} B in"),
            (_, None) => "not yet".to_owned(),
        };
        el("div", "metric")
            .child(el("span", "metric__label").text(span.name()))
            .child(el("span", "metric__value").bind_text(value))
            .child(el("span", "metric__detail").bind_text(detail))
    });
    el("div", "metric-strip").attrs(&[("role", "group"), ("aria-label", "Newest timings")]).all(all)
}

/// A measurement that goes on.
#[derive(Clone, Copy)]
struct Measuring {
    state: ConnectState,
    /// The round, while it goes on.
    round: RwSignal<Option<u32>>,
    timer: StoredValue<Option<Timeout>, LocalStorage>,
    topic: StoredValue<String>,
}

impl Measuring {
    fn start(self) {
        let random = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
        self.topic.set_value(format!("mqttpg-measure/{random:08x}"));
        self.round.set(Some(0));
        self.next(0);
    }

    fn stop(self) {
        self.timer.try_set_value(None);
        self.round.try_set(None);
    }

    /// The step `number` of the measurement: subscribe, one message at each QoS, unsubscribe, and again.
    fn next(self, number: u32) {
        let (round, step) = (number / 5, number % 5);
        let state = self.state;
        let gone = state.phase.try_get_untracked() != Some(Phase::Connected);
        if gone || round >= ROUNDS || self.round.try_get_untracked().flatten().is_none() {
            return self.stop();
        }
        self.round.try_set(Some(round));
        let span = match step {
            0 => Span::SubAck,
            4 => Span::UnsubAck,
            qos => Span::Back(QoS::ALL[qos as usize - 1]),
        };
        let before = self.counted(span);
        let topic = self.topic.get_value();
        let error = state.messages.filter_error;
        match step {
            0 => state.ask(error, |live, line, now| {
                let options = SubscriptionOptions { qos: QoS::ExactlyOnce, ..Default::default() };
                live.subscribe(line, now, &topic, options).map(drop)
            }),
            4 => state.ask(error, |live, line, now| live.unsubscribe(line, now, &topic).map(drop)),
            qos => state.ask(error, |live, line, now| {
                let payload = format!("{number:016}").into();
                let qos = QoS::ALL[qos as usize - 1];
                live.publish(line, now, PublishRequest { topic, payload, qos, ..Default::default() })
                    .map(drop)
            }),
        }
        self.look(number, span, before, 0);
    }

    fn counted(self, span: Span) -> u64 {
        self.state.page.measure();
        untrack(|| self.state.with_timings(|it| it.of(span).count())).unwrap_or(0)
    }

    /// Goes on once the answer has come, or has not come for long.
    fn look(self, number: u32, span: Span, before: u64, looks: u32) {
        let again = Timeout::new(LOOK, move || {
            if self.counted(span) > before || looks >= LOOKS {
                self.next(number + 1);
            } else {
                self.look(number, span, before, looks + 1);
            }
        });
        self.timer.try_set_value(Some(again));
    }
}

/// The pane with the table.
pub(super) fn timings(state: ConnectState) -> El {
    let measuring = Measuring {
        state,
        round: RwSignal::new(None),
        timer: StoredValue::new_local(None),
        topic: StoredValue::default(),
    };
    on_cleanup(move || measuring.stop());
    let running = move || measuring.round.get();
    let toggle = el("button", "button button--sm")
        .attr("type", "button")
        .bind_flag("disabled", move || running().is_none() && state.phase.get() != Phase::Connected)
        .bind_maybe("title", move || (state.phase.get() != Phase::Connected).then_some("Needs a connection"))
        .click(move || match measuring.round.get_untracked() {
            Some(_) => measuring.stop(),
            None => measuring.start(),
        })
        .child(icon("i-restart", "icon icon--xs"))
        .child(el("span", "").bind_text(move || match running() {
            Some(round) => format!("Stop, round {} of {ROUNDS}", round + 1),
            None => format!("Measure, {ROUNDS} rounds"),
        }));
    let head = el("div", "probe__head")
        .child(el("h2", "").text("How long it takes"))
        .child(el("span", "grow"))
        .child(toggle);
    let chosen = RwSignal::new(Span::PubAck);
    let about = move || {
        let count = state.with_timings(Timings::count).unwrap_or(0);
        format!(
            "{count} measurements, the newest thousand of each kind. The mark at the right of a range is the slowest."
        )
    };
    let words = " A browser tells when a WebSocket is open, and nothing of the way there: name resolution, TCP, TLS and the upgrade cannot be seen apart. Times end when the page gets the bytes, so they hold this tab’s own delays.";
    let note = el("p", "probe__note")
        .child(icon("i-info", "icon icon--sm"))
        .child(el("span", "").child(el("b", "").text("One browser, one moment.")).text(words));
    el("section", "probe__pane")
        .attr("aria-label", "Timings")
        .child(head)
        .child(el("p", "dim connect__count").bind_text(about))
        .dynamic(move || table(state, chosen))
        .dynamic(move || plot(state, chosen.get()))
        .child(note)
}

fn table(state: ConnectState, chosen: RwSignal<Span>) -> El {
    let rows: Vec<(Span, Vec<Duration>, u64)> = state
        .with_timings(|it| Span::ALL.map(|span| (span, it.of(span).sorted(), it.of(span).count())).to_vec())
        .unwrap_or_default();
    let longest = rows.iter().filter_map(|(_, sorted, _)| sorted.last()).max().copied().unwrap_or_default();
    let heads =
        ["", "p50", "p90", "p99", "", "n"].map(|name| el("th", "is-num").attr("scope", "col").text(name));
    let body = rows.into_iter().filter(|(_, sorted, _)| !sorted.is_empty()).map(|(span, sorted, count)| {
        let at = |percent| percentile(&sorted, percent).unwrap_or_default();
        let name = el("button", "timing-table__name")
            .attr("type", "button")
            .state("aria-pressed", chosen.get() == span)
            .click(move || chosen.set(span))
            .text(span.name());
        let number = |time| el("td", "is-num").text(&millis(time));
        el("tr", "")
            .child(el("th", "").attr("scope", "row").child(name))
            .all([50, 90, 99].map(|percent| number(at(percent))))
            .child(el("td", "").child(range(&sorted, longest)))
            .child(el("td", "is-num").text(&count.to_string()))
    });
    el("table", "timing-table")
        .child(el("thead", "").child(el("tr", "").all(heads)))
        .child(el("tbody", "").all(body))
}

/// From the shortest to the longest on a common scale, the middle half thick.
fn range(sorted: &[Duration], longest: Duration) -> El {
    let whole = longest.as_secs_f64().max(1e-6);
    let x = |time: Duration| 2.0 + (WIDTH - 4.0) * time.as_secs_f64() / whole;
    let at = |percent| percentile(sorted, percent).map_or(0.0, x);
    let line =
        |class: &str, from: f64, to: f64| el("path", class).attr("d", &format!("M{from:.1} 11H{to:.1}"));
    let mark = |class: &str, at: f64| el("path", class).attr("d", &format!("M{at:.1} 5V17"));
    el("svg", "range")
        .attrs(&[("viewBox", "0 0 150 22"), ("aria-hidden", "true")])
        .child(line("range__whole", 2.0, WIDTH - 2.0))
        .child(line("range__part", at(0), at(90)))
        .child(line("range__middle", at(25), at(75)))
        .child(mark("range__median", at(50)))
        .child(mark("range__longest", at(100)))
}

/// How many took how long.
fn plot(state: ConnectState, span: Span) -> El {
    let sorted = state.with_timings(|it| it.of(span).sorted()).unwrap_or_default();
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return nothing() };
    let counts = histogram(&sorted, BARS);
    let most = counts.iter().max().copied().unwrap_or(1).max(1);
    let bars = counts
        .iter()
        .map(|count| el("i", "").style("--height", &format!("{:.1}%", 100.0 * *count as f64 / most as f64)));
    let label =
        format!("{}, {} samples from {} to {}", span.name(), sorted.len(), millis(*first), millis(*last));
    el("figure", "timing-plot")
        .child(el("figcaption", "").text(&label))
        .child(el("div", "timing-plot__bars").attr("aria-hidden", "true").all(bars))
}
