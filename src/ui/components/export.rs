//! Exporting the diagram: a dialog with a preview. Part of the second module alone, which gets the record as bytes.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlAnchorElement, HtmlCanvasElement, HtmlImageElement};

use super::copy_as::copy;
use super::field::{Take, text_field};
use super::icon::icon;
use super::modal::modal;
use super::segmented::segmented;
use crate::capture::{Capture, EndId, FrameId, Step};
use crate::ui::dom::{El, el, fragment, nothing};
use crate::view::diagram::{LaneWishes, Lanes, Plan};
use crate::view::export::{Drawing, MOST_PACKETS, Options, Scene, mermaid, svg, text};
use crate::view::table::extent;

/// Packets of the range that the preview shows.
const PREVIEW: u32 = 60;
/// Pixels of a picture to one of the drawing, and how long its sides may be: what all browsers can draw.
const SCALE: u32 = 2;
const LONGEST: u32 = 16_384;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Svg,
    Png,
    Text,
    Mermaid,
}

const FORMATS: [(Format, &str); 4] =
    [(Format::Svg, "SVG"), (Format::Png, "PNG"), (Format::Text, "Text"), (Format::Mermaid, "Mermaid")];
const WIDTHS: [u32; 3] = [960, 1280, 1920];

struct Record {
    capture: Capture,
    plan: Plan,
    step: Step,
    lanes: Lanes,
}

/// The dialog's state.
#[derive(Clone, Copy)]
struct Export {
    record: StoredValue<Record>,
    /// The first packet that is held, and how many had been sent.
    extent: (FrameId, u32),
    format: RwSignal<Format>,
    from: RwSignal<String>,
    to: RwSignal<String>,
    bytes: RwSignal<bool>,
    notes: RwSignal<bool>,
    dark: RwSignal<bool>,
    width: RwSignal<u32>,
    told: RwSignal<&'static str>,
}

/// Opens the dialog for a packed capture as it was known at `step`; `chosen` is the range of the chosen exchange,
/// `order` the lifelines' from left to right.
pub fn open(packed: &[u8], step: Step, chosen: Option<(FrameId, FrameId)>, order: Vec<EndId>) {
    let Some(capture) = Capture::unpack(packed) else { return };
    let (sent, first) = extent(&capture, step);
    let plan = Plan::new(&capture);
    let lanes = Lanes::new(&capture, &plan, step, &LaneWishes::wide(order));
    let title = fragment([icon("i-export", "icon icon--sm"), el("h2", "").text("Export the diagram")]);
    modal("dialog--export", "Export the diagram", title, move || {
        let export = Export {
            record: StoredValue::new(Record { capture, plan, step, lanes }),
            extent: (first, sent as u32),
            format: RwSignal::new(Format::Svg),
            from: RwSignal::new((first + 1).to_string()),
            to: RwSignal::new((first + sent as u32).to_string()),
            bytes: RwSignal::new(true),
            notes: RwSignal::new(true),
            dark: RwSignal::new(false),
            width: RwSignal::new(WIDTHS[0]),
            told: RwSignal::new(""),
        };
        fragment([el("div", "export").child(export.form(chosen)).child(export.preview()), export.foot()])
    });
}

impl Export {
    /// What is asked for; nothing if the range is none.
    fn options(&self) -> Option<Options> {
        let (first, sent) = self.extent;
        let number =
            |text: RwSignal<String>| text.with(|text| text.trim().parse::<u32>().ok()?.checked_sub(1));
        let (from, to) = (number(self.from)?, number(self.to)?);
        (first <= from && from <= to && to < first + sent).then(|| Options {
            range: (from, to),
            bytes: self.bytes.get(),
            notes: self.notes.get(),
            dark: self.dark.get(),
            width: self.width.get(),
        })
    }

    fn draw(&self, options: &Options) -> Drawing {
        self.with(|scene| svg(scene, options))
    }

    fn write(&self, format: Format, options: &Options) -> String {
        self.with(|scene| match format {
            Format::Svg | Format::Png => svg(scene, options).svg,
            Format::Text => text(scene, options),
            Format::Mermaid => mermaid(scene, options),
        })
    }

    fn with<R>(&self, read: impl FnOnce(Scene<'_>) -> R) -> R {
        self.record.with_value(|it| {
            read(Scene { capture: &it.capture, plan: &it.plan, step: it.step, lanes: &it.lanes })
        })
    }

    fn form(self, chosen: Option<(FrameId, FrameId)>) -> El {
        let formats = FORMATS.map(|(format, name)| (format, Signal::stored(name.to_owned())));
        let choose = Callback::new(move |format| {
            self.format.set(format);
            self.told.set("");
        });
        let take = Take { mode: Some("numeric"), ..Take::default() };
        let wrong = Signal::derive(move || {
            let (first, sent) = self.extent;
            let range = [&(first + 1).to_string(), " to ", &(first + sent).to_string()].concat();
            self.options().is_none().then(|| {
                if sent == 0 {
                    "No packet has been sent yet.".to_owned()
                } else {
                    ["Packets ", &range].concat()
                }
            })
        });
        let set = move |range: (FrameId, FrameId)| {
            self.from.set((range.0 + 1).to_string());
            self.to.set((range.1 + 1).to_string());
        };
        let (first, sent) = self.extent;
        let button = |name: &str, range: (FrameId, FrameId)| {
            el("button", "button button--sm").attr("type", "button").click(move || set(range)).text(name)
        };
        let range = el("div", "export__range")
            .child(text_field("From packet", self.from, wrong, Signal::stored(false), take))
            .child(text_field("to packet", self.to, Signal::stored(None), Signal::stored(false), take));
        let quick = el("div", "export__quick")
            .child(button("All", (first, first + sent.saturating_sub(1))))
            .with(chosen.map(|range| button("The chosen exchange", range)));
        let drawn = move || matches!(self.format.get(), Format::Svg | Format::Png);
        let look = el("div", "export__look")
            .bind_flag("hidden", move || !drawn())
            .child(check("Dark", self.dark))
            .child(self.widths());
        el("div", "export__form")
            .child(segmented("Format", formats.to_vec(), self.format.into(), choose))
            .child(range)
            .child(quick)
            .child(check("Bytes", self.bytes))
            .child(check("Notes", self.notes))
            .child(look)
    }

    fn widths(self) -> El {
        let options = WIDTHS.map(|width| {
            let name = [&width.to_string(), " px"].concat();
            el("option", "").attr("value", &width.to_string()).text(&name)
        });
        let select = el("select", "select").all(options).on("change", move |event: Event| {
            if let Ok(width) = event_target_value(&event).parse() {
                self.width.set(width);
            }
        });
        el("label", "field").child(el("span", "field__label").text("Width")).child(select)
    }

    fn preview(self) -> El {
        let shown = move || {
            let Some(options) = self.options() else { return nothing() };
            let (from, to) = options.range;
            let first = Options { range: (from, to.min(from + PREVIEW - 1)), ..options };
            let rest = (to > first.range.1).then(|| {
                let words = ["The preview shows the first ", &PREVIEW.to_string(), " packets."].concat();
                el("p", "export__rest").text(&words)
            });
            let format = self.format.get();
            let it = match format {
                Format::Svg | Format::Png => {
                    let drawing = self.draw(&first);
                    el("img", "")
                        .attrs(&[("alt", "Preview of the drawing"), ("src", &address(&drawing.svg))])
                        .num("width", drawing.width as usize)
                        .num("height", drawing.height as usize)
                }
                Format::Text | Format::Mermaid => el("pre", "code-box").text(&self.write(format, &first)),
            };
            nothing().child(it).with(rest)
        };
        el("div", "export__preview")
            .attrs(&[
                ("tabindex", "0"),
                ("role", "group"),
                ("aria-label", "Preview"),
                ("data-testid", "preview"),
            ])
            .fill(shown)
    }

    fn foot(self) -> El {
        let none = move || self.options().is_none();
        let told = move || {
            let told = self.told.get();
            if !told.is_empty() {
                return told.to_owned();
            }
            let count = self.options().map_or(0, |it| it.range.1 - it.range.0 + 1);
            let most = MOST_PACKETS.to_string();
            if count as usize > MOST_PACKETS {
                return ["The first ", &most, " packets; the rest is counted."].concat();
            }
            let packets = if count == 1 { " packet" } else { " packets" };
            [&count.to_string(), packets, ", with all bytes as they are."].concat()
        };
        let copy = el("button", "button")
            .attrs(&[("type", "button"), ("data-testid", "export-copy")])
            .bind_flag("disabled", move || none() || self.format.get() == Format::Png)
            .click(move || {
                if let Some(options) = untrack(|| self.options()) {
                    copy(&self.write(self.format.get_untracked(), &options), self.told);
                }
            })
            .child(icon("i-copy", "icon icon--sm"))
            .text("Copy");
        let download = el("button", "button button--primary")
            .attrs(&[("type", "button"), ("data-testid", "export-download")])
            .bind_flag("disabled", none)
            .click(move || untrack(|| self.download()))
            .child(icon("i-down", "icon icon--sm"))
            .text("Download");
        el("footer", "dialog__foot")
            .child(el("p", "").attr("role", "status").bind_text(told))
            .child(copy)
            .child(download)
    }

    fn download(self) {
        let Some(options) = self.options() else { return };
        self.told.set("");
        let format = self.format.get();
        let (name, kind) = match format {
            Format::Svg => ("sequence.svg", "image/svg+xml"),
            Format::Text => ("sequence.txt", "text/plain;charset=utf-8"),
            Format::Mermaid => ("sequence.mmd", "text/plain;charset=utf-8"),
            Format::Png => return self.download_png(&options),
        };
        let bag = web_sys::BlobPropertyBag::new();
        bag.set_type(kind);
        let parts = js_sys::Array::of1(&self.write(format, &options).into());
        if let Ok(blob) = web_sys::Blob::new_with_str_sequence_and_options(&parts, &bag) {
            save(&blob, name);
        }
    }

    /// The drawing as the browser draws it, with its own fonts.
    fn download_png(self, options: &Options) {
        const TOO_TALL: &str = "Too tall for a picture: choose fewer packets, or SVG.";
        const FAILED: &str = "The browser could not draw it. SVG holds the same.";
        let drawing = self.draw(options);
        let (width, height) = (drawing.width * SCALE, drawing.height * SCALE);
        if height > LONGEST {
            self.told.set(TOO_TALL);
            return;
        }
        let Ok(image) = HtmlImageElement::new() else { return };
        let told = self.told;
        let source = image.clone();
        let drawn = Closure::once_into_js(move || {
            if paint(&source, width, height).is_none() {
                told.try_set(FAILED);
            }
        });
        image.set_onload(Some(drawn.unchecked_ref()));
        image.set_src(&address(&drawing.svg));
    }
}

/// An address that is the drawing itself: the content security policy lets pictures come from there.
fn address(svg: &str) -> String {
    let encoded = String::from(js_sys::encode_uri_component(svg));
    ["data:image/svg+xml;charset=utf-8,", &encoded].concat()
}

fn paint(image: &HtmlImageElement, width: u32, height: u32) -> Option<()> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d").ok()??;
    let context: web_sys::CanvasRenderingContext2d = context.dyn_into().ok()?;
    let (w, h) = (f64::from(width), f64::from(height));
    context.draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, w, h).ok()?;
    let done = Closure::once_into_js(move |blob: Option<web_sys::Blob>| {
        if let Some(blob) = blob {
            save(&blob, "sequence.png");
        }
    });
    canvas.to_blob(done.unchecked_ref()).ok()
}

fn save(blob: &web_sys::Blob, name: &str) {
    let Ok(address) = web_sys::Url::create_object_url_with_blob(blob) else { return };
    if let Some(link) =
        document().create_element("a").ok().and_then(|it| it.dyn_into::<HtmlAnchorElement>().ok())
    {
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    // The browser has taken hold of it by the next time round.
    set_timeout(
        move || {
            let _ = web_sys::Url::revoke_object_url(&address);
        },
        core::time::Duration::from_secs(10),
    );
}

fn check(name: &str, value: RwSignal<bool>) -> El {
    let input = el("input", "")
        .attr("type", "checkbox")
        .bind_property("checked", move || value.get())
        .on("change", move |event: Event| value.set(event_target_checked(&event)));
    el("label", "check").child(input).text(name)
}
