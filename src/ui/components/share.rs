//! Sharing: a link with its size and its QR code, a file, a piece of another page. Part of the second module alone.

use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use super::copy_as::copy;
use super::files;
use super::icon::icon;
use super::segmented::segmented;
use crate::ui::dom::{El, el, fragment, nothing};
use crate::view::qr;

/// Characters of a link that every chat and mail program keeps whole.
const KEPT_WHOLE: usize = 2_000;

/// What is shared.
#[derive(Clone, Default)]
pub struct Shared {
    /// The whole address; nothing where it would be too long.
    pub link: Option<String>,
    /// What the link holds, and what it leaves out, a sentence each.
    pub notes: Vec<String>,
    /// A file that holds the same: its name, its text, and what is to be said of it.
    pub file: Option<(String, String, String)>,
    /// What another page would call it, if it can be a piece of one.
    pub embed: Option<String>,
}

/// What stands below the dialog's head. `shows` is the kind that is looked at: link, file or piece of a page.
pub fn body(shared: Shared, shows: RwSignal<usize>) -> El {
    let shared = StoredValue::new(shared);
    if shared.with_value(|it| it.link.is_none() && it.file.is_some()) {
        shows.set(1);
    }
    let told = RwSignal::new("");
    let names: [(&str, bool); 3] = shared.with_value(|it| {
        [("Link", true), ("File", it.file.is_some()), ("Embed", it.embed.is_some() && it.link.is_some())]
    });
    let choices = names.iter().enumerate().filter(|(_, (_, has))| *has);
    let choices: Vec<_> = choices.map(|(at, (name, _))| (at, Signal::stored((*name).to_owned()))).collect();
    let tabs = (choices.len() > 1).then(|| {
        let choose = Callback::new(move |at| {
            told.set("");
            shows.set(at);
        });
        segmented("Share as", choices, shows.into(), choose)
    });
    let shown = move || {
        let shared = shared.get_value();
        match (shows.get(), shared) {
            (1, Shared { file: Some((name, text, words)), .. }) => file(name, text, &words),
            (2, Shared { link: Some(link), embed: Some(title), .. }) => embed(&link, &title, told),
            (_, Shared { link: Some(link), notes, .. }) => address(&link, &notes, told),
            _ => el("p", "").text("This is too large for a link: share the file instead."),
        }
    };
    fragment([
        el("div", "dialog__body").with(tabs).child(el("div", "share").fill(shown)),
        el("footer", "dialog__foot").child(el("p", "").attr("role", "status").bind_text(move || {
            let told = told.get();
            if told.is_empty() { "What stands behind # in a link never leaves the browser." } else { told }
        })),
    ])
}

fn address(link: &str, notes: &[String], told: RwSignal<&'static str>) -> El {
    let (again, count) = (link.to_owned(), link.chars().count());
    let input = el("input", "input input--mono")
        .attrs(&[("readonly", ""), ("aria-label", "Link"), ("data-testid", "share-link")])
        .attr("value", link)
        .on("focus", |event: Event| event_target::<HtmlInputElement>(&event).select());
    let button = el("button", "button button--primary")
        .attrs(&[("type", "button"), ("data-testid", "share-copy")])
        .click(move || copy(&again, told))
        .child(icon("i-copy", "icon icon--sm"))
        .text("Copy");
    let size = el("p", if count > KEPT_WHOLE { "share__size is-long" } else { "share__size" })
        .attr("data-testid", "share-size")
        .child(el("b", "").text(&[&grouped(count), " characters"].concat()))
        .text(if count > KEPT_WHOLE {
            ": more than 2,000, and some chats cut it. Send the file instead."
        } else {
            ", of 2,000 that every chat keeps whole."
        });
    let told = el("ul", "include-list").all(notes.iter().map(|note| el("li", "").text(note)));
    el("div", "share-grid")
        .child(
            el("div", "share__words")
                .child(el("div", "share-link").child(input).child(button))
                .child(size)
                .child(told),
        )
        .child(picture(link))
}

/// The link for a phone's camera.
fn picture(link: &str) -> El {
    let Some(code) = qr::code(link) else {
        return el("p", "share__none").text("Too long for a QR code that a phone reads from a screen.");
    };
    let side = code.side.to_string();
    let path = el("path", "").attr("d", &code.path);
    let drawn = el("svg", "")
        .attrs(&[("role", "img"), ("aria-label", "QR code of the link"), ("shape-rendering", "crispEdges")])
        .attr("viewBox", &["0 0 ", &side, " ", &side].concat())
        .child(path);
    // Two points a module at least: less, and a camera cannot tell them apart.
    el("div", "qr").style("--side", &[&(2 * code.side).max(132).to_string(), "px"].concat()).child(drawn)
}

fn file(name: String, text: String, told: &str) -> El {
    let kilobytes = text.len().div_ceil(1024).to_string();
    let button = el("button", "button button--primary")
        .attrs(&[("type", "button"), ("data-testid", "share-file")])
        .child(icon("i-save", "icon icon--sm"))
        .text("Save file");
    let words = el("p", "").child(el("b", "").text(&name)).text(&[", ", &kilobytes, " KB. ", told].concat());
    el("div", "share__words")
        .child(words)
        .child(el("p", "").child(button.click(move || files::save(&name, &text))))
}

fn embed(link: &str, title: &str, told: RwSignal<&'static str>) -> El {
    let code = embed_code(link, title);
    let box_ = el("pre", "code-box")
        .attrs(&[("tabindex", "0"), ("aria-label", "Embed code"), ("data-testid", "share-embed")])
        .text(&code);
    let button = el("button", "button button--primary")
        .attr("type", "button")
        .click(move || copy(&code, told))
        .child(icon("i-copy", "icon icon--sm"))
        .text("Copy embed code");
    el("div", "share__words").child(box_).child(el("p", "").child(button))
}

/// The element for another page.
fn embed_code(link: &str, title: &str) -> String {
    let (page, fragment) = link.split_once('#').unwrap_or((link, ""));
    let title = title.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    [
        "<iframe src=\"",
        page,
        "?embed#",
        fragment,
        "\"\n  width=\"100%\" height=\"420\" title=\"",
        &title,
        "\"></iframe>",
    ]
    .concat()
}

/// `9,412`
fn grouped(number: usize) -> String {
    match (number / 1_000, number % 1_000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => {
            let rest = rest.to_string();
            [&thousands.to_string(), ",", &"00"[..3 - rest.len()], &rest].concat()
        }
    }
}

/// Until what is shared has been made.
pub fn waiting() -> El {
    nothing().child(el("p", "drawer__empty").attr("role", "status").text("Making the link…"))
}
