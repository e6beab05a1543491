//! The guide's diagrams: one insurance business, wired in seven ways.

use crate::diagram::Document;
use crate::later::later;

/// A diagram of the guide.
pub struct GuideDiagram {
    /// Names it on the command line and in the address.
    pub id: &'static str,
    pub title: &'static str,
    /// Simulated seconds per second at which it opens.
    pub speed: f64,
}

/// What to say about a diagram.
pub struct Sentences {
    pub when_to_use: &'static str,
    pub what_it_costs: &'static str,
    pub what_to_try: &'static str,
}

/// The document of a diagram. All but the opening one come later.
fn source(id: &str) -> Option<&'static str> {
    match id {
        OPENING => Some(include_str!("decouple-queue.json")),
        _ => (Sources::get()?.find)(id),
    }
}

later! {
    /// The documents of the other diagrams, and what there is to say about them.
    Sources {
        find: fn(&str) -> Option<&'static str> = other_source,
        sentences: fn(&str) -> Option<&'static Sentences> = other_sentences,
    }
}

fn other_source(id: &str) -> Option<&'static str> {
    Some(match id {
        "gateway-multiple" => include_str!("gateway-multiple.json"),
        "gateway-single" => include_str!("gateway-single.json"),
        "pubsub-topic" => include_str!("pubsub-topic.json"),
        "pubsub-bus-types" => include_str!("pubsub-bus-types.json"),
        "pubsub-bus-rules" => include_str!("pubsub-bus-rules.json"),
        "combined" => include_str!("combined.json"),
        _ => return None,
    })
}

/// In the guide's order.
pub const DIAGRAMS: &[GuideDiagram] = &[
    GuideDiagram { id: "gateway-multiple", title: phrase!("API gateway, several gateways"), speed: 0.25 },
    GuideDiagram { id: "gateway-single", title: phrase!("API gateway, one gateway"), speed: 0.25 },
    GuideDiagram { id: "decouple-queue", title: phrase!("Decouple with a queue"), speed: 0.25 },
    GuideDiagram { id: "pubsub-topic", title: phrase!("Publish/subscribe with a topic"), speed: 0.25 },
    GuideDiagram { id: "pubsub-bus-types", title: phrase!("Event bus, one event for each subscriber"), speed: 0.25 },
    GuideDiagram { id: "pubsub-bus-rules", title: phrase!("Event bus, one event and rules"), speed: 0.25 },
    GuideDiagram { id: "combined", title: phrase!("Patterns combined"), speed: 0.25 },
];

const OPENING_SENTENCES: Sentences = Sentences {
    when_to_use: phrase!(
        "When the client needs to know that its payment is safe, not that all the work is done, or when payments come faster than Sales can work."
    ),
    what_it_costs: phrase!(
        "The answer comes before the work: the client has to ask for the status. Messages may be worked on twice, so the handler has to be idempotent."
    ),
    what_to_try: phrase!(
        "Select Sales and press Stop: answers stay fast and the queue grows. Press Start: it drains, and nothing was lost."
    ),
};

fn other_sentences(id: &str) -> Option<&'static Sentences> {
    Some(match id {
        "gateway-multiple" => &Sentences {
            when_to_use: phrase!(
                "When teams own their services end to end and each publishes an interface of its own, and the caller cannot go on without the answers."
            ),
            what_it_costs: phrase!(
                "Payments waits for Customer, Sales and Communication one after the other, and is billed for the waiting. Any delay or error downstream is its own problem."
            ),
            what_to_try: phrase!(
                "Open the faults of Sales and add 500 ms of latency: the response time rises by the same 500 ms."
            ),
        },
        "gateway-single" => &Sentences {
            when_to_use: phrase!(
                "When clients should see one address while the functions behind it change: one place for routes, keys, transformation, throttling and tracing."
            ),
            what_it_costs: phrase!(
                "Everybody shares one throttle and one door. Payments calls the other functions through it, so each payment takes four requests from the same bucket."
            ),
            what_to_try: phrase!(
                "Select Insurance API and set ThrottlingRateLimit to 5: 429 answers hit payments and internal calls alike."
            ),
        },
        "pubsub-topic" => &Sentences {
            when_to_use: phrase!(
                "When several services want to hear of the same payment, and Payments should not have to know them."
            ),
            what_it_costs: phrase!(
                "The publisher learns nothing of its subscribers: it may count on one that is not there. Each subscriber has its own guarantees; Sales keeps a queue of its own."
            ),
            what_to_try: phrase!(
                "Select the edge from the topic to Customer and switch Subscribed off: Payments notices nothing, and the rows stop."
            ),
        },
        "pubsub-bus-types" => &Sentences {
            when_to_use: phrase!(
                "When events of different types go to different services and routing by type is enough."
            ),
            what_it_costs: phrase!(
                "Payments has to know what each service needs and sends three events for one payment; each is paid for and routed on its own."
            ),
            what_to_try: phrase!(
                "Select Sales rule and change the type in its EventPattern: the events still arrive at the bus, and vanish without an error."
            ),
        },
        "pubsub-bus-rules" => &Sentences {
            when_to_use: phrase!(
                "When one event tells the whole story and each service picks what concerns it, by content."
            ),
            what_it_costs: phrase!(
                "The knowledge moves into rules: patterns and input transformers have to follow the event's schema, and a wrong pattern fails silently."
            ),
            what_to_try: phrase!(
                "Select Payments above 100 and raise the limit in its pattern to 500: Sales now hears of one payment in three."
            ),
        },
        "combined" => &Sentences {
            when_to_use: phrase!(
                "When real traffic has to be taken in safely and passed on to several services: a gateway in front, a queue behind it, a topic with a queue for each service."
            ),
            what_it_costs: phrase!(
                "More parts and more hops: a payment passes two queues and a topic before it is a row, and each needs its own settings and its own care."
            ),
            what_to_try: phrase!(
                "Open the faults of Communication and choose Outage: its queue grows, while Customer and Sales go on as if nothing had happened."
            ),
        },
        _ => return None,
    })
}

/// The diagram that the app opens on.
pub const OPENING: &str = "decouple-queue";

impl GuideDiagram {
    /// As its document, all but the opening one's come later.
    pub fn sentences(&self) -> Option<&'static Sentences> {
        match self.id {
            OPENING => Some(&OPENING_SENTENCES),
            id => (Sources::get()?.sentences)(id),
        }
    }

    /// The diagram as a document. A test holds that all of them can be read.
    pub fn document(&self) -> Document {
        let document = source(self.id).and_then(|source| Document::parse(source).ok());
        document.unwrap_or_else(|| Document::new(self.title))
    }
}

pub fn find(id: &str) -> Option<&'static GuideDiagram> {
    DIAGRAMS.iter().find(|diagram| diagram.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagram::{check, list_problems};

    /// How large nodes are drawn, with the room that labels need.
    const WIDTH: f64 = 176.0;
    const HEIGHT: f64 = 104.0;

    #[test]
    fn every_diagram_is_valid_and_survives_being_written_and_read() {
        for diagram in DIAGRAMS {
            let source = source(diagram.id).unwrap_or_else(|| panic!("{} has no document", diagram.id));
            let document = Document::parse(source)
                .unwrap_or_else(|problems| panic!("{}: {}", diagram.id, list_problems(&problems)));
            if let Err(problems) = check(&document) {
                panic!("{}: {}", diagram.id, list_problems(&problems));
            }
            assert_eq!(Document::parse(&document.to_text()).as_ref(), Ok(&document), "{}", diagram.id);
        }
        assert!(find(OPENING).is_some() && find("nothing").is_none());
    }

    #[test]
    fn no_two_nodes_overlap() {
        for diagram in DIAGRAMS {
            let document = diagram.document();
            for (index, node) in document.nodes.iter().enumerate() {
                for other in &document.nodes[..index] {
                    let apart = (node.x - other.x).abs() >= WIDTH || (node.y - other.y).abs() >= HEIGHT;
                    assert!(apart, "{}: {} and {}", diagram.id, node.name, other.name);
                }
            }
        }
    }
}
