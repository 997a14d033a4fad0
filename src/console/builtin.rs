//! The commands beside mosquitto's.

use super::files::Files;

/// What `help` prints.
const HELP: &str = "\
Commands, as on a machine with Debian's mosquitto 2.0.11 whose broker is the one in this tab:
  mosquitto_pub, mosquitto_sub, mosquitto_rr   --help tells their options
  mosquitto [-v] [-c FILE], service mosquitto start|stop|restart|status, pkill mosquitto
  tail -f /var/log/mosquitto/mosquitto.log
  nano FILE, ls, cat, echo TEXT >> FILE: a few files, as /etc/mosquitto/mosquitto.conf
  mosquitto_passwd -b FILE USER PASSWORD
  echo, seq, sleep, true, false, clear, help, sudo COMMAND
  ssh NAME goes to the machine of another broker of this world, exit back; -h NAME reaches it
  a; b   a &   a | mosquitto_pub -l   mosquitto_pub -s <<< 'text'
  Tab completes, arrows bring lines back, Ctrl-C ends a program, Ctrl-L clears
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
pub(super) fn run(words: &[String], input: &[u8], files: &mut Files) -> Outcome {
    let (name, arguments) = words.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
    match name {
        "echo" => echo(arguments),
        "cat" => cat(arguments, input, files),
        "ls" => ls(arguments, files),
        "tail" => tail(arguments, files),
        "mosquitto_passwd" => passwd(arguments, files),
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

fn missing(command: &str, path: &str) -> String {
    [command, ": ", path, ": No such file or directory\n"].concat()
}

fn cat(arguments: &[String], input: &[u8], files: &Files) -> Outcome {
    if arguments.is_empty() {
        return said(input);
    }
    let (mut out, mut errors) = (Vec::new(), String::new());
    for path in arguments {
        match files.read(path) {
            Some(text) => out.extend(text.bytes()),
            None => errors.push_str(&missing("cat", path)),
        }
    }
    let code = u8::from(!errors.is_empty());
    Outcome::Done(out, errors, code)
}

fn ls(arguments: &[String], files: &Files) -> Outcome {
    let path = arguments.iter().find(|it| !it.starts_with('-')).map_or("/", String::as_str);
    match files.list(path) {
        found if found.is_empty() => failed(missing("ls", path)),
        found => said(found.join("\n") + "\n"),
    }
}

/// `tail [-n COUNT] FILE` of what does not grow.
fn tail(arguments: &[String], files: &Files) -> Outcome {
    let Some(path) = arguments.last() else { return failed("tail: give a file\n".to_owned()) };
    let mut count =
        arguments.iter().filter_map(|it| it.trim_start_matches("-n").trim_start_matches('-').parse().ok());
    let Some(text) = files.read(path) else { return failed(missing("tail", path)) };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    said(lines[lines.len().saturating_sub(count.next_back().unwrap_or(10))..].concat())
}

/// `mosquitto_passwd [-c] -b FILE USER PASSWORD`, `mosquitto_passwd -D FILE USER`; the password stays as it is.
fn passwd(arguments: &[String], files: &mut Files) -> Outcome {
    const NOTE: &str =
        "# The password stands there as it is typed: a real mosquitto_passwd writes its hash.\n";
    let has = |flag: &str| arguments.iter().any(|it| it == flag);
    let given: Vec<&str> = arguments.iter().map(String::as_str).filter(|it| !it.starts_with('-')).collect();
    let (path, user, password) = match (given.as_slice(), has("-D")) {
        ([path, user], true) => (path, user, None),
        ([path, user, password], false) if has("-b") => (path, user, Some(password)),
        _ => {
            return failed(
                "# Without -b it would ask for the password: mosquitto_passwd [-c] -b FILE USER PASSWORD\n"
                    .to_owned(),
            );
        }
    };
    let known = match files.read(path) {
        _ if has("-c") => "",
        Some(text) => text,
        None => {
            return failed(format!(
                "Error: Unable to open password file {path}. No such file or directory.\n"
            ));
        }
    };
    let of_user = [user, ":"].concat();
    let mut text: String = known.split_inclusive('\n').filter(|line| !line.starts_with(&of_user)).collect();
    if let Some(password) = password {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&[&of_user, *password, "\n"].concat());
    }
    match files.write(path, &text) {
        Ok(()) if password.is_some() => Outcome::Done(Vec::new(), NOTE.to_owned(), 0),
        Ok(()) => said(""),
        Err(error) => failed(["Error: ", error, ".\n"].concat()),
    }
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
        run(&words, b"input", &mut Files::default())
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
        assert_eq!(run_line("tail -n 1 /etc/hostname"), said("playground\n"));
        let mut files = Files::default();
        let mut enter = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            run(&words, b"", &mut files)
        };
        for line in [
            "mosquitto_passwd -c -b /p ann one",
            "mosquitto_passwd -b /p bob two",
            "mosquitto_passwd -b /p ann three",
        ] {
            assert!(matches!(enter(line), Outcome::Done(_, _, 0)), "{line}");
        }
        assert_eq!(enter("cat /p"), said("bob:two\nann:three\n"));
        assert_eq!(enter("mosquitto_passwd -D /p bob"), said(""));
        assert_eq!(enter("cat /p"), said("ann:three\n"));
    }
}
