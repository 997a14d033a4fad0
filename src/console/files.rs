//! The small file tree of the machine that the broker runs on.

use std::sync::Arc;

/// Files at most.
pub const MAX_FILES: usize = 64;
/// Bytes of a file at most.
pub const MAX_FILE: usize = 65_536;

/// What is there at first.
const FILES: &[(&str, &str)] = &[
    ("/etc/hostname", "playground\n"),
    (
        "/etc/mosquitto/aclfile",
        "# Who may do what, once mosquitto.conf names this file as acl_file:\n# user ann\n# topic read news/#\n",
    ),
    (
        "/etc/mosquitto/mosquitto.conf",
        "# Settings of the broker in this tab.\nlistener 1883\nallow_anonymous true\nsys_interval 10\npersistence true\n\
         persistence_location /var/lib/mosquitto/\nlog_dest file /var/log/mosquitto/mosquitto.log\n",
    ),
    (
        "/etc/mosquitto/passwd",
        "# name:password, once mosquitto.conf names this file as password_file:\n# ann:secret\n",
    ),
];

/// Paths and what they hold, in the order of the paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Files(Vec<(String, Arc<str>)>);

impl Default for Files {
    fn default() -> Self {
        Self(FILES.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(*text))).collect())
    }
}

impl Files {
    /// Not one.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// What a file holds.
    pub fn read(&self, path: &str) -> Option<&str> {
        self.0.iter().find(|(of, _)| of == path).map(|(_, text)| &**text)
    }

    /// All paths.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(path, _)| path.as_str())
    }

    /// Writes a file, new or not.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn write(&mut self, path: &str, text: &str) -> Result<(), &'static str> {
        if !path.starts_with('/') || path.ends_with('/') {
            return Err("Give the whole path, from / on");
        }
        if text.len() > MAX_FILE {
            return Err("File too large");
        }
        if let Some((_, held)) = self.0.iter_mut().find(|(of, _)| of == path) {
            *held = Arc::from(text);
            return Ok(());
        }
        if self.0.len() >= MAX_FILES {
            return Err("No space left on device");
        }
        let place = self.0.partition_point(|(of, _)| of.as_str() < path);
        self.0.insert(place, (path.to_owned(), Arc::from(text)));
        Ok(())
    }

    /// What stands in a folder, or the file itself.
    pub fn list(&self, path: &str) -> Vec<String> {
        let folder = [path.trim_end_matches('/'), "/"].concat();
        let mut found: Vec<String> = Vec::new();
        for of in self.paths() {
            let name = match of.strip_prefix(&folder) {
                Some(rest) => rest.split('/').next().unwrap_or(rest),
                None if of == path => of,
                None => continue,
            };
            if found.last().is_none_or(|last| last != name) {
                found.push(name.to_owned());
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_and_listed_within_bounds() {
        let mut files = Files::default();
        assert_eq!(files.list("/etc/mosquitto"), ["aclfile", "mosquitto.conf", "passwd"]);
        assert_eq!(files.list("/"), ["etc"]);
        assert_eq!(files.list("/none"), [""; 0]);
        files.write("/a", "1").expect("written");
        files.write("/a", "2").expect("written again");
        assert_eq!((files.read("/a"), files.list("/a/")), (Some("2"), vec![]));
        assert!(files.write("a", "").is_err() && files.write("/a/", "").is_err());
        assert!(files.write("/b", &"x".repeat(MAX_FILE + 1)).is_err());
        for at in 0..MAX_FILES {
            let _ = files.write(&format!("/n{at}"), "");
        }
        assert_eq!(files.paths().count(), MAX_FILES);
    }
}
