//! What a shell makes of a line: words, quotes, lists, pipes and counted loops. No more than labs use.

use super::error::ShellError;

/// Runs of one loop at most; more are refused.
pub const MAX_LOOP: usize = 10_000;
/// Loops within loops at most.
const MAX_DEPTH: usize = 8;

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// `$i`
    Variable(String),
    /// `$(seq 1 10)`
    Count(Vec<String>),
}

/// A word before its variables are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(Word),
    /// `;`, `&`, `|`, `<<<`, `>`, `>>` or the end of a line.
    Sign(&'static str),
}

/// A command with what it reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    pub words: Vec<Word>,
    /// `<<< text`
    pub here: Option<Word>,
    /// `> file`, or `>> file`, which adds.
    pub to: Option<(bool, Word)>,
}

/// Something to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// Commands joined by pipes; not waited for if in the background.
    Pipeline(Vec<Command>, bool),
    /// `for name in values; do body; done`
    Loop(String, Vec<Word>, Vec<Self>),
}

/// Values of variables, the innermost loop's last.
pub(super) type Bindings = Vec<(String, String)>;

impl Word {
    fn push(&mut self, c: char) {
        if let Some(Piece::Text(text)) = self.0.last_mut() {
            return text.push(c);
        }
        self.0.push(Piece::Text(c.to_string()));
    }

    /// The word as it is typed without quotes, if it holds nothing but text.
    fn text(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Text(text)] => Some(text),
            [] => Some(""),
            _ => None,
        }
    }

    /// With the values of its variables.
    pub fn expanded(&self, bindings: &Bindings) -> Vec<String> {
        if let [Piece::Count(words)] = self.0.as_slice() {
            return count(words);
        }
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Variable(name) => {
                    let known = bindings.iter().rev().find(|(of, _)| of == name);
                    out.push_str(known.map_or("", |(_, value)| value));
                }
                Piece::Count(words) => out.push_str(&count(words).join(" ")),
            }
        }
        vec![out]
    }
}

/// `seq LAST`, `seq FIRST LAST`, `seq FIRST STEP LAST`.
pub(super) fn count(words: &[String]) -> Vec<String> {
    let numbers: Vec<i64> = words.iter().filter_map(|it| it.parse().ok()).collect();
    let (first, step, last) = match numbers.as_slice() {
        [last] => (1, 1, *last),
        [first, last] => (*first, 1, *last),
        [first, step, last] => (*first, *step, *last),
        _ => return Vec::new(),
    };
    let mut out = Vec::new();
    let mut at = first;
    while step != 0 && (if step > 0 { at <= last } else { at >= last }) && out.len() <= MAX_LOOP {
        out.push(at.to_string());
        at = at.saturating_add(step);
    }
    out
}

/// What a line says to do.
///
/// # Errors
/// What it lacks, as a shell says it.
pub(super) fn parse(line: &str) -> Result<Vec<Job>, ShellError> {
    let tokens = tokens(line)?;
    let mut at = 0;
    let jobs = list(&tokens, &mut at, 0)?;
    match tokens.get(at) {
        None => Ok(jobs),
        Some(token) => Err(unexpected(token)),
    }
}

fn unexpected(token: &Token) -> ShellError {
    ShellError::Unexpected(match token {
        Token::Word(word) => word.text().unwrap_or("$").to_owned(),
        Token::Sign(sign) => (*sign).to_owned(),
    })
}

fn tokens(line: &str) -> Result<Vec<Token>, ShellError> {
    let mut chars = line.chars().peekable();
    let (mut out, mut word) = (Vec::new(), None::<Word>);
    while let Some(c) = chars.next() {
        let sign = match c {
            ' ' | '\t' => "",
            '\n' => ";",
            ';' => ";",
            '|' => "|",
            '&' if chars.peek() == Some(&'&') => {
                chars.next();
                ";"
            }
            '&' => "&",
            '<' if chars.clone().take(2).eq(['<', '<']) => {
                chars.nth(1);
                "<<<"
            }
            '>' if chars.peek() == Some(&'>') => {
                chars.next();
                ">>"
            }
            '>' => ">",
            '<' | '(' | ')' | '`' => return Err(ShellError::Unsupported(c)),
            '#' if word.is_none() => {
                chars.by_ref().take_while(|c| *c != '\n').for_each(drop);
                ";"
            }
            _ => {
                piece(c, &mut chars, word.get_or_insert_default())?;
                continue;
            }
        };
        out.extend(word.take().map(Token::Word));
        if !sign.is_empty() {
            out.push(Token::Sign(sign));
        }
    }
    out.extend(word.map(Token::Word));
    Ok(out)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn piece(c: char, chars: &mut Chars<'_>, word: &mut Word) -> Result<(), ShellError> {
    match c {
        '\'' => {
            word.0.push(Piece::Text(String::new()));
            loop {
                match chars.next().ok_or(ShellError::Quote('\''))? {
                    '\'' => return Ok(()),
                    c => word.push(c),
                }
            }
        }
        '"' => {
            word.0.push(Piece::Text(String::new()));
            loop {
                match chars.next().ok_or(ShellError::Quote('"'))? {
                    '"' => return Ok(()),
                    '\\' => match chars.next().ok_or(ShellError::Quote('"'))? {
                        c @ ('"' | '\\' | '$' | '`') => word.push(c),
                        '\n' => {}
                        c => {
                            word.push('\\');
                            word.push(c);
                        }
                    },
                    '$' => dollar(chars, word)?,
                    c => word.push(c),
                }
            }
        }
        '\\' => match chars.next() {
            None | Some('\n') => {}
            Some(c) => word.push(c),
        },
        '$' => dollar(chars, word)?,
        c => word.push(c),
    }
    Ok(())
}

fn dollar(chars: &mut Chars<'_>, word: &mut Word) -> Result<(), ShellError> {
    match chars.peek() {
        Some('(') => {
            chars.next();
            let inner: String = chars.by_ref().take_while(|c| *c != ')').collect();
            let mut words = inner.split_whitespace().map(str::to_owned);
            if words.next().as_deref() != Some("seq") {
                return Err(ShellError::Unsupported('('));
            }
            word.0.push(Piece::Count(words.collect()));
        }
        Some('{') => {
            chars.next();
            word.0.push(Piece::Variable(chars.by_ref().take_while(|c| *c != '}').collect()));
        }
        Some(c) if c.is_ascii_alphabetic() || *c == '_' => {
            let mut name = String::new();
            while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
                name.push(c);
            }
            word.0.push(Piece::Variable(name));
        }
        // `$SYS` in double quotes is a variable to a shell as well; elsewhere a lone dollar stays.
        _ => word.push('$'),
    }
    Ok(())
}

fn is_word(token: Option<&Token>, text: &str) -> bool {
    matches!(token, Some(Token::Word(word)) if word.text() == Some(text))
}

/// Jobs up to the end, or to `done`.
fn list(tokens: &[Token], at: &mut usize, depth: usize) -> Result<Vec<Job>, ShellError> {
    let mut jobs = Vec::new();
    loop {
        while tokens.get(*at) == Some(&Token::Sign(";")) {
            *at += 1;
        }
        if *at >= tokens.len() || depth > 0 && is_word(tokens.get(*at), "done") {
            return Ok(jobs);
        }
        if is_word(tokens.get(*at), "for") {
            if depth >= MAX_DEPTH {
                return Err(ShellError::Unexpected("for".to_owned()));
            }
            jobs.push(counted(tokens, at, depth)?);
        } else {
            jobs.push(pipeline(tokens, at)?);
        }
        match tokens.get(*at) {
            None | Some(Token::Sign(";")) => {}
            Some(token) if is_word(Some(token), "done") => {}
            Some(Token::Sign("&")) => {
                *at += 1;
                if let Some(Job::Pipeline(_, background)) = jobs.last_mut() {
                    *background = true;
                }
            }
            Some(token) => return Err(unexpected(token)),
        }
    }
}

fn counted(tokens: &[Token], at: &mut usize, depth: usize) -> Result<Job, ShellError> {
    *at += 1;
    let Some(Token::Word(name)) = tokens.get(*at) else { return Err(ShellError::Incomplete("for")) };
    let name = name.text().unwrap_or_default().to_owned();
    *at += 1;
    if !is_word(tokens.get(*at), "in") {
        return Err(ShellError::Incomplete("for"));
    }
    *at += 1;
    let mut values = Vec::new();
    while let Some(Token::Word(word)) = tokens.get(*at) {
        values.push(word.clone());
        *at += 1;
    }
    while tokens.get(*at) == Some(&Token::Sign(";")) {
        *at += 1;
    }
    if !is_word(tokens.get(*at), "do") {
        return Err(ShellError::Incomplete("for"));
    }
    *at += 1;
    let body = list(tokens, at, depth + 1)?;
    if !is_word(tokens.get(*at), "done") {
        return Err(ShellError::Incomplete("done"));
    }
    *at += 1;
    Ok(Job::Loop(name, values, body))
}

fn pipeline(tokens: &[Token], at: &mut usize) -> Result<Job, ShellError> {
    let mut commands = vec![Command::default()];
    loop {
        let command = commands.last_mut().ok_or(ShellError::Incomplete("|"))?;
        match tokens.get(*at) {
            Some(Token::Word(word)) => command.words.push(word.clone()),
            Some(Token::Sign("<<<")) => {
                *at += 1;
                let Some(Token::Word(word)) = tokens.get(*at) else {
                    return Err(ShellError::Incomplete("<<<"));
                };
                command.here = Some(word.clone());
            }
            Some(Token::Sign(sign @ (">" | ">>"))) => {
                *at += 1;
                let Some(Token::Word(word)) = tokens.get(*at) else {
                    return Err(ShellError::Incomplete(sign));
                };
                command.to = Some((*sign == ">>", word.clone()));
            }
            Some(Token::Sign("|")) if !command.words.is_empty() => commands.push(Command::default()),
            other => {
                return match (command.words.is_empty(), other) {
                    (false, _) => Ok(Job::Pipeline(commands, false)),
                    (true, Some(token)) => Err(unexpected(token)),
                    (true, None) => Err(ShellError::Incomplete("|")),
                };
            }
        }
        *at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commands of a line that holds one pipeline.
    fn words(line: &str) -> Vec<Vec<String>> {
        let jobs = parse(line).expect(line);
        let [Job::Pipeline(commands, _)] = jobs.as_slice() else { panic!("{line}: {jobs:?}") };
        let expand =
            |command: &Command| command.words.iter().flat_map(|it| it.expanded(&Vec::new())).collect();
        commands.iter().map(expand).collect()
    }

    #[test]
    fn words_are_quoted_as_in_a_shell() {
        for (line, expected) in [
            (r#"a "b c" 'd "e"'"#, vec!["a", "b c", "d \"e\""]),
            (r#"a"b"'c'd"#, vec!["abcd"]),
            (r#"a\ b "x\"y" "x\ny" '\'"#, vec!["a b", "x\"y", "x\\ny", "\\"]),
            ("a '' \"\"", vec!["a", "", ""]),
            ("sub -t '$SYS/#' # what it knows", vec!["sub", "-t", "$SYS/#"]),
            ("a#b", vec!["a#b"]),
            ("cost 5$", vec!["cost", "5$"]),
        ] {
            assert_eq!(words(line), [expected], "{line}");
        }
    }

    #[test]
    fn lists_pipes_and_the_background() {
        assert_eq!(words("echo x | mosquitto_pub -l"), [vec!["echo", "x"], vec!["mosquitto_pub", "-l"]]);
        let jobs = parse("a & b; c\nd && e &").expect("a list");
        let background: Vec<bool> = jobs.iter().map(|job| matches!(job, Job::Pipeline(_, true))).collect();
        assert_eq!(background, [true, false, false, false, true]);
        let jobs = parse("cat <<< 'one two'").expect("a here-string");
        let [Job::Pipeline(commands, false)] = jobs.as_slice() else { panic!("{jobs:?}") };
        assert_eq!(commands[0].here.as_ref().and_then(Word::text), Some("one two"));
    }

    #[test]
    fn a_loop_counts_and_names_its_value() {
        let jobs =
            parse("for i in $(seq 1 3); do pub -m \"n $i ${i}\"; sleep 1; done; echo end").expect("a loop");
        let [Job::Loop(name, values, body), Job::Pipeline(..)] = jobs.as_slice() else { panic!("{jobs:?}") };
        assert_eq!((name.as_str(), body.len()), ("i", 2));
        let values: Vec<String> = values.iter().flat_map(|it| it.expanded(&Vec::new())).collect();
        assert_eq!(values, ["1", "2", "3"]);
        let Job::Pipeline(commands, _) = &body[0] else { panic!("{body:?}") };
        let bound = vec![("i".to_owned(), "2".to_owned())];
        assert_eq!(commands[0].words[2].expanded(&bound), ["n 2 2"]);
        assert_eq!(count(&["3".into(), "-1".into(), "1".into()]), ["3", "2", "1"]);
    }

    #[test]
    fn what_is_not_complete_says_so() {
        for (line, error) in [
            ("echo 'a", ShellError::Quote('\'')),
            ("echo \"a", ShellError::Quote('"')),
            ("a |", ShellError::Incomplete("|")),
            ("| a", ShellError::Unexpected("|".into())),
            ("a <<<", ShellError::Incomplete("<<<")),
            ("for i in 1; do a", ShellError::Incomplete("done")),
            ("for i; do a; done", ShellError::Incomplete("for")),
            ("a >", ShellError::Incomplete(">")),
            ("a < b", ShellError::Unsupported('<')),
            ("& a", ShellError::Unexpected("&".into())),
        ] {
            assert_eq!(parse(line), Err(error), "{line}");
        }
    }
}
