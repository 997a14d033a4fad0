//! The commands beside mosquitto's.

/// The file tree: paths and what they hold.
const FILES: &[(&str, &str)] = &[
    (
        "/etc/mosquitto/mosquitto.conf",
        "# Settings of the broker in this tab.\nlistener 1883\nallow_anonymous true\npersistence true\n\
         persistence_location /var/lib/mosquitto/\nlog_dest file /var/log/mosquitto/mosquitto.log\n",
    ),
    ("/etc/hostname", "playground\n"),
];

/// What `help` prints.
const HELP: &str = "\
Commands, as on a machine with Debian's mosquitto 2.0.11 whose broker is the one in this tab:
  mosquitto_pub, mosquitto_sub, mosquitto_rr   --help tells their options
  mosquitto [-v] [-c FILE], service mosquitto start|stop|restart|status, pkill mosquitto
  tail -f /var/log/mosquitto/mosquitto.log
  echo, cat, seq, sleep, true, false, clear, help, sudo COMMAND
  a; b   a &   a | mosquitto_pub -l   mosquitto_pub -s <<< 'text'
  for i in $(seq 1 3); do mosquitto_pub -t a -m \"$i\"; done
Time is virtual: Enter runs it until the prompt returns or a program waits for messages.
";

/// What a command has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is done: its output, what went to the standard error, and its exit code.
    Done(Vec<u8>, String, u8),
    /// It waits so many milliseconds.
    Sleep(u64),
    /// The terminal is wiped.
    Clear,
    /// There is no such command.
    Unknown,
}

fn said(out: impl Into<Vec<u8>>) -> Outcome {
    Outcome::Done(out.into(), String::new(), 0)
}

fn failed(error: String) -> Outcome {
    Outcome::Done(Vec::new(), error, 1)
}

/// Runs a command that needs no client.
pub(super) fn run(words: &[String], input: &[u8]) -> Outcome {
    let (name, arguments) = words.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
    match name {
        "echo" => echo(arguments),
        "cat" => cat(arguments, input),
        "seq" => seq(arguments),
        "sleep" => sleep(arguments),
        "true" | ":" => said(""),
        "false" => Outcome::Done(Vec::new(), String::new(), 1),
        "help" => said(HELP),
        "clear" => Outcome::Clear,
        _ => Outcome::Unknown,
    }
}

fn echo(arguments: &[String]) -> Outcome {
    let bare = arguments.first().is_some_and(|it| it == "-n");
    let mut text = arguments[usize::from(bare)..].join(" ");
    if !bare {
        text.push('\n');
    }
    said(text)
}

fn cat(arguments: &[String], input: &[u8]) -> Outcome {
    if arguments.is_empty() {
        return said(input);
    }
    let (mut out, mut errors) = (Vec::new(), String::new());
    for path in arguments {
        match file(path) {
            Some(text) => out.extend(text.bytes()),
            None => errors.push_str(&["cat: ", path, ": No such file or directory\n"].concat()),
        }
    }
    let code = u8::from(!errors.is_empty());
    Outcome::Done(out, errors, code)
}

/// What a file holds.
pub(super) fn file(path: &str) -> Option<&'static str> {
    FILES.iter().find(|(of, _)| *of == path).map(|(_, text)| *text)
}

fn seq(arguments: &[String]) -> Outcome {
    let numbers = super::shell::count(arguments);
    let lines = numbers.iter().map(|number| [number.as_str(), "\n"].concat());
    said(lines.collect::<String>())
}

/// Sums its times, as GNU's does: `1`, `0.5`, `2s`, `1m`.
fn sleep(arguments: &[String]) -> Outcome {
    let millis = |text: &String| {
        let (number, unit) = match text.strip_suffix(['s', 'm', 'h', 'd']) {
            Some(number) => (number, text.as_bytes()[number.len()]),
            None => (text.as_str(), b's'),
        };
        let factor = match unit {
            b'm' => 60.0,
            b'h' => 3_600.0,
            b'd' => 86_400.0,
            _ => 1.0,
        };
        number.parse::<f64>().ok().filter(|it| *it >= 0.0).map(|it| (it * factor * 1_000.0) as u64)
    };
    if arguments.is_empty() {
        return failed("sleep: missing operand\n".to_owned());
    }
    match arguments.iter().find(|text| millis(text).is_none()) {
        Some(text) => failed(format!("sleep: invalid time interval '{text}'\n")),
        None => Outcome::Sleep(arguments.iter().filter_map(millis).fold(0, u64::saturating_add)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_line(line: &str) -> Outcome {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        run(&words, b"input")
    }

    #[test]
    fn small_commands_do_as_everywhere() {
        for (line, expected) in [
            ("echo a  b", said("a  b\n")),
            ("echo -n a", said("a")),
            ("cat", said("input")),
            ("cat /nowhere", failed("cat: /nowhere: No such file or directory\n".into())),
            ("seq 2 4", said("2\n3\n4\n")),
            ("sleep 1.5 1m", Outcome::Sleep(61_500)),
            ("sleep x", failed("sleep: invalid time interval 'x'\n".into())),
            ("vi", Outcome::Unknown),
        ] {
            assert_eq!(run_line(line), expected, "{line}");
        }
        assert!(
            matches!(run_line("cat /etc/mosquitto/mosquitto.conf"), Outcome::Done(text, _, 0) if !text.is_empty())
        );
    }
}
