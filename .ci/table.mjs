// Where functions have gone into a part of their own, the splitter leaves the places in the table of functions filled
// with nothing, one list for each part, hundreds in all. They are empty without that.

const ELEMENTS = 9;

/** The same WebAssembly module without lists that fill the table of functions with nothing. */
export function withoutEmptyElements(module) {
  const kept = [module.subarray(0, 8)];
  const reader = new Reader(module, 8);
  while (reader.at < module.length) {
    const start = reader.at;
    const [id, size] = [reader.byte(), reader.number()];
    const end = reader.at + size;
    kept.push(...(id === ELEMENTS ? section(id, segmentsKept(module.subarray(reader.at, end))) : [module.subarray(start, end)]));
    reader.at = end;
  }
  return Buffer.concat(kept);
}

function segmentsKept(bytes) {
  const reader = new Reader(bytes, 0);
  const kept = [];
  for (let left = reader.number(); left > 0; left -= 1) {
    const start = reader.at;
    if (segment(reader)) kept.push(bytes.subarray(start, reader.at));
  }
  return kept;
}

/** Reads on behind a segment; whether it holds any function. https://webassembly.github.io/spec/core/binary/modules.html#element-section */
function segment(reader) {
  const flags = reader.number();
  const [withTable, withExpressions] = [flags & 2, flags & 4];
  if (flags & 1) throw new Error("A segment that is not put into the table at once.");
  if (withTable) reader.number();
  expression(reader);
  if (withTable) reader.byte();
  let functions = 0;
  for (let left = reader.number(); left > 0; left -= 1) {
    if (withExpressions) functions += expression(reader) === REF_FUNC;
    else functions += reader.number() >= 0;
  }
  return functions > 0;
}

const REF_FUNC = 0xd2;
/** Expressions of one instruction and one number: i32.const, global.get, ref.null, ref.func. */
const INSTRUCTIONS = [0x41, 0x23, 0xd0, REF_FUNC];
const END = 0x0b;

function expression(reader) {
  const instruction = reader.byte();
  reader.number();
  if (!INSTRUCTIONS.includes(instruction) || reader.byte() !== END) throw new Error("An expression of another kind.");
  return instruction;
}

function section(id, segments) {
  const body = Buffer.concat([written(segments.length), ...segments]);
  return [Buffer.of(id), written(body.length), body];
}

/** A number as LEB128. */
function written(number) {
  const bytes = [];
  for (; number > 0x7f; number >>>= 7) bytes.push((number & 0x7f) | 0x80);
  return Buffer.of(...bytes, number);
}

class Reader {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** An unsigned number as LEB128; of a signed one, the same bytes. */
  number() {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      number += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return number;
    }
  }
}
