//! Elements and what never changes about them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, Event, HtmlElement, Node};

/// Text that is either part of the program or made while it runs.
pub type Words = Cow<'static, str>;

/// Holds an element once it has been made.
pub type Slot = RwSignal<Option<HtmlElement>>;

const SVG: &str = "http://www.w3.org/2000/svg";
/// Names of elements that are drawn rather than laid out.
const SVG_NAMES: [&str; 4] = ["svg", "use", "symbol", "path"];

/// A piece of the page: an element, a text, or several in a row until they are put somewhere. A copy is another handle
/// to the same.
#[derive(Clone, Debug)]
pub struct El(pub(super) Node);

/// An element with its classes; `""` for none.
pub fn el(name: &str, class: &str) -> El {
    copy_of(name, class, &|| {
        let document = document();
        let made = if SVG_NAMES.contains(&name) {
            document.create_element_ns(Some(SVG), name)
        } else {
            document.create_element(name)
        };
        // Only a name that no element can have is refused, and all names stand in this program.
        let Ok(element) = made else { return nothing() };
        let it = El(element.into());
        if class.is_empty() { it } else { it.attr("class", class) }
    })
}

/// Elements that are kept to be copied.
const MADE_MOST: usize = 4_000;

/// A copy of what `make` makes, which it does once for each name and kind: a copy is had in one call, without handing
/// texts to the browser again. What is made must follow no signal.
pub fn copy_of(name: &str, kind: &str, make: &dyn Fn() -> El) -> El {
    thread_local! {
        static MADE: RefCell<Vec<(String, String, Node)>> = const { RefCell::new(Vec::new()) };
    }
    let place = |made: &Vec<(String, String, Node)>| {
        made.binary_search_by(|it| it.0.as_str().cmp(name).then_with(|| it.1.as_str().cmp(kind)))
    };
    let known = MADE.with_borrow(|made| place(made).ok().map(|at| made[at].2.clone()));
    let node = known.unwrap_or_else(|| {
        // It may ask for copies itself.
        let node = make().0;
        MADE.with_borrow_mut(|made| {
            let (Ok(at) | Err(at)) = place(made);
            if made.len() < MADE_MOST {
                made.insert(at, (name.to_owned(), kind.to_owned(), node.clone()));
            }
        });
        node
    });
    node.clone_node_with_deep(true).map_or(El(node), El)
}

/// A text.
pub fn text(words: &str) -> El {
    El(document().create_text_node(words).into())
}

/// Several pieces in a row.
pub fn fragment<const N: usize>(pieces: [El; N]) -> El {
    many(pieces)
}

/// As many pieces as there are.
pub fn many(pieces: impl IntoIterator<Item = El>) -> El {
    nothing().all(pieces)
}

/// No piece at all.
pub fn nothing() -> El {
    El(document().create_document_fragment().into())
}

fn document() -> Document {
    thread_local! {
        static DOCUMENT: Document = leptos::prelude::document();
    }
    DOCUMENT.with(Document::clone)
}

impl El {
    /// The element itself.
    pub fn element(&self) -> &Element {
        self.0.unchecked_ref()
    }

    /// Sets an attribute.
    pub fn attr(self, name: &str, value: &str) -> Self {
        set_attr(self.element(), name, value);
        self
    }

    /// Sets attributes.
    pub fn attrs(self, all: &[(&str, &str)]) -> Self {
        for (name, value) in all {
            set_attr(self.element(), name, value);
        }
        self
    }

    /// Sets an attribute if there is a value for it.
    pub fn maybe(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// Sets an attribute to a number.
    pub fn num(self, name: &str, value: usize) -> Self {
        self.attr(name, &value.to_string())
    }

    /// Sets an attribute to `true` or `false`, as ARIA's states are told.
    pub fn state(self, name: &str, on: bool) -> Self {
        self.attr(name, if on { "true" } else { "false" })
    }

    /// Sets a property of its style.
    pub fn style(self, name: &str, value: &str) -> Self {
        set_style(self.element(), name, value);
        self
    }

    /// Puts a text at its end.
    pub fn text(self, words: &str) -> Self {
        // Pieces in a row take texts as elements do.
        let _ = self.element().append_with_str_1(words);
        self
    }

    /// Puts a piece at its end.
    pub fn child(self, piece: El) -> Self {
        // Refused only where a piece would come to stand inside itself.
        let _ = self.0.append_child(&piece.0);
        self
    }

    /// Puts a piece at its end if there is one.
    pub fn with(self, piece: Option<El>) -> Self {
        match piece {
            Some(piece) => self.child(piece),
            None => self,
        }
    }

    /// Puts all pieces at its end.
    pub fn all(self, pieces: impl IntoIterator<Item = El>) -> Self {
        self.append(&mut pieces.into_iter());
        self
    }

    fn append(&self, pieces: &mut dyn Iterator<Item = El>) {
        for piece in pieces {
            let _ = self.0.append_child(&piece.0);
        }
    }

    /// Calls `handle` at each event of this name, for as long as the current owner lives.
    pub fn on<E: JsCast>(self, name: &str, handle: impl Fn(E) + 'static) -> Self {
        self.listen(name, Rc::new(move |event: Event| handle(event.unchecked_into())));
        self
    }

    /// Calls `act` at each click.
    pub fn click(self, act: impl Fn() + 'static) -> Self {
        self.listen("click", Rc::new(move |_| act()));
        self
    }

    fn listen(&self, name: &str, handle: Rc<dyn Fn(Event)>) {
        let handle = StoredValue::new_local(handle);
        // Taken out before it is called: it may make or drop what is stored in the same place.
        let listener = Closure::<dyn Fn(Event)>::new(move |event| {
            if let Some(handle) = handle.try_get_value() {
                handle(event);
            }
        });
        // The browser frees the listener together with its element.
        let listener = listener.into_js_value();
        let _ = self.0.add_event_listener_with_callback(name, listener.unchecked_ref());
    }

    /// Puts it at an element's end.
    pub fn put_into(self, element: &Element) {
        let _ = element.append_child(&self.0);
    }

    /// Remembers the element.
    pub fn slot(self, slot: Slot) -> Self {
        slot.set(Some(self.0.clone().unchecked_into()));
        self
    }
}

pub(super) fn set_attr(element: &Element, name: &str, value: &str) {
    // Refused only for a name that no attribute can have.
    let _ = element.set_attribute(name, value);
}

pub(super) fn set_style(element: &Element, name: &str, value: &str) {
    let _ = element.unchecked_ref::<HtmlElement>().style().set_property(name, value);
}
