//! A broker's settings as JavaScript writes them: text of a mosquitto.conf, an object with the same names, or both.

use std::collections::BTreeMap;

use js_sys::{Array, JSON, JsString, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::broker::{BrokerConfig, Conf, ConfError, ConfFault, ConfFiles, HashCheck, IgnoredDirective};

/// Names of files and their texts.
type Files = BTreeMap<String, String>;

/// Why settings are not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum SettingsError {
    #[error("a broker's settings are the text of a mosquitto.conf, or an object, or left out")]
    Neither,
    #[error("conf must be a string: the text of a mosquitto.conf")]
    ConfNotText,
    #[error("files must be an object: file names with their texts")]
    Files,
    /// Names the line.
    #[error("{0}")]
    Conf(ConfError),
    #[error("{directive}: {fault}")]
    Directive { directive: String, fault: ConfFault },
}

/// Reads settings over the defaults: first `conf`, the text of a mosquitto.conf, then each other member as a directive.
/// `files` has the texts of the files that directives name.
pub(super) fn read(settings: &JsValue) -> Result<Conf, SettingsError> {
    if settings.is_undefined() || settings.is_null() {
        return Ok(Conf::default());
    }
    if let Some(text) = settings.as_string() {
        return parse(&text, &Files::new());
    }
    if !settings.is_object() || Array::is_array(settings) {
        return Err(SettingsError::Neither);
    }
    let files = match member(settings, "files") {
        none if none.is_undefined() => Files::new(),
        files => serde_wasm_bindgen::from_value(files).map_err(|_| SettingsError::Files)?,
    };
    let text = member(settings, "conf");
    let mut conf = match text.as_string() {
        Some(text) => parse(&text, &files)?,
        None if text.is_undefined() => Conf::default(),
        None => return Err(SettingsError::ConfNotText),
    };
    for name in Object::keys(settings.unchecked_ref::<Object>()).iter().filter_map(|name| name.as_string()) {
        if name != "conf" && name != "files" {
            set(&mut conf, &name, &member(settings, &name), &files)?;
        }
    }
    Ok(conf)
}

/// One directive; of a list, each entry.
fn set(conf: &mut Conf, directive: &str, value: &JsValue, files: &Files) -> Result<(), SettingsError> {
    if value.is_undefined() {
        return Ok(());
    }
    let values = if Array::is_array(value) { Array::from(value) } else { Array::of1(value) };
    for value in values.iter() {
        let value = written(&value);
        match with_files(files, |files| conf.config.set(directive, &value, files)) {
            Ok(()) => {}
            Err(ConfFault::Meaningless) => {
                conf.ignored.push(IgnoredDirective { line: 0, directive: directive.to_owned(), value });
            }
            Err(fault) => return Err(SettingsError::Directive { directive: directive.to_owned(), fault }),
        }
    }
    Ok(())
}

/// A value as one writes it: `true`, `20`, a string without quotes.
pub(super) fn written(value: &JsValue) -> String {
    let written = || JSON::stringify(value).ok()?.as_string();
    value.as_string().or_else(written).unwrap_or_default()
}

fn parse(text: &str, files: &Files) -> Result<Conf, SettingsError> {
    with_files(files, |files| Conf::parse(text, files)).map_err(SettingsError::Conf)
}

fn with_files<T>(files: &Files, work: impl FnOnce(&mut ConfFiles<'_>) -> T) -> T {
    let mut read = |name: &str| files.get(name).cloned();
    work(&mut ConfFiles { read: &mut read, hashes: Some(HashCheck::MOSQUITTO) })
}

fn member(object: &JsValue, name: &str) -> JsValue {
    // Not an object: nothing in it.
    Reflect::get(object, &JsString::from(name)).unwrap_or(JsValue::UNDEFINED)
}

/// The directives that mean nothing here, as an array of objects.
pub(super) fn told(ignored: &[IgnoredDirective]) -> Array {
    #[derive(Serialize)]
    struct Ignored<'a> {
        /// None if it was a member of its own.
        line: Option<usize>,
        directive: &'a str,
        value: &'a str,
    }
    let tell = |it: &IgnoredDirective| {
        let line = Some(it.line).filter(|line| *line > 0);
        let told = Ignored { line, directive: &it.directive, value: &it.value };
        // Texts and numbers always have a form in JavaScript.
        serde_wasm_bindgen::to_value(&told).unwrap_or_default()
    };
    ignored.iter().map(tell).collect()
}

/// The users whose passwords are known as they are: they may prove them with SCRAM-SHA-256.
pub(super) fn plain_users(config: &BrokerConfig) -> impl Iterator<Item = (&str, &[u8])> {
    use crate::broker::Secret;
    config.users.iter().filter_map(|user| match &user.password {
        Secret::Plain(password) => Some((&*user.name, &**password)),
        Secret::Hashed(..) => None,
    })
}
