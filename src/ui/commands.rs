//! Every command of the app, described once: the command palette, the menus, the shortcuts and their sheet come from here.

use super::building::{Hands, arrange, clipboard, connecting, node_acts};
use super::keep::Wish;
use super::selection::Selected;
use super::state::{SPEEDS, Side, is_phone};
use super::{dock, time, timeline};
use crate::diagram::NodeKind;
use crate::drawing::{Alignment, Axis};
use crate::ui::compare::Topic;
use crate::ui::tester::Subject;
use leptos::prelude::*;

/// Where a command stands in lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    Run,
    Build,
    Select,
    Arrange,
    Node,
    View,
    Diagram,
    Help,
}

impl Group {
    pub const ALL: [Group; 8] = [
        Group::Run,
        Group::Build,
        Group::Select,
        Group::Arrange,
        Group::Node,
        Group::View,
        Group::Diagram,
        Group::Help,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Group::Run => tr!("Run"),
            Group::Build => tr!("Build"),
            Group::Select => tr!("Select"),
            Group::Arrange => tr!("Arrange"),
            Group::Node => tr!("Selected node or edge"),
            Group::View => tr!("View"),
            Group::Diagram => tr!("Diagram"),
            Group::Help => tr!("Help"),
        }
    }
}

/// Something that people can have done.
pub struct Command {
    pub id: &'static str,
    pub label: &'static str,
    pub group: Group,
    /// `Mod` is Ctrl, and ⌘ on a Mac. A second key with Shift goes further.
    pub keys: &'static [&'static str],
    pub enabled: fn(Hands) -> bool,
    pub run: fn(Hands),
}

/// How far the view moves for a key, in pixels.
const PAN: f64 = 80.0;

const fn command(
    group: Group,
    id: &'static str,
    label: &'static str,
    keys: &'static [&'static str],
    enabled: fn(Hands) -> bool,
    run: fn(Hands),
) -> Command {
    Command { id, label, group, keys, enabled, run }
}

fn always(_: Hands) -> bool {
    true
}

fn something(hands: Hands) -> bool {
    !hands.subject().is_empty()
}

fn nodes(hands: Hands, least: usize) -> bool {
    hands.subject().nodes().count() >= least
}

fn any_node(hands: Hands) -> bool {
    hands.state.read(|simulation| !simulation.document().nodes.is_empty())
}

fn wish(hands: Hands, wish: Wish) {
    hands.state.wish.set(Some(wish));
}

fn change_speed(hands: Hands, faster: bool) {
    let current = hands.state.speed.get_untracked();
    let place = SPEEDS.iter().position(|speed| *speed >= current).unwrap_or(0);
    let place = if faster { (place + 1).min(SPEEDS.len() - 1) } else { place.saturating_sub(1) };
    hands.state.speed.set(SPEEDS[place]);
}

pub static COMMANDS: &[Command] = &[
    command(Group::Run, "play", phrase!("Play or pause"), &["Space"], always, |hands| {
        hands.state.playing.update(|playing| *playing = !*playing);
    }),
    command(Group::Run, "step", phrase!("Step to the next event"), &["."], always, |hands| hands.state.step()),
    command(Group::Run, "back", phrase!("Step back to the event before"), &[","], always, |hands| {
        time::back(hands.state)
    }),
    command(Group::Run, "to-start", phrase!("Back to the beginning"), &[], always, |hands| {
        hands.state.go_to_beginning()
    }),
    command(Group::Run, "timeline", phrase!("Timeline, branches and breakpoints"), &[], always, |hands| {
        hands.state.dock.show(dock::TIMELINE);
    }),
    command(Group::Run, "metrics", phrase!("Metrics"), &[], always, |hands| hands.state.dock.show(dock::METRICS)),
    command(Group::Run, "cost", phrase!("Cost and prices"), &[], always, |hands| hands.state.dock.show(dock::COST)),
    command(Group::Run, "compare-branches", phrase!("Compare branches"), &[], always, |hands| {
        hands.state.dock.show(dock::COMPARE);
    }),
    command(Group::Run, "slower", phrase!("Slower"), &["["], always, |hands| change_speed(hands, false)),
    command(Group::Run, "faster", phrase!("Faster"), &["]"], always, |hands| change_speed(hands, true)),
    command(
        Group::Run,
        "reset",
        phrase!("Reset: the diagram as it was loaded, from the beginning"),
        &[],
        always,
        |hands| {
            hands.state.restart();
        },
    ),
    command(
        Group::Build,
        "undo",
        phrase!("Undo"),
        &["Mod+Z"],
        |hands| untrack(|| hands.state.can_undo().is_some()),
        |hands| hands.state.undo(),
    ),
    command(
        Group::Build,
        "redo",
        phrase!("Redo"),
        &["Mod+Shift+Z", "Mod+Y"],
        |hands| untrack(|| hands.state.can_redo().is_some()),
        |hands| hands.state.redo(),
    ),
    command(Group::Build, "history", phrase!("History…"), &["H"], always, |hands| hands.history.set(true)),
    command(Group::Build, "add", phrase!("Add a node…"), &["A"], always, connecting::ask_what_to_add),
    command(
        Group::Build,
        "connect",
        phrase!("Connect to…"),
        &["C"],
        |hands| hands.subject_node().is_some(),
        connecting::ask_target,
    ),
    command(
        Group::Build,
        "rename",
        phrase!("Rename"),
        &["F2"],
        |hands| hands.subject_node().is_some(),
        |hands| {
            hands.naming.set(hands.subject_node());
        },
    ),
    command(Group::Build, "cut", phrase!("Cut"), &["Mod+X"], |hands| nodes(hands, 1), clipboard::cut),
    command(Group::Build, "copy", phrase!("Copy"), &["Mod+C"], |hands| nodes(hands, 1), clipboard::copy),
    command(Group::Build, "paste", phrase!("Paste"), &["Mod+V"], always, clipboard::paste),
    command(Group::Build, "duplicate", phrase!("Duplicate"), &["Mod+D"], |hands| nodes(hands, 1), clipboard::duplicate),
    command(
        Group::Node,
        "break-here",
        phrase!("Pause when a message gets here, or no longer"),
        &[],
        |hands| hands.subject_node().is_some(),
        |hands| {
            if let Some(node) = hands.subject_node() {
                timeline::toggle_arrival(hands.state, node);
            }
        },
    ),
    command(Group::Build, "delete", phrase!("Delete"), &["Delete", "Backspace"], something, node_acts::delete),
    command(
        Group::Build,
        "insert-queue",
        phrase!("Put a queue between"),
        &[],
        |hands| connecting::can_insert(hands, NodeKind::Queue),
        |hands| connecting::insert_between(hands, NodeKind::Queue),
    ),
    command(
        Group::Build,
        "insert",
        phrase!("Put something between…"),
        &[],
        connecting::can_insert_any,
        connecting::ask_what_to_insert,
    ),
    command(
        Group::Build,
        "edge-kind",
        phrase!("Make it another kind of edge…"),
        &[],
        connecting::can_change_kind,
        connecting::ask_edge_kind,
    ),
    command(
        Group::Build,
        "edge-target",
        phrase!("Let it end at another node…"),
        &[],
        |hands| connecting::subject_edge(hands).is_some(),
        |hands| connecting::ask_new_end(hands, connecting::End::Target),
    ),
    command(
        Group::Build,
        "edge-source",
        phrase!("Let it start from another node…"),
        &[],
        |hands| connecting::subject_edge(hands).is_some(),
        |hands| connecting::ask_new_end(hands, connecting::End::Source),
    ),
    command(
        Group::Build,
        "topic-to-bus",
        phrase!("Replace the topic by a bus and rules"),
        &[],
        |hands| hands.subject_node().is_some_and(|id| hands.kind_of(id) == Some(NodeKind::Topic)),
        connecting::topic_to_bus,
    ),
    command(
        Group::Build,
        "bus-to-topic",
        phrase!("Replace the event bus by a topic"),
        &[],
        |hands| hands.subject_node().is_some_and(|id| hands.kind_of(id) == Some(NodeKind::Bus)),
        connecting::bus_to_topic,
    ),
    command(Group::Select, "select-all", phrase!("Select all"), &["Mod+A"], any_node, |hands| {
        hands.state.selection.set(hands.everything());
    }),
    command(
        Group::Select,
        "select-neighbours",
        phrase!("Select what it is connected with"),
        &[],
        |hands| nodes(hands, 1),
        |hands| {
            hands.state.selection.set(hands.with_neighbours());
        },
    ),
    command(
        Group::Select,
        "select-mode",
        phrase!("Select by finger: draw a frame, tap to add"),
        &[],
        always,
        |hands| {
            hands.selecting.update(|selecting| *selecting = !*selecting);
        },
    ),
    command(Group::Select, "escape", phrase!("Let go"), &["Escape"], always, |hands| hands.let_go()),
    command(
        Group::Arrange,
        "left",
        phrase!("Move left"),
        &["ArrowLeft", "Shift+ArrowLeft"],
        |hands| nodes(hands, 1),
        |hands| {
            arrange::nudge(hands, -1.0, 0.0);
        },
    ),
    command(
        Group::Arrange,
        "right",
        phrase!("Move right"),
        &["ArrowRight", "Shift+ArrowRight"],
        |hands| nodes(hands, 1),
        |hands| {
            arrange::nudge(hands, 1.0, 0.0);
        },
    ),
    command(
        Group::Arrange,
        "up",
        phrase!("Move up"),
        &["ArrowUp", "Shift+ArrowUp"],
        |hands| nodes(hands, 1),
        |hands| {
            arrange::nudge(hands, 0.0, -1.0);
        },
    ),
    command(
        Group::Arrange,
        "down",
        phrase!("Move down"),
        &["ArrowDown", "Shift+ArrowDown"],
        |hands| nodes(hands, 1),
        |hands| {
            arrange::nudge(hands, 0.0, 1.0);
        },
    ),
    command(
        Group::Arrange,
        "align-left",
        phrase!("Align left"),
        &[],
        |hands| nodes(hands, 2),
        |hands| {
            arrange::align(hands, Alignment::Left);
        },
    ),
    command(
        Group::Arrange,
        "align-centre",
        phrase!("Align centres"),
        &[],
        |hands| nodes(hands, 2),
        |hands| {
            arrange::align(hands, Alignment::Centre);
        },
    ),
    command(
        Group::Arrange,
        "align-right",
        phrase!("Align right"),
        &[],
        |hands| nodes(hands, 2),
        |hands| {
            arrange::align(hands, Alignment::Right);
        },
    ),
    command(
        Group::Arrange,
        "align-top",
        phrase!("Align top"),
        &[],
        |hands| nodes(hands, 2),
        |hands| {
            arrange::align(hands, Alignment::Top);
        },
    ),
    command(
        Group::Arrange,
        "align-middle",
        phrase!("Align middles"),
        &[],
        |hands| nodes(hands, 2),
        |hands| {
            arrange::align(hands, Alignment::Middle);
        },
    ),
    command(
        Group::Arrange,
        "align-bottom",
        phrase!("Align bottom"),
        &[],
        |hands| nodes(hands, 2),
        |hands| {
            arrange::align(hands, Alignment::Bottom);
        },
    ),
    command(
        Group::Arrange,
        "distribute-across",
        phrase!("Distribute across"),
        &[],
        |hands| nodes(hands, 3),
        |hands| {
            arrange::distribute(hands, Axis::X);
        },
    ),
    command(
        Group::Arrange,
        "distribute-down",
        phrase!("Distribute down"),
        &[],
        |hands| nodes(hands, 3),
        |hands| {
            arrange::distribute(hands, Axis::Y);
        },
    ),
    command(Group::Arrange, "tidy", phrase!("Lay out the whole diagram"), &["L"], any_node, arrange::tidy),
    command(Group::Node, "send", phrase!("Send…"), &["S"], node_acts::can_send, node_acts::send),
    command(Group::Node, "stop", phrase!("Stop"), &[], node_acts::is_running, node_acts::stop),
    command(Group::Node, "freeze", phrase!("Freeze"), &[], node_acts::is_running, node_acts::freeze),
    command(Group::Node, "start", phrase!("Start"), &[], node_acts::is_resting, node_acts::start),
    command(Group::Node, "faults", phrase!("Faults…"), &["F"], node_acts::can_be_struck, node_acts::faults),
    command(Group::Node, "heal", phrase!("Heal"), &[], node_acts::is_faulty, node_acts::heal),
    command(
        Group::Node,
        "test-pattern",
        phrase!("Test pattern…"),
        &[],
        node_acts::has_pattern,
        node_acts::test_pattern,
    ),
    command(Group::Node, "purge", phrase!("Purge"), &[], node_acts::is_queue, node_acts::purge),
    command(Group::Node, "redrive", phrase!("Redrive…"), &[], node_acts::can_redrive, node_acts::redrive),
    command(Group::View, "fit", phrase!("Fit the diagram into the window"), &["1"], always, |hands| {
        hands.drawing.fit(hands.state)
    }),
    command(Group::View, "fit-selection", phrase!("Fit the selection into the window"), &["2"], something, |hands| {
        hands.fit_subject()
    }),
    command(Group::View, "zoom-in", phrase!("Zoom in"), &["+", "="], always, |hands| hands.drawing.zoom(1.2)),
    command(Group::View, "zoom-out", phrase!("Zoom out"), &["-"], always, |hands| hands.drawing.zoom(1.0 / 1.2)),
    command(Group::View, "full-size", phrase!("Zoom to 100 %"), &["0"], always, |hands| hands.drawing.full_size()),
    command(Group::View, "pan-left", phrase!("See more on the left"), &["Mod+ArrowLeft"], always, |hands| {
        hands.drawing.pan(PAN, 0.0)
    }),
    command(Group::View, "pan-right", phrase!("See more on the right"), &["Mod+ArrowRight"], always, |hands| {
        hands.drawing.pan(-PAN, 0.0)
    }),
    command(Group::View, "pan-up", phrase!("See more above"), &["Mod+ArrowUp"], always, |hands| {
        hands.drawing.pan(0.0, PAN)
    }),
    command(Group::View, "pan-down", phrase!("See more below"), &["Mod+ArrowDown"], always, |hands| {
        hands.drawing.pan(0.0, -PAN)
    }),
    command(Group::Diagram, "new", phrase!("New diagram"), &[], always, |hands| hands.state.open_empty()),
    command(Group::Diagram, "file", phrase!("Name, open, save, pictures…"), &[], always, |hands| {
        wish(hands, Wish::Menu)
    }),
    command(Group::Diagram, "open-file", phrase!("Open a file…"), &["Mod+O"], always, |hands| {
        wish(hands, Wish::OpenFile)
    }),
    command(Group::Diagram, "import-template", phrase!("Import a template…"), &[], always, |hands| {
        wish(hands, Wish::ImportTemplate)
    }),
    command(Group::Diagram, "save-file", phrase!("Save as a file"), &["Mod+S"], always, |hands| {
        wish(hands, Wish::SaveFile)
    }),
    command(Group::Diagram, "share", phrase!("Share: a link that holds the diagram…"), &[], always, |hands| {
        wish(hands, Wish::Share)
    }),
    command(Group::Diagram, "embed", phrase!("Embed: the diagram in another page…"), &[], always, |hands| {
        wish(hands, Wish::Embed)
    }),
    command(Group::Diagram, "json", phrase!("Edit the diagram as JSON…"), &[], always, |hands| {
        wish(hands, Wish::Json)
    }),
    command(Group::Diagram, "copy-diagram", phrase!("Duplicate the diagram"), &[], always, |hands| {
        wish(hands, Wish::Duplicate)
    }),
    command(Group::Diagram, "save-png", phrase!("Picture as PNG"), &[], always, |hands| wish(hands, Wish::SavePng)),
    command(Group::Diagram, "save-svg", phrase!("Picture as SVG"), &[], always, |hands| wish(hands, Wish::SaveSvg)),
    command(Group::Diagram, "save-mermaid", phrase!("Mermaid text"), &[], always, |hands| {
        wish(hands, Wish::SaveMermaid)
    }),
    command(Group::Diagram, "compare", phrase!("Compare designs…"), &[], always, |hands| {
        hands.state.open_study(Some(Topic::Compare))
    }),
    command(
        Group::Diagram,
        "experiments",
        phrase!("Experiments: sweep a setting, find the breaking point…"),
        &[],
        always,
        |hands| hands.state.open_study(Some(Topic::Experiments)),
    ),
    command(Group::Diagram, "export-template", phrase!("Export template…"), &[], always, |hands| {
        wish(hands, Wish::ExportTemplate)
    }),
    command(Group::Diagram, "palette", phrase!("All commands…"), &["Mod+K"], always, |hands| hands.ask_command()),
    command(Group::Help, "labs", phrase!("Labs: learn by predicting and trying"), &[], always, |hands| {
        hands.state.side.set(Side::Labs);
        hands.state.side_toggled.set(is_phone());
    }),
    command(Group::Help, "make-lab", phrase!("Make a lab from this diagram"), &[], always, |hands| {
        hands.state.lab.set(Some("make".to_string()));
    }),
    command(Group::Help, "glossary", phrase!("Glossary"), &[], always, |hands| {
        hands.state.term.set(Some(String::new()))
    }),
    command(Group::Help, "tester", phrase!("Pattern tester"), &[], always, |hands| {
        hands.state.open_tester(Subject::Nothing)
    }),
    command(Group::Help, "shortcuts", phrase!("Keyboard shortcuts"), &["?"], always, |hands| hands.shortcuts.set(true)),
    command(Group::Help, "fidelity", phrase!("Fidelity: what is simplified"), &[], always, |hands| {
        hands.state.fidelity.set(true)
    }),
    command(Group::Help, "about", phrase!("About Eventyard"), &[], always, |hands| hands.state.about.set(true)),
];

pub fn find(id: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.id == id)
}

/// A key as it is pressed: `Mod+Shift+Z`, `Space`, `?`. Shift is only told where the key is the same without it.
pub fn name_of(event: &web_sys::KeyboardEvent) -> String {
    let mut name = String::new();
    if event.ctrl_key() || event.meta_key() {
        name += "Mod+";
    }
    if event.alt_key() {
        name += "Alt+";
    }
    let key = event.key();
    let one = key.chars().count() == 1;
    let letter = one && key.chars().all(char::is_alphabetic);
    if event.shift_key() && (!one || letter) {
        name += "Shift+";
    }
    match key.as_str() {
        " " => name += "Space",
        _ if letter => name += &key.to_uppercase(),
        key => name += key,
    }
    name
}

/// The command that a key stands for.
pub fn of_key(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.keys.contains(&name))
}

/// A key as it is shown on this machine.
pub fn show_key(key: &str, mac: bool) -> String {
    let (control, shift, between) = if mac { ("⌘", "⇧", "") } else { (tr!("Ctrl"), tr!("Shift"), "+") };
    let parts: Vec<&str> = key
        .split_inclusive('+')
        .map(|part| if part.len() > 1 { part.trim_end_matches('+') } else { part })
        .map(|part| match part {
            "Mod" => control,
            "Shift" => shift,
            "ArrowLeft" => "←",
            "ArrowRight" => "→",
            "ArrowUp" => "↑",
            "ArrowDown" => "↓",
            "-" => "−",
            "Delete" => tr!("Del"),
            "Space" => tr!("Space"),
            "Escape" => tr!("Escape"),
            "Backspace" => tr!("Backspace"),
            other => other,
        })
        .collect();
    parts.join(between)
}

/// What is selected, as people say it.
pub fn count_words(selected: &Selected) -> String {
    let (nodes, edges) = (selected.nodes().count(), selected.edges().count());
    let of_nodes = || tr!("{n} node" | "{n} nodes" % nodes);
    let of_edges = || tr!("{n} edge" | "{n} edges" % edges);
    match (nodes, edges) {
        (0, 0) => String::new(),
        (_, 0) => of_nodes(),
        (0, _) => of_edges(),
        _ => tr!("{nodes} and {edges}", nodes = of_nodes(), edges = of_edges()),
    }
}
