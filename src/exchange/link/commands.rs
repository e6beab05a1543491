//! Commands as lists: when, how many events before, what, and with what.

use super::written::{self, broken, read_document, read_one_edge, read_one_node};
use crate::diagram::{AT_END, Edit, Fault, Problem};
use crate::kernel::Time;
use crate::simulation::{Command, Done};
use serde_json::{Value, json};
use uuid::Uuid;

pub fn write(done: &Done) -> Value {
    let mut fields = vec![done.time.0.into(), json!(done.events)];
    let what = match &done.command {
        Command::Send { node, payload, count } => json!(["send", node, payload, count]),
        Command::Edit(edit) => json!(["edit", write_edit(edit)]),
        Command::Set { target, setting, value } => json!(["set", target, setting, value]),
        Command::Pause { node } => json!(["pause", node]),
        Command::Stop { node } => json!(["stop", node]),
        Command::Resume { node } => json!(["resume", node]),
        Command::Inject { target, fault } => json!(["inject", target, fault.to_json()]),
        Command::Purge { queue } => json!(["purge", queue]),
        Command::StartReplay { bus, start, end } => json!(["start-replay", bus, start.0, end.0]),
        Command::CancelReplay { bus } => json!(["cancel-replay", bus]),
        Command::Redrive { queue, rate, destination } => json!(["redrive", queue, rate, destination]),
        Command::CancelRedrive { queue } => json!(["cancel-redrive", queue]),
    };
    if let Value::Array(what) = what {
        fields.extend(what);
    }
    Value::Array(fields)
}

pub fn read(value: &Value, path: &str) -> Result<Done, Vec<Problem>> {
    let list = List { items: value.as_array().map_or(&[], Vec::as_slice), path };
    let time = Time(list.whole(0)?);
    let events = list.optional(1, List::whole)?;
    let list = List { items: list.items.get(2..).unwrap_or(&[]), path };
    let command = match list.text(0)? {
        "send" => Command::Send {
            node: list.id(1)?,
            payload: list.item(2)?.clone(),
            count: u32::try_from(list.whole(3)?).map_err(|_| list.wrong())?,
        },
        "edit" => Command::Edit(read_edit(list.item(1)?, path)?),
        "set" => Command::Set { target: list.id(1)?, setting: list.text(2)?.to_string(), value: list.item(3)?.clone() },
        "pause" => Command::Pause { node: list.id(1)? },
        "stop" => Command::Stop { node: list.id(1)? },
        "resume" => Command::Resume { node: list.id(1)? },
        "inject" => Command::Inject {
            target: list.id(1)?,
            fault: match list.item(2)? {
                Value::Object(fields) => Fault::parse(fields, None)?,
                _ => return Err(list.wrong()),
            },
        },
        "purge" => Command::Purge { queue: list.id(1)? },
        "start-replay" => {
            Command::StartReplay { bus: list.id(1)?, start: Time(list.whole(2)?), end: Time(list.whole(3)?) }
        }
        "cancel-replay" => Command::CancelReplay { bus: list.id(1)? },
        "redrive" => Command::Redrive {
            queue: list.id(1)?,
            rate: list.optional(2, |list, place| u32::try_from(list.whole(place)?).map_err(|_| list.wrong()))?,
            destination: list.optional(3, List::id)?,
        },
        "cancel-redrive" => Command::CancelRedrive { queue: list.id(1)? },
        _ => return Err(list.wrong()),
    };
    Ok(Done { time, events, command })
}

/// Places at the end are left open.
fn place(place: usize) -> Value {
    if place == AT_END { Value::Null } else { place.into() }
}

fn write_edit(edit: &Edit) -> Value {
    match edit {
        Edit::AddNode { node, place: at } => json!(["add-node", written::node(node), place(*at)]),
        Edit::RemoveNode { id, alone } => json!(["remove-node", id, alone]),
        Edit::AddEdge { edge, place: at } => json!(["add-edge", written::edge(edge), place(*at)]),
        Edit::RemoveEdge { id, alone } => json!(["remove-edge", id, alone]),
        Edit::Rename { node, name } => json!(["rename", node, name]),
        Edit::Move(places) => {
            let moved = |(id, x, y): &(Uuid, f64, f64)| json!([id, written::number(*x), written::number(*y)]);
            json!(["move", places.iter().map(moved).collect::<Vec<_>>()])
        }
        // Null is a value as well: what is taken out has none.
        Edit::Set { target, setting, value: Some(value), place: at } => {
            json!(["set", target, setting, place(*at), value])
        }
        Edit::Set { target, setting, value: None, place: at } => json!(["set", target, setting, place(*at)]),
        Edit::SetEnds { edge, from, to } => json!(["set-ends", edge, from, to]),
        Edit::SetField { field, value: Some(value) } => json!(["set-field", field, value]),
        Edit::SetField { field, value: None } => json!(["set-field", field]),
        Edit::ReplaceNode(node) => json!(["replace-node", written::node(node)]),
        Edit::ReplaceEdge(edge) => json!(["replace-edge", written::edge(edge)]),
        Edit::Replace(document) => json!(["replace", written::document(document)]),
        Edit::Many(edits) => json!(["many", edits.iter().map(write_edit).collect::<Vec<_>>()]),
    }
}

fn read_edit(value: &Value, path: &str) -> Result<Edit, Vec<Problem>> {
    let list = List { items: value.as_array().map_or(&[], Vec::as_slice), path };
    Ok(match list.text(0)? {
        "add-node" => Edit::AddNode { node: read_one_node(list.item(1)?)?, place: list.place(2)? },
        "remove-node" => Edit::RemoveNode { id: list.id(1)?, alone: list.flag(2)? },
        "add-edge" => Edit::AddEdge { edge: read_one_edge(list.item(1)?)?, place: list.place(2)? },
        "remove-edge" => Edit::RemoveEdge { id: list.id(1)?, alone: list.flag(2)? },
        "rename" => Edit::Rename { node: list.id(1)?, name: list.text(2)?.to_string() },
        "move" => {
            let moved = |item: &Value| {
                let list = List { items: item.as_array().map_or(&[], Vec::as_slice), path };
                Ok((list.id(0)?, list.number(1)?, list.number(2)?))
            };
            Edit::Move(list.list(1)?.iter().map(moved).collect::<Result<_, Vec<Problem>>>()?)
        }
        "set" => Edit::Set {
            target: list.id(1)?,
            setting: list.text(2)?.to_string(),
            place: list.place(3)?,
            value: list.items.get(4).cloned(),
        },
        "set-ends" => Edit::SetEnds { edge: list.id(1)?, from: list.id(2)?, to: list.id(3)? },
        "set-field" => Edit::SetField { field: list.text(1)?.to_string(), value: list.items.get(2).cloned() },
        "replace-node" => Edit::ReplaceNode(Box::new(read_one_node(list.item(1)?)?)),
        "replace-edge" => Edit::ReplaceEdge(Box::new(read_one_edge(list.item(1)?)?)),
        "replace" => Edit::Replace(Box::new(read_document(list.item(1)?)?)),
        "many" => {
            let edits = list.list(1)?.iter().map(|edit| read_edit(edit, path));
            Edit::Many(edits.collect::<Result<_, Vec<Problem>>>()?)
        }
        _ => return Err(list.wrong()),
    })
}

/// What a command or an edit is made of.
struct List<'v> {
    items: &'v [Value],
    path: &'v str,
}

impl<'v> List<'v> {
    fn wrong(&self) -> Vec<Problem> {
        broken(self.path, tr!("something that was done is not understood"))
    }

    fn item(&self, place: usize) -> Result<&'v Value, Vec<Problem>> {
        self.items.get(place).ok_or_else(|| self.wrong())
    }

    fn text(&self, place: usize) -> Result<&'v str, Vec<Problem>> {
        self.item(place)?.as_str().ok_or_else(|| self.wrong())
    }

    fn id(&self, place: usize) -> Result<Uuid, Vec<Problem>> {
        Uuid::try_parse(self.text(place)?).map_err(|_| self.wrong())
    }

    fn whole(&self, place: usize) -> Result<u64, Vec<Problem>> {
        self.item(place)?.as_u64().ok_or_else(|| self.wrong())
    }

    fn number(&self, place: usize) -> Result<f64, Vec<Problem>> {
        self.item(place)?.as_f64().ok_or_else(|| self.wrong())
    }

    fn flag(&self, place: usize) -> Result<bool, Vec<Problem>> {
        self.item(place)?.as_bool().ok_or_else(|| self.wrong())
    }

    fn list(&self, place: usize) -> Result<&'v [Value], Vec<Problem>> {
        self.item(place)?.as_array().map(Vec::as_slice).ok_or_else(|| self.wrong())
    }

    /// `None` where there is null.
    fn optional<T>(
        &self,
        place: usize,
        read: impl FnOnce(&Self, usize) -> Result<T, Vec<Problem>>,
    ) -> Result<Option<T>, Vec<Problem>> {
        if self.item(place)?.is_null() { Ok(None) } else { read(self, place).map(Some) }
    }

    fn place(&self, place: usize) -> Result<usize, Vec<Problem>> {
        let at = self.optional(place, List::whole)?;
        Ok(at.and_then(|at| usize::try_from(at).ok()).unwrap_or(AT_END))
    }
}
