//! Terminals over a mirror of the page's world: both stay equal, whatever either side does.

use mqtt_playground::capture::Step;
use mqtt_playground::client::PublishRequest;
use mqtt_playground::console::{Entered, Mirror, entered};
use mqtt_playground::sim::{Action, ClientSpec, Record, Scenario, Sim, scenarios};
use mqtt_playground::time::Instant;

/// The page's side: what its stage does, without a page.
struct Page {
    sim: Sim,
    mirror: Mirror,
    /// How often the programs changed the record by themselves.
    taken: usize,
}

const AHEAD: u32 = 20_000;

impl Page {
    fn new(scenario: Scenario) -> Self {
        let mut page = Self { sim: Sim::new(scenario), mirror: Mirror::new(2), taken: 0 };
        page.look_ahead(0);
        page.tell();
        page
    }

    fn look_ahead(&mut self, step: Step) {
        self.sim.settle(AHEAD);
        self.sim.seek(step);
    }

    /// The record as text, as it goes between the modules.
    fn tell(&mut self) {
        let step = self.sim.cursor();
        let (record, _) = Record::from_text(&self.sim.record().to_text(step)).unwrap();
        if let Some(made) = self.mirror.follow(Some(record), step) {
            self.taken += 1;
            self.sim.become_record(&made).unwrap();
            self.look_ahead(step);
            assert_eq!(self.mirror.follow(Some(self.sim.record()), step), None, "the exchange ends");
        }
        self.compare();
        self.reload();
    }

    /// A page that is loaded anew has the same terminals.
    fn reload(&self) {
        let (record, step) = (self.sim.record(), self.sim.cursor());
        let journal = self.mirror.journal().unwrap();
        let again = Mirror::restored(journal, &record);
        let mut again = again.unwrap_or_else(|| panic!("{journal}"));
        assert_eq!(again.follow(Some(record), step), None);
        assert_eq!(again.journal(), self.mirror.journal());
        for terminal in 0..self.mirror.console().terminal_count() {
            let shown = |mirror: &Mirror| {
                (mirror.console().screen(terminal, step), mirror.console().running(terminal, step))
            };
            assert_eq!(shown(&again), shown(&self.mirror), "terminal {terminal} at {step}");
        }
    }

    fn enter(&mut self, terminal: usize, line: &str) {
        let (step, at) = (self.sim.cursor(), self.sim.now());
        let entered = self.mirror.enter(terminal, line, step, at);
        self.take(entered);
    }

    fn take(&mut self, Entered { record, rest }: Entered) {
        let (record, _) = Record::from_text(&record.to_text(rest.step)).unwrap();
        self.sim.become_record(&record).unwrap();
        self.look_ahead(rest.step);
        self.tell();
    }

    fn act(&mut self, client: usize, action: Action) {
        self.sim.act(client, action).unwrap();
        let here = self.sim.cursor();
        self.look_ahead(here);
        self.tell();
    }

    fn seek(&mut self, step: Step) {
        self.sim.seek(step);
        assert_eq!(self.mirror.follow(None, self.sim.cursor()), None);
    }

    fn end(&mut self) {
        self.seek(self.sim.recorded());
    }

    /// Both worlds hold the same, frame by frame.
    fn compare(&self) {
        let frames = |sim: &Sim, until: Step| {
            let all = sim.capture().frames().filter(|frame| frame.sent_step <= until);
            all.map(|it| (it.id, it.sent, it.sent_step, it.bytes.clone())).collect::<Vec<_>>()
        };
        let until = self.sim.recorded().min(self.mirror.sim().recorded());
        assert_eq!(frames(&self.sim, until), frames(self.mirror.sim(), until));
        assert_eq!(self.sim.record(), self.mirror.sim().record());
    }

    fn text(&self, terminal: usize) -> String {
        let lines = self.mirror.console().screen(terminal, self.sim.cursor());
        lines.iter().map(|line| [&line.text, "\n"].concat()).collect()
    }

    fn runs(&self, terminal: usize) -> Option<&'static str> {
        self.mirror.console().running(terminal, self.sim.cursor()).map(|it| it.program)
    }
}

const SUB: usize = 0;
const PUB: usize = 1;

fn publish(topic: &str, payload: &str) -> Action {
    let payload = payload.as_bytes().to_vec().into();
    Action::Publish(PublishRequest { topic: topic.to_owned(), payload, ..PublishRequest::default() })
}

#[test]
fn a_line_that_takes_no_time_leaves_the_world_alone() {
    let mut page = Page::new(scenarios().remove(0));
    let record = page.sim.record();
    page.enter(SUB, "echo hello");
    assert_eq!(page.text(SUB), "echo hello\nhello\n");
    assert_eq!((page.sim.record(), page.sim.cursor()), (record, 0));
    // Where somebody waits, time that goes on ahead is none of it.
    page.enter(PUB, "mosquitto_sub -t a &");
    page.enter(SUB, "echo again");
    assert_eq!(page.text(SUB), "echo hello\nhello\necho again\nagain\n");
    page.enter(SUB, "clear; nonsense");
    assert_eq!(page.text(SUB), "sh: nonsense: command not found\n");
}

#[test]
fn a_line_comes_to_rest_where_its_program_waits_and_the_script_lies_ahead() {
    let mut page = Page::new(scenarios().remove(0));
    let scripted = page.sim.capture().frames().count();
    assert!(scripted > 4);
    page.enter(SUB, "mosquitto_sub -i Sub1 -t 'sensors/#' -v");
    assert_eq!(page.runs(SUB), Some("mosquitto_sub"));
    assert!(page.sim.now() < Instant::from_micros(200_000), "{}", page.sim.now());
    assert!(page.sim.recorded() > page.sim.cursor(), "the script is still to come");
    assert_eq!(page.text(SUB).lines().count(), 1);
    page.end();
    assert!(page.text(SUB).lines().nth(1).unwrap().starts_with("sensors/"), "{}", page.text(SUB));
}

#[test]
fn what_the_page_does_reaches_the_programs_and_what_they_do_lies_ahead_of_its_cursor() {
    let mut page = Page::new(scenarios().remove(0));
    page.end();
    page.enter(SUB, "mosquitto_sub -i Sub1 -t news -C 1");
    let waiting = page.sim.cursor();
    page.act(0, publish("news", "one"));
    assert_eq!(page.taken, 1, "it has what it waited for, and disconnects");
    let published = page.sim.cursor();
    assert_eq!(page.runs(SUB), Some("mosquitto_sub"));
    page.end();
    assert_eq!((page.runs(SUB), page.text(SUB).lines().last()), (None, Some("one")));
    // Back, and something else instead.
    page.seek(published - 1);
    assert_eq!(page.runs(SUB), Some("mosquitto_sub"));
    page.act(0, publish("news", "two"));
    page.end();
    assert_eq!((page.runs(SUB), page.text(SUB).lines().last()), (None, Some("two")));
    page.seek(waiting);
    assert_eq!((page.runs(SUB), page.text(SUB).lines().count()), (Some("mosquitto_sub"), 1));
}

#[test]
fn undo_and_other_timelines_bring_back_what_the_terminals_showed() {
    let mut page = Page::new(scenarios().remove(0));
    let before = page.sim.record();
    page.enter(SUB, "mosquitto_sub -i Sub1 -t news -C 1");
    page.enter(PUB, "mosquitto_pub -t news -m one");
    let (one, step) = (page.sim.record(), page.sim.cursor());
    assert_eq!(page.text(SUB).lines().last(), Some("one"));

    page.sim.become_record(&before).unwrap();
    page.look_ahead(0);
    page.tell();
    assert_eq!((page.text(SUB), page.text(PUB)), (String::new(), String::new()));
    page.enter(PUB, "mosquitto_pub -t news -m other");

    page.sim.become_record(&one).unwrap();
    page.look_ahead(step);
    page.tell();
    assert_eq!(page.text(SUB).lines().last(), Some("one"));
    assert_eq!(page.runs(SUB), None);

    // A client that joins changes nothing that has happened; another world ends all programs.
    page.enter(SUB, "mosquitto_sub -t more");
    page.sim.add_client(ClientSpec { name: "new".to_owned(), ..ClientSpec::default() }).unwrap();
    page.tell();
    assert_eq!(page.runs(SUB), Some("mosquitto_sub"));
    page.sim = Sim::new(scenarios().remove(3));
    page.look_ahead(0);
    page.tell();
    assert_eq!((page.runs(SUB), page.text(SUB)), (None, String::new()));
    page.enter(SUB, "echo hello");
    assert_eq!(page.text(SUB), "echo hello\nhello\n");

    // Back in the first world, its terminals are there, after a reload too.
    page.sim.become_record(&one).unwrap();
    page.look_ahead(step);
    page.tell();
    let texts = (page.text(SUB), page.text(PUB));
    assert!(texts.0.ends_with("one\n") && !texts.1.is_empty(), "{texts:?}");
    let journal = page.mirror.journal().unwrap().to_owned();
    page.mirror = Mirror::restored(&journal, &page.sim.record()).unwrap();
    assert_eq!((page.text(SUB), page.text(PUB)), texts);
}

#[test]
fn a_reload_brings_back_programs_files_and_lines_and_they_go_on() {
    let mut page = Page::new(scenarios().remove(0));
    page.enter(SUB, "mosquitto_sub -i Sub1 -t news -v");
    page.enter(PUB, "for i in 1 2; do mosquitto_pub -t news -m \"$i\\\\n\"; done");
    page.act(0, Action::Connect);
    assert_eq!(page.mirror.open(), Some(2));
    page.enter(2, "nano /etc/mosquitto/mosquitto.conf");
    let (step, at) = (page.sim.cursor(), page.sim.now());
    let saved = page.mirror.save(2, Some("allow_anonymous true\n# \\n\n"), step, at);
    page.take(saved);
    page.end();
    let journal = page.mirror.journal().unwrap().to_owned();
    let lines: Vec<(usize, String)> = entered(&journal).collect();
    assert_eq!((lines[0].0, &*lines[0].1), (SUB, "mosquitto_sub -i Sub1 -t news -v"));
    assert_eq!(lines[1].1, "for i in 1 2; do mosquitto_pub -t news -m \"$i\\\\n\"; done");

    page.mirror = Mirror::restored(&journal, &page.sim.record()).unwrap();
    assert_eq!(page.runs(SUB), Some("mosquitto_sub"));
    page.enter(2, "cat /etc/mosquitto/mosquitto.conf");
    assert!(page.text(2).ends_with("allow_anonymous true\n# \\n\n"), "{}", page.text(2));
    page.enter(PUB, "mosquitto_pub -t news -m more");
    assert!(page.text(SUB).ends_with("news more\n"), "{}", page.text(SUB));
    page.enter(PUB, "sudo service mosquitto stop; service mosquitto status");
    assert!(page.sim.is_stopped(0) && page.text(PUB).ends_with("mosquitto is not running.\n"));
    let journal = page.mirror.journal().unwrap().to_owned();

    // Another world's terminals are none of this one's, and what is no journal is none.
    let other = Sim::new(scenarios().remove(1)).record();
    assert!(Mirror::restored(&journal, &other).is_none());
    for text in ["", "enter 0 0 0 x", "terminals 99", "terminals 2\nnonsense", "terminals 2\nenter 0"] {
        assert!(Mirror::restored(text, &other).is_none(), "{text}");
    }
    // A bound.
    for _ in 0..30 {
        page.mirror.enter(PUB, &[": ", &"x".repeat(16_000)].concat(), page.sim.cursor(), page.sim.now());
    }
    assert_eq!(page.mirror.journal(), None);
}

#[test]
fn time_that_goes_on_is_followed_step_by_step() {
    let mut page = Page::new(Scenario::default());
    page.enter(SUB, "mosquitto_sub -i Sub1 -t news -d -k 5");
    for _ in 0..40 {
        page.sim.step();
        let step = page.sim.cursor();
        assert_eq!(page.mirror.follow(Some(page.sim.record()), step), None);
        page.compare();
    }
    assert!(page.sim.now() > Instant::from_micros(20_000_000));
    assert!(page.text(SUB).contains("received PINGRESP"), "{}", page.text(SUB));
    page.enter(PUB, "mosquitto_pub -t news -m late");
    assert_eq!(page.text(SUB).lines().last(), Some("late"));
}
