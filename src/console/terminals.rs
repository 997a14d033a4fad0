//! The terminals, and how virtual time runs for them.

use std::collections::VecDeque;

use super::builtin::{self, Outcome};
use super::daemon::{self, Daemon, Log};
use super::files::Files;
use super::launch;
use super::options::Program;
use super::run::{Run, Text};
use super::shell::{self, Bindings, Command, Job};
use crate::capture::{Frame, Step};
use crate::sim::{BROKERS, Sim, UpcomingKind};
use crate::time::{Duration, Instant};

/// Terminals at most.
pub const MAX_TERMINALS: usize = 16;
/// Bytes of a line at most.
pub const MAX_LINE: usize = 16_384;
/// Programs in the background of a terminal at most.
pub const MAX_JOBS: usize = 64;
/// Pieces of text that a terminal keeps.
pub const MAX_PRINTED: usize = 20_000;
/// Steps that one line may take before it is left to itself.
const MAX_STEPS: u32 = 200_000;
/// Steps that are worked out beyond where a line leaves its terminal.
const AHEAD: u32 = 5_000;
/// Frames of the capture's end that are looked through for those under way.
const LOOKED_AT: usize = 256;
/// Moments that can be gone back to.
const MAX_MOMENTS: usize = 4_096;

/// Which of a program's streams, or whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// What was typed.
    Typed,
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// Text in a terminal; a line may come in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// The step after which it was there.
    pub step: Step,
    /// When.
    pub at: Instant,
    /// Where it came from.
    pub stream: Stream,
    /// The bytes as they were printed.
    pub bytes: Vec<u8>,
}

/// What `clear` prints: what stood before is not to be seen any more.
pub const CLEAR: &[u8] = b"\x1b[H\x1b[2J\x1b[3J";

/// What stands in the foreground.
#[derive(Clone, Debug)]
pub(super) enum Active {
    Program(Box<Run>),
    Sleep(Instant),
    /// The broker, with `-v` or without.
    Broker(bool),
    /// `tail -f` of the broker's log.
    Tail,
    /// `nano` of this file.
    Editor(String),
}

/// What a terminal does at a moment.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    jobs: VecDeque<(Job, Bindings)>,
    pub active: Option<Active>,
    background: Vec<Run>,
    /// The number of the broker on whose machine it is.
    pub home: usize,
    /// The last command's exit code.
    pub code: u8,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Terminal {
    printed: VecDeque<Printed>,
    pub state: State,
}

/// Terminals over one world.
#[derive(Clone, Debug, Default)]
pub struct Console {
    pub(super) terminals: Vec<Terminal>,
    /// What all terminals were doing after a step; in order.
    moments: VecDeque<(Step, Instant, Vec<State>, Vec<Daemon>)>,
    /// By the broker's number, as far as they have been looked at.
    pub(super) daemons: Vec<Daemon>,
    pub(super) logs: Vec<Log>,
    /// Programs started so far: stands for process numbers.
    started: u32,
    /// The time, which may be later than the world's last event.
    pub(super) now: Instant,
    /// The terminal of the last line, and where it came to rest.
    typed: Option<usize>,
    rest: Option<Rest>,
}

/// Where a line leaves the world: its prompt is back, or its program waits for messages, and nothing is under way. What
/// the programs will do after that is worked out already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    /// The step.
    pub step: Step,
    /// The time, which may be later than that of the step.
    pub at: Instant,
}

impl Console {
    /// No terminals yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more terminal: its number, or `None` if there are [`MAX_TERMINALS`].
    pub fn open(&mut self) -> Option<usize> {
        (self.terminals.len() < MAX_TERMINALS).then(|| {
            self.terminals.push(Terminal::default());
            self.terminals.len() - 1
        })
    }

    /// Whether nothing was typed in any terminal.
    pub fn is_unused(&self) -> bool {
        self.terminals.iter().all(|it| it.printed.is_empty())
    }

    /// How many terminals there are.
    pub fn terminal_count(&self) -> usize {
        self.terminals.len()
    }

    /// What a terminal showed after `step`, in order.
    pub fn lines(&self, terminal: usize, step: Step) -> impl Iterator<Item = &Printed> {
        let printed = self.terminals.get(terminal).map(|it| &it.printed);
        printed.into_iter().flatten().take_while(move |it| it.step <= step)
    }

    /// Whether a terminal took a new line after `step`; else something was in its foreground.
    pub fn is_at_prompt(&self, terminal: usize, step: Step) -> bool {
        self.state_at(terminal, step).is_none_or(|state| state.active.is_none() && state.jobs.is_empty())
    }

    /// The exit code of a terminal's last command after `step`.
    pub fn exit_code(&self, terminal: usize, step: Step) -> u8 {
        self.state_at(terminal, step).map_or(0, |state| state.code)
    }

    pub(super) fn state_at(&self, terminal: usize, step: Step) -> Option<&State> {
        let moment = self.moments.iter().rev().find(|(at, ..)| *at <= step);
        moment.and_then(|(_, _, states, _)| states.get(terminal))
    }

    pub(super) fn files_at(&self, terminal: usize, step: Step) -> Option<(&State, &Files)> {
        let moment = self.moments.iter().rev().find(|(at, ..)| *at <= step);
        let (_, _, states, daemons) = moment?;
        let state = states.get(terminal)?;
        Some((state, &daemons.get(state.home)?.files))
    }

    /// All files of a broker's machine that there are now.
    pub(super) fn paths(&self, home: usize) -> Vec<String> {
        let files = self.daemons.get(home).into_iter().flat_map(|daemon| daemon.files.paths());
        let mut paths: Vec<String> = files.map(str::to_owned).chain([daemon::LOG_FILE.to_owned()]).collect();
        paths.sort();
        paths.dedup();
        paths
    }

    /// Types a line and Enter, at the world's cursor; what was recorded after it is dropped. Runs the world until the
    /// prompt returns and what is under way has arrived, or nothing is left but timers while a program waits. To a
    /// program in the foreground nothing is typed: the line is lost, as it is without a reader.
    pub fn enter(&mut self, sim: &mut Sim, terminal: usize, line: &str) -> Rest {
        self.enter_at(sim, terminal, line, Instant::ZERO)
    }

    /// As [`Console::enter`], not before `at`.
    pub fn enter_at(&mut self, sim: &mut Sim, terminal: usize, line: &str, at: Instant) -> Rest {
        self.by_hand(sim, Some(terminal), at, |console, sim| console.take_line(sim, terminal, line))
    }

    fn take_line(&mut self, sim: &mut Sim, terminal: usize, line: &str) {
        let now = self.now;
        let Some(it) = self.terminals.get_mut(terminal) else { return };
        it.print((sim, now), Stream::Typed, [line.as_bytes(), b"\n"].concat());
        if it.state.active.is_some() {
            return;
        }
        let parsed = match line.len() > MAX_LINE {
            true => Err(format!("a line has {MAX_LINE} bytes at most")),
            false => shell::parse(line).map_err(|error| error.to_string()),
        };
        match parsed {
            Ok(jobs) => it.state.jobs.extend(jobs.into_iter().map(|job| (job, Bindings::new()))),
            Err(error) => {
                it.print((sim, now), Stream::Error, ["sh: ", &error, "\n"].concat().into_bytes());
                it.state.code = 2;
            }
        }
    }

    /// Ctrl-C.
    pub fn interrupt(&mut self, sim: &mut Sim, terminal: usize) -> Rest {
        self.interrupt_at(sim, terminal, Instant::ZERO)
    }

    /// As [`Console::interrupt`], not before `at`.
    pub fn interrupt_at(&mut self, sim: &mut Sim, terminal: usize, at: Instant) -> Rest {
        self.by_hand(sim, Some(terminal), at, |console, sim| console.stop(sim, terminal))
    }

    fn stop(&mut self, sim: &mut Sim, terminal: usize) {
        let now = self.now;
        let Some(it) = self.terminals.get_mut(terminal) else { return };
        it.print((sim, now), Stream::Typed, b"^C\n".to_vec());
        it.state.jobs.clear();
        if let Some(Active::Broker(_)) = it.state.active {
            it.state.code = 0;
            let party = BROKERS + it.state.home;
            return self.stop_broker(sim, party);
        }
        match it.state.active.take() {
            Some(Active::Program(mut run)) => {
                let mut out = Vec::new();
                run.now = now;
                run.interrupt(sim, &mut out);
                it.tell((sim, now), out);
                it.state.code = 130;
            }
            Some(Active::Sleep(_) | Active::Tail | Active::Editor(_)) => it.state.code = 130,
            Some(Active::Broker(_)) | None => {}
        }
    }

    /// Lets programs do something about the step that others have taken in the world, and the world go on as after a
    /// line.
    pub fn follow(&mut self, sim: &mut Sim) {
        self.by_hand(sim, None, Instant::ZERO, Self::look);
    }

    /// Does something and runs the world. If what was typed takes steps, all of it is told as of the first of them: the
    /// moment before has not seen it.
    pub(super) fn by_hand(
        &mut self,
        sim: &mut Sim,
        typed: Option<usize>,
        at: Instant,
        act: impl FnOnce(&mut Self, &mut Sim),
    ) -> Rest {
        self.go_to(sim);
        (self.typed, self.rest) = (typed, None);
        self.now = self.now.max(at);
        self.remember(sim);
        let (step, before) = (sim.cursor(), self.moments.back().cloned());
        let printed: Vec<usize> = self.terminals.iter().map(|it| it.printed.len()).collect();
        act(self, sim);
        self.run(sim);
        let rest = self.rest.take().unwrap_or(Rest { step: sim.cursor(), at: self.now });
        // What needed no step has been done at this one.
        if rest.step == step {
            return rest;
        }
        if let Some(moment) = self.moments.iter_mut().rev().find(|(at, ..)| *at == step)
            && let Some(before) = before
        {
            *moment = before;
        }
        for (terminal, from) in self.terminals.iter_mut().zip(printed) {
            for text in terminal.printed.iter_mut().skip(from).filter(|it| it.step == step) {
                text.step += 1;
            }
        }
        rest
    }

    /// The step up to which it has been worked out what the programs do.
    pub fn end(&self) -> Step {
        self.moments.back().map_or(0, |(at, ..)| *at)
    }

    /// Becomes what it was at the world's cursor, if that is an earlier one; what the world has recorded after it is
    /// dropped then.
    fn go_to(&mut self, sim: &mut Sim) {
        self.now = self.now.max(sim.now());
        if sim.cursor() < sim.recorded() {
            sim.drop_future();
        }
        self.wind_back(sim.cursor());
        self.meet_brokers(sim);
        self.now = self.now.max(sim.now());
    }

    /// Becomes what it was after a step, if that is an earlier one.
    pub fn wind_back(&mut self, step: Step) {
        if self.end() <= step {
            return;
        }
        while self.moments.back().is_some_and(|(at, ..)| *at > step) {
            self.moments.pop_back();
        }
        let moment = self.moments.back().cloned();
        let (now, states, daemons) = moment.map_or_else(
            || (Instant::ZERO, Vec::new(), Vec::new()),
            |(_, now, states, daemons)| (now, states, daemons),
        );
        self.daemons = daemons;
        for log in &mut self.logs {
            while log.back().is_some_and(|(at, ..)| *at > step) {
                log.pop_back();
            }
        }
        self.now = now;
        let mut states = states.into_iter();
        for terminal in &mut self.terminals {
            while terminal.printed.back().is_some_and(|it| it.step > step) {
                terminal.printed.pop_back();
            }
            terminal.state = states.next().unwrap_or_default();
        }
    }

    fn remember(&mut self, sim: &Sim) {
        let states = self.terminals.iter().map(|it| it.state.clone()).collect();
        if self.moments.back().is_some_and(|(at, ..)| *at == sim.cursor()) {
            self.moments.pop_back();
        }
        if self.moments.len() >= MAX_MOMENTS {
            self.moments.pop_front();
        }
        self.moments.push_back((sim.cursor(), self.now, states, self.daemons.clone()));
    }

    fn run(&mut self, sim: &mut Sim) {
        let mut left = MAX_STEPS;
        while left > 0 {
            left -= 1;
            self.start_jobs(sim);
            let due = self.terminals.iter().filter_map(|it| it.state.due()).min();
            self.remember(sim);
            if self.rest.is_none() && self.is_at_rest(sim) {
                self.rest = Some(Rest { step: sim.cursor(), at: self.now });
                left = left.min(AHEAD);
            }
            let next = sim.next_event().map(|next| next.at);
            // Only timers are left: nobody waits for them but programs with a moment of their own.
            let idle = sim.is_settled() && due.is_none() && !self.awaits_own(sim);
            match (due, next) {
                (Some(due), next) if next.is_none_or(|next| due < next) => {
                    self.now = self.now.max(due);
                    self.timers(sim);
                }
                (_, Some(_)) if !idle && (self.is_waiting() || is_under_way(sim)) => {
                    if !sim.step() {
                        break;
                    }
                    self.now = self.now.max(sim.now());
                    self.look(sim);
                }
                _ => break,
            }
        }
        self.remember(sim);
    }

    fn awaits_own(&self, sim: &Sim) -> bool {
        let typed = self.typed.and_then(|index| self.terminals.get(index));
        matches!(typed.map(|it| &it.state.active), Some(Some(Active::Program(run))) if run.awaits_own(sim))
    }

    /// Whether the terminal of the last line needs no more time.
    fn is_at_rest(&self, sim: &Sim) -> bool {
        let state = self.typed.and_then(|index| self.terminals.get(index)).map(|it| &it.state);
        let waits = state.is_none_or(|state| match &state.active {
            None => state.jobs.is_empty(),
            Some(Active::Program(run)) => run.waits(),
            Some(Active::Sleep(_)) => false,
            Some(Active::Broker(_) | Active::Tail | Active::Editor(_)) => true,
        });
        let step = sim.cursor();
        let on_its_way = |frame: &Frame| frame.fate_at(step).is_none();
        waits
            && !self.awaits_own(sim)
            && !is_under_way(sim)
            && !sim.capture().frames().rev().take(LOOKED_AT).any(on_its_way)
    }

    /// Whether anything runs, or is under way.
    pub(super) fn is_waiting(&self) -> bool {
        self.terminals.iter().any(|it| {
            it.state.active.is_some() || !it.state.jobs.is_empty() || !it.state.background.is_empty()
        })
    }

    pub(super) fn look(&mut self, sim: &mut Sim) {
        self.meet_brokers(sim);
        for number in 0..self.daemons.len() {
            let lines = self.daemons[number].hear(sim);
            self.tell_log(sim, number, &lines);
        }
        for terminal in &mut self.terminals {
            if sim.is_stopped(BROKERS + terminal.state.home)
                && let Some(Active::Broker(_)) = terminal.state.active
            {
                terminal.state.active = None;
            }
            terminal.each_run(sim, self.now, |run, sim, out| run.look(sim, out));
        }
    }

    /// Knows each broker of the world; where there are fewer than there were, terminals are at the first one.
    pub(super) fn meet_brokers(&mut self, sim: &Sim) {
        let count = sim.brokers().len();
        self.daemons.truncate(count);
        for number in self.daemons.len()..count {
            self.daemons.push(Daemon::of(number));
        }
        self.logs.resize_with(count.max(self.logs.len()), Log::new);
        for terminal in self.terminals.iter_mut().filter(|it| it.state.home >= count) {
            terminal.state.home = 0;
        }
    }

    /// Puts lines of a broker's log wherever it is looked at.
    fn tell_log(&mut self, sim: &Sim, number: usize, lines: &[String]) {
        let now = self.now;
        for line in lines {
            let (notice, text) = (daemon::is_notice(line), daemon::stamped(now, line));
            for terminal in self.terminals.iter_mut().filter(|it| it.state.home == number) {
                match terminal.state.active {
                    Some(Active::Broker(verbose)) if verbose || notice => {
                        terminal.print((sim, now), Stream::Error, text.clone().into_bytes());
                    }
                    Some(Active::Tail) if notice => {
                        terminal.print((sim, now), Stream::Output, text.clone().into_bytes());
                    }
                    _ => {}
                }
            }
            if notice {
                daemon::keep(&mut self.logs[number], sim, now, std::slice::from_ref(line));
            }
        }
    }

    fn timers(&mut self, sim: &mut Sim) {
        let now = self.now;
        for terminal in &mut self.terminals {
            if let Some(Active::Sleep(until)) = terminal.state.active
                && until <= now
            {
                terminal.state.active = None;
            }
            terminal.each_run(sim, now, |run, sim, out| {
                if run.due().is_some_and(|due| due <= now) {
                    run.timer(sim, out);
                }
            });
        }
    }

    fn start_jobs(&mut self, sim: &mut Sim) {
        for index in 0..self.terminals.len() {
            while self.terminals[index].state.active.is_none()
                && let Some((job, bindings)) = self.terminals[index].state.jobs.pop_front()
            {
                self.start(sim, index, job, bindings);
            }
        }
    }

    fn start(&mut self, sim: &mut Sim, index: usize, job: Job, bindings: Bindings) {
        match job {
            Job::Loop(name, values, body) => {
                let values: Vec<String> = values.iter().flat_map(|word| word.expanded(&bindings)).collect();
                let state = &mut self.terminals[index].state;
                for value in values.into_iter().take(shell::MAX_LOOP).rev() {
                    let bound: Bindings = bindings.iter().cloned().chain([(name.clone(), value)]).collect();
                    for job in body.iter().rev() {
                        state.jobs.push_front((job.clone(), bound.clone()));
                    }
                }
            }
            Job::Pipeline(commands, background) => {
                self.pipeline(sim, index, &commands, background, &bindings)
            }
        }
    }

    fn pipeline(
        &mut self,
        sim: &mut Sim,
        index: usize,
        commands: &[Command],
        background: bool,
        bindings: &Bindings,
    ) {
        let (mut input, now) = (Vec::new(), self.now);
        for (at, command) in commands.iter().enumerate() {
            let mut words: Vec<String> =
                command.words.iter().flat_map(|word| word.expanded(bindings)).collect();
            while words.first().is_some_and(|word| word == "sudo") {
                words.remove(0);
            }
            if let Some(here) = &command.here {
                input = [here.expanded(bindings).join(" ").as_bytes(), b"\n"].concat();
            }
            let is_last = at + 1 == commands.len();
            let name = words.first().map_or("", String::as_str);
            if command.to.is_some() && (Program::of_name(name).is_some() || name == "mosquitto") {
                let error = ["sh: what ", name, " prints stays in the terminal here\n"].concat();
                self.terminals[index].print((sim, now), Stream::Error, error.into_bytes());
                self.terminals[index].state.code = 1;
                return;
            }
            if let Some(program) = Program::of_name(name) {
                return self.program(sim, index, program, &words[1..], &input, background);
            }
            if self.machine(sim, index, &words, background) {
                return;
            }
            let outcome =
                builtin::run(&words, &input, &mut self.daemons[self.terminals[index].state.home].files);
            let outcome = match &command.to {
                Some((adds, path)) => {
                    self.redirected(index, outcome, *adds, &path.expanded(bindings).join(" "))
                }
                None => outcome,
            };
            let terminal = &mut self.terminals[index];
            match outcome {
                Outcome::Done(out, error, code) => {
                    terminal.print((sim, now), Stream::Error, error.into_bytes());
                    terminal.state.code = code;
                    match is_last {
                        true => terminal.print((sim, now), Stream::Output, out),
                        false => input = out,
                    }
                }
                Outcome::Sleep(millis) => {
                    terminal.state.code = 0;
                    if !background {
                        terminal.state.active = Some(Active::Sleep(now + Duration::from_millis(millis)));
                    }
                }
                Outcome::Clear => terminal.print((sim, now), Stream::Output, CLEAR.to_vec()),
                Outcome::Unknown => {
                    let error = ["sh: ", name, ": command not found\n"].concat();
                    terminal.print((sim, now), Stream::Error, error.into_bytes());
                    terminal.state.code = 127;
                }
            }
        }
    }

    fn program(
        &mut self,
        sim: &mut Sim,
        index: usize,
        program: Program,
        arguments: &[String],
        input: &[u8],
        background: bool,
    ) {
        self.started += 1;
        let number = 1_000 + self.started;
        let now = self.now;
        let started = launch::start(sim, program, arguments, input, number, (index, self));
        let terminal = &mut self.terminals[index];
        match started {
            Ok((run, notes)) => {
                terminal.print((sim, now), Stream::Error, notes.into_bytes());
                let mut run = Box::new(run);
                let mut out = Vec::new();
                run.look(sim, &mut out);
                terminal.tell((sim, now), out);
                if !background {
                    terminal.state.active = Some(Active::Program(run));
                } else if terminal.state.background.len() < MAX_JOBS {
                    terminal.print(
                        (sim, now),
                        Stream::Error,
                        format!("[{}] {number}\n", self.started).into_bytes(),
                    );
                    terminal.state.background.push(*run);
                }
            }
            Err((out, error, code)) => {
                terminal.print((sim, now), Stream::Output, out.into_bytes());
                terminal.print((sim, now), Stream::Error, error.into_bytes());
                terminal.state.code = code;
            }
        }
    }

    /// Whether a program has this client.
    pub(super) fn has(&self, client: usize) -> bool {
        self.terminals.iter().any(|it| {
            let active = matches!(&it.state.active, Some(Active::Program(run)) if run.client == client);
            active || it.state.background.iter().any(|run| run.client == client)
        })
    }
}

impl State {
    fn due(&self) -> Option<Instant> {
        let active = match &self.active {
            Some(Active::Program(run)) => run.due(),
            Some(Active::Sleep(until)) => Some(*until),
            Some(Active::Broker(_) | Active::Tail | Active::Editor(_)) | None => None,
        };
        active.into_iter().chain(self.background.iter().filter_map(Run::due)).min()
    }
}

impl Terminal {
    pub fn print(&mut self, (sim, at): (&Sim, Instant), stream: Stream, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        if self.printed.len() >= MAX_PRINTED {
            self.printed.pop_front();
        }
        self.printed.push_back(Printed { step: sim.cursor(), at, stream, bytes });
    }

    fn tell(&mut self, (sim, at): (&Sim, Instant), out: Vec<Text>) {
        for text in out {
            let stream = if text.is_error { Stream::Error } else { Stream::Output };
            self.print((sim, at), stream, text.bytes);
        }
    }

    /// Calls something for each program, and lets go of those that have ended.
    pub fn each_run(
        &mut self,
        sim: &mut Sim,
        now: Instant,
        mut call: impl FnMut(&mut Run, &mut Sim, &mut Vec<Text>),
    ) {
        let mut out = Vec::new();
        for run in &mut self.state.background {
            (run.now, run.refused) = (now, sim.is_stopped(run.client));
            call(run, sim, &mut out);
        }
        self.state.background.retain(|run| run.exit.is_none());
        if let Some(Active::Program(run)) = &mut self.state.active {
            (run.now, run.refused) = (now, sim.is_stopped(run.client));
            call(run, sim, &mut out);
            if let Some(code) = run.exit {
                self.state.code = code;
                self.state.active = None;
            }
        }
        self.tell((sim, now), out);
    }
}

/// Whether the next event is that something arrives: nobody types faster than that.
fn is_under_way(sim: &Sim) -> bool {
    let next = sim.next_event().map(|next| next.what);
    matches!(next, Some(UpcomingKind::FrameArrives(_) | UpcomingKind::ClosingArrives { .. }))
}
