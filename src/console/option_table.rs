//! The options of the three programs as a table.

use super::options::Program;

/// An option: its names, the programs that have it, what its value is called in errors (nothing: it has none).
pub(super) type Row = (&'static str, &'static str, &'static str, &'static str);

/// All of them.
pub(super) const ROWS: &[Row] = &[
    ("-A", "", "psr", "address"),
    ("-C", "", "s", "count"),
    ("-c", "--disable-clean-session", "psr", ""),
    ("-d", "--debug", "psr", ""),
    ("-e", "", "r", "response topic"),
    ("-E", "", "s", ""),
    ("-f", "--file", "pr", "file"),
    ("-F", "", "sr", "format"),
    ("-h", "--host", "psr", "host"),
    ("-i", "--id", "psr", "id"),
    ("-I", "--id-prefix", "psr", "id prefix"),
    ("-k", "--keepalive", "psr", "keepalive"),
    ("-L", "--url", "psr", "URL"),
    ("-l", "--stdin-line", "p", ""),
    ("-m", "--message", "pr", "message"),
    ("-M", "", "psr", "max_inflight"),
    ("-n", "--null-message", "pr", ""),
    ("-N", "", "sr", ""),
    ("-p", "--port", "psr", "port"),
    ("--pretty", "", "sr", ""),
    ("-P", "--pw", "psr", "password"),
    ("-q", "--qos", "psr", "QoS"),
    ("--quiet", "", "psr", ""),
    ("-r", "--retain", "pr", ""),
    ("-R", "", "sr", ""),
    ("--random-filter", "", "s", "chance"),
    ("--remove-retained", "", "s", ""),
    ("--repeat", "", "p", "count"),
    ("--repeat-delay", "", "p", "time"),
    ("--retain-as-published", "", "s", ""),
    ("--retained-only", "", "s", ""),
    ("-s", "--stdin-file", "pr", ""),
    ("-t", "--topic", "psr", "topic"),
    ("-T", "--filter-out", "s", "topic filter"),
    ("-U", "--unsubscribe", "s", "unsubscribe topic"),
    ("-u", "--username", "psr", "username"),
    ("-V", "--protocol-version", "psr", "version"),
    ("-v", "--verbose", "sr", ""),
    ("-W", "", "sr", "timeout"),
    ("--will-payload", "", "psr", "will payload"),
    ("--will-qos", "", "psr", "will QoS"),
    ("--will-retain", "", "psr", ""),
    ("--will-topic", "", "psr", "will topic"),
    ("-x", "", "psr", "session expiry interval"),
    ("--nodelay", "", "psr", ""),
    ("--unix", "", "psr", "socket path"),
    ("--cafile", "", "psr", "file"),
    ("--capath", "", "psr", "directory"),
    ("--cert", "", "psr", "file"),
    ("--ciphers", "", "psr", "ciphers"),
    ("--insecure", "", "psr", ""),
    ("--key", "", "psr", "file"),
    ("--keyform", "", "psr", "keyform"),
    ("--proxy", "", "psr", "proxy url"),
    ("--psk", "", "psr", "key"),
    ("--psk-identity", "", "psr", "identity"),
    ("--tls-alpn", "", "psr", "protocol"),
    ("--tls-engine", "", "psr", "engine_id"),
    ("--tls-engine-kpass-sha1", "", "psr", "kpass sha1"),
    ("--tls-use-os-certs", "", "psr", ""),
    ("--tls-version", "", "psr", "version"),
];

/// All names of a program's options.
pub(super) fn names(program: Program) -> Vec<String> {
    let rows = ROWS.iter().filter(|row| row.2.contains(program.letter()));
    let names = rows.flat_map(|row| [row.0, row.1]).chain(["-D", "--property", "--help", "--version"]);
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Whether a value follows an option.
pub(super) fn takes_value(program: Program, name: &str) -> bool {
    let mut rows = ROWS.iter().filter(|row| row.2.contains(program.letter()));
    rows.any(|row| (row.0 == name || row.1 == name) && !row.3.is_empty())
}
