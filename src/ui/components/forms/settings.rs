//! The broker's settings in a dialog: a form beside the mosquitto.conf that it reads and writes.

use leptos::prelude::*;
use web_sys::Event;

use super::field::select;
use crate::broker::{BrokerConfig, Conf, ConfError};
use crate::sim::Action;
use crate::ui::components::dialog::dialog;
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Memo, el, fragment, nothing};
use crate::view::form::{SETTINGS, SettingKind, Settings, conf_words, setting_kind};

/// What the dialog needs, and what comes of it.
#[derive(Clone, Copy)]
pub(super) struct SettingsEvents {
    /// How the broker is set now.
    pub current: Callback<(), BrokerConfig>,
    /// Does this to it.
    pub act: Callback<Action>,
    /// It has been stopped.
    pub stopped: bool,
    /// What it is called, and what is done about that.
    pub named: Named,
}

/// A broker that is called something and may go.
#[derive(Clone, Copy)]
pub(super) struct Named {
    /// Its name.
    pub name: StoredValue<String>,
    /// Calls it so, or tells why not.
    pub rename: Callback<String, Option<String>>,
    /// Takes it away, or tells why not; the first one stays.
    pub remove: Option<Callback<(), Option<String>>>,
}

/// The dialog's state while it is open.
#[derive(Clone, Copy)]
struct Open {
    draft: RwSignal<Settings>,
    read: Memo<Result<Conf, ConfError>>,
}

impl Open {
    fn wrong(&self, directive: &str) -> bool {
        self.read.with(|read| read.as_ref().is_err_and(|error| error.directive == directive))
    }
}

/// The dialog; open while `open` holds.
pub(super) fn broker_settings(open: RwSignal<bool>, name: &str, events: SettingsEvents) -> El {
    // The first one is called so anyway.
    let title = if name == "Broker" { "Broker settings".to_owned() } else { ["Settings of ", name].concat() };
    let title =
        fragment([icon("i-gear", "icon icon--sm"), el("h2", "").attr("id", "settings-h").text(&title)]);
    let body = move || if open.get() { untrack(|| content(events)) } else { nothing() };
    let label = ("aria-labelledby", "settings-h");
    dialog("dialog dialog--settings", label, title, open, el("div", "settings").fill(body))
}

fn content(events: SettingsEvents) -> El {
    let draft = RwSignal::new(Settings::of(&events.current.run(())));
    let it = Open { draft, read: Memo::new(move |_| draft.with(Settings::parse)) };
    let groups = SETTINGS.iter().map(|(title, all)| {
        let fields = all.iter().map(|(directive, words)| field(it, directive, words));
        el("section", "popover__group")
            .child(el("h3", "").text(title))
            .child(el("div", "form-grid").all(fields))
    });
    let texts = el("div", "popover__col settings__text").all([
        area(it, "mosquitto.conf", "conf", "12", |all| &mut all.text),
        area(it, "Users, a line each: name:password", "users", "4", |all| &mut all.users),
        area(it, "Access rules: user ann, topic read a/#, pattern write u/%u", "rules", "5", |all| {
            &mut all.access
        }),
    ]);
    let stop = || {
        el("button", "button")
            .attrs(&[("type", "button"), ("data-testid", "settings-stop")])
            .click(move || events.act.run(Action::StopBroker))
            .text("Stop broker")
    };
    let button = |class: &str, id: &str, words: &str, action: fn(Box<BrokerConfig>) -> Action| {
        el("button", class)
            .attrs(&[("type", "button"), ("data-testid", id)])
            .bind_flag("disabled", move || it.read.with(Result::is_err))
            .click(move || {
                if let Ok(conf) = it.read.get_untracked() {
                    events.act.run(action(Box::new(conf.config)));
                }
            })
            .text(words)
    };
    let buttons = match events.stopped {
        true => fragment([
            button("button", "settings-restart", "Start with nothing kept", Action::RestartBroker),
            button("button button--primary", "settings-start", "Start broker", Action::RestartBrokerKeeping),
        ]),
        false => fragment([
            stop(),
            button("button", "settings-restart", "Restart broker", Action::RestartBroker),
            button("button button--primary", "settings-apply", "Apply", Action::ConfigureBroker),
        ]),
    };
    let stopped = events.stopped;
    let trouble = RwSignal::new(None::<String>);
    let name = name_of(events.named, trouble);
    let told = move || {
        trouble.get().map_or_else(nothing, |words| el("p", "is-bad").attr("role", "alert").text(&words))
    };
    let foot = el("footer", "dialog__foot")
        .dynamic(told)
        .dynamic(move || it.read.with(|read| verdict(read, stopped)))
        .child(buttons);
    fragment([
        el("div", "settings__body").child(el("div", "popover__col").child(name).all(groups)).child(texts),
        foot,
    ])
}

/// What it is called, and the way to take it away.
fn name_of(named: Named, trouble: RwSignal<Option<String>>) -> El {
    let draft = RwSignal::new(named.name.get_value());
    let same = move || {
        let known = named.name.get_value();
        draft.with(|draft| draft.trim().is_empty() || draft.trim() == known)
    };
    let small = |words: &str, id: &str| {
        el("button", "button button--sm").attrs(&[("type", "button"), ("data-testid", id)]).text(words)
    };
    let input = el("input", "input")
        .attrs(&[("id", "settings-name"), ("data-testid", "settings-name"), ("maxlength", "64")])
        .attrs(&[("autocomplete", "off"), ("spellcheck", "false")])
        .bind_value(move || draft.get())
        .on("input", move |event: Event| draft.set(event_target_value(&event)));
    let rename = small("Rename", "settings-rename").bind_flag("disabled", same).click(move || {
        trouble.set(named.rename.run(draft.get_untracked().trim().to_owned()));
    });
    let remove = named.remove.map(|remove| {
        small("Remove this broker", "settings-remove")
            .attr("title", "Its clients are the first broker's then; Undo brings it back")
            .click(move || trouble.set(remove.run(())))
    });
    let label = el("label", "field__label").attr("for", "settings-name").text("What it is called");
    el("section", "popover__group")
        .child(el("h3", "").text("This broker"))
        .child(el("div", "field").child(label).child(input))
        .child(el("div", "settings__name").child(rename).with(remove))
}

fn verdict(read: &Result<Conf, ConfError>, stopped: bool) -> El {
    let line = |class: &str, symbol: &str, words: &str| {
        el("p", class)
            .attr("data-testid", "settings-verdict")
            .child(icon(symbol, "icon icon--xs"))
            .text(words)
    };
    match read {
        Err(error) => line("is-bad", "i-warn", &conf_words(error)).attr("role", "alert"),
        Ok(conf) if !conf.ignored.is_empty() => {
            let mut words = "These mean nothing here: ".to_owned();
            for (at, it) in conf.ignored.iter().enumerate() {
                words.extend([
                    if at == 0 { "" } else { ", " },
                    &it.directive,
                    " (line ",
                    &it.line.to_string(),
                    ")",
                ]);
            }
            words.push('.');
            line("is-note", "i-info", &words)
        }
        Ok(_) if stopped => line(
            "is-note",
            "i-info",
            "It is stopped: connections are refused. Started, it has what its disk has kept, or nothing.",
        ),
        Ok(_) => line(
            "is-note",
            "i-info",
            "Applied, connections and sessions stay. A restart cuts all links and forgets what the broker knows.",
        ),
    }
}

fn field(it: Open, directive: &'static str, words: &str) -> El {
    let shown = move || it.draft.with(|draft| draft.shown(directive));
    let set = move |value: &str| it.draft.update(|draft| draft.set(directive, value));
    let id = ["setting-", directive].concat();
    let input = match setting_kind(directive) {
        SettingKind::Switch => {
            let input = el("input", "")
                .attrs(&[("type", "checkbox"), ("data-testid", &id)])
                .bind_property("checked", move || shown() == "true")
                .on("change", move |event: Event| {
                    set(if event_target_checked(&event) { "true" } else { "false" })
                });
            let label = el("label", "check").attr("title", directive).child(input).text(words);
            return el("div", "is-half").child(label);
        }
        SettingKind::Choice(options) => {
            let options: Vec<_> = options.iter().map(|it| (*it, *it)).collect();
            select(&options, Box::new(shown), Box::new(move |value| set(&value)))
        }
        SettingKind::Line => el("input", "input input--mono")
            .attrs(&[("autocomplete", "off"), ("autocapitalize", "off"), ("spellcheck", "false")])
            .bind_value(shown)
            .on("input", move |event: Event| set(&event_target_value(&event))),
    };
    let input = input
        .attr("id", &id)
        .attr("data-testid", &id)
        .attr("title", directive)
        .bind_state("aria-invalid", move || it.wrong(directive));
    el("div", "field is-half").child(el("label", "field__label").attr("for", &id).text(words)).child(input)
}

fn area(it: Open, words: &str, id: &str, rows: &str, part: fn(&mut Settings) -> &mut String) -> El {
    let is_file = id != "conf";
    let id = ["settings-", id].concat();
    let input = el("textarea", "input input--mono")
        .attrs(&[("id", &id), ("data-testid", &id), ("rows", rows), ("spellcheck", "false")])
        .bind_value(move || it.draft.with(|draft| part(&mut draft.clone()).clone()))
        .on("input", move |event: Event| {
            it.draft.update(|draft| {
                *part(draft) = event_target_value(&event);
                if is_file {
                    draft.name_files();
                }
            });
        });
    el("div", "field").child(el("label", "field__label").attr("for", &id).text(words)).child(input)
}
