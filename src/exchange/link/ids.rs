//! Ids are random, so they cannot be compressed. Each is written once, in a table, and as a short name in its place;
//! ids that count up, as in documents made by hand or by programs, take no more room than the first of them.

use rustc_hash::FxHashMap;
use serde_json::{Number, Value};
use uuid::Uuid;

/// What a name begins with; other texts that begin with it get another one.
const SIGN: char = '@';
/// Behind the sign: the bits of a number that text does not carry exactly.
const BITS: char = '=';
/// More than the largest document has.
const MAXIMUM: usize = 40_000;

/// Takes the ids out of a value and gives them, in the order of their names.
pub fn take(value: &mut Value) -> Vec<Uuid> {
    let (mut ids, mut known) = (Vec::new(), FxHashMap::default());
    each_leaf(value, &mut |leaf| {
        match leaf {
            Value::String(text) if text.starts_with(SIGN) => text.insert(0, SIGN),
            Value::String(text) => {
                if let Some(id) = canonical(text).filter(|_| ids.len() < MAXIMUM) {
                    let name = *known.entry(id).or_insert_with(|| {
                        ids.push(id);
                        ids.len() - 1
                    });
                    *text = format!("{SIGN}{name}");
                }
            }
            Value::Number(number) => {
                if let Some(bits) = unfaithful(number) {
                    *leaf = format!("{SIGN}{BITS}{bits:x}").into();
                }
            }
            _ => {}
        }
        true
    });
    ids
}

/// Puts the ids back. False where a name stands for none.
pub fn put_back(value: &mut Value, ids: &[Uuid]) -> bool {
    each_leaf(value, &mut |leaf| {
        let Value::String(text) = leaf else { return true };
        let Some(rest) = text.strip_prefix(SIGN) else { return true };
        if rest.starts_with(SIGN) {
            text.remove(0);
            return true;
        }
        if let Some(bits) = rest.strip_prefix(BITS) {
            let number = u64::from_str_radix(bits, 16).ok().and_then(|bits| Number::from_f64(f64::from_bits(bits)));
            return number.map(|number| *leaf = Value::Number(number)).is_some();
        }
        let Some(id) = rest.parse::<usize>().ok().and_then(|name| ids.get(name)) else { return false };
        *text = id.to_string();
        true
    })
}

/// The bits of a fraction with so many digits that its decimal form is not read as the same number again.
fn unfaithful(number: &Number) -> Option<u64> {
    let exact = number.as_f64().filter(|_| number.is_f64())?;
    let read: Option<f64> = serde_json::from_str(&number.to_string()).ok();
    (read.map(f64::to_bits) != Some(exact.to_bits())).then_some(exact.to_bits())
}

/// An id as it is usually written; one in another form would come back changed.
fn canonical(text: &str) -> Option<Uuid> {
    let id = (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()?;
    (id.to_string() == text).then_some(id)
}

/// Every text, number and so on in a value; names of fields are none. False as soon as `change` says so.
fn each_leaf(value: &mut Value, change: &mut impl FnMut(&mut Value) -> bool) -> bool {
    match value {
        Value::Array(items) => items.iter_mut().all(|item| each_leaf(item, change)),
        Value::Object(fields) => fields.values_mut().all(|field| each_leaf(field, change)),
        leaf => change(leaf),
    }
}

/// The table: how many runs; for each, how many ids it has, and the first of them.
pub fn write(ids: &[Uuid]) -> Vec<u8> {
    let mut runs: Vec<(Uuid, usize)> = Vec::new();
    for id in ids {
        match runs.last_mut() {
            Some((first, length)) if follows(*first, *length) == Some(*id) => *length += 1,
            _ => runs.push((*id, 1)),
        }
    }
    let mut bytes = Vec::new();
    write_number(runs.len(), &mut bytes);
    for (first, length) in runs {
        write_number(length, &mut bytes);
        bytes.extend(first.as_bytes());
    }
    bytes
}

/// Reads the table; gives the ids and what comes behind it.
pub fn read(bytes: &[u8]) -> Option<(Vec<Uuid>, &[u8])> {
    let (runs, mut rest) = read_number(bytes)?;
    let mut ids = Vec::new();
    for _ in 0..runs {
        let (length, after) = read_number(rest)?;
        let (first, after) = after.split_first_chunk::<16>()?;
        if length == 0 || ids.len() + length > MAXIMUM {
            return None;
        }
        let first = Uuid::from_bytes(*first);
        for place in 0..length {
            ids.push(follows(first, place)?);
        }
        rest = after;
    }
    Some((ids, rest))
}

fn follows(first: Uuid, place: usize) -> Option<Uuid> {
    first.as_u128().checked_add(place as u128).map(Uuid::from_u128)
}

/// Seven bits a byte, the lowest first; the eighth says that more follow.
fn write_number(mut number: usize, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0;
    // Three bytes are enough for MAXIMUM.
    for (place, byte) in bytes.iter().take(3).enumerate() {
        number |= usize::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((number, &bytes[place + 1..]));
        }
    }
    None
}
