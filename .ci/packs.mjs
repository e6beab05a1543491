// Which pieces of the app travel together.
//
// The splitter makes a piece for each part and one for each set of parts that have code in common: hundreds, most of
// them tiny. A request for each would be slow, so small ones are put together, at the price of some code that a part
// does not need.

/** What a request is worth: so many bytes, before they are compressed, may be fetched in vain to save one. */
const REQUEST = 20_000;
/** The part that the app waits for before it fetches any other (`src/ui/on_demand.rs`): what it uses is always there. */
const FIRST = "engine";

/**
 * Puts pieces together while that saves more than it costs.
 * @param {{ file: string, size: number, users: string[] }[]} pieces
 * @returns {{ files: string[], size: number, users: Set<string> }[]} the packs, in an order that depends on the pieces alone
 */
export function packed(pieces) {
  const everybody = new Set(pieces.flatMap(({ users }) => users));
  const packs = pieces.map(({ file, size, users }) => ({
    files: [file], size, users: users.includes(FIRST) ? everybody : new Set(users),
  }));
  for (let pair = best(packs); pair; pair = best(packs)) {
    const [one, other] = pair;
    one.files.push(...other.files);
    one.size += other.size;
    one.users = new Set([...one.users, ...other.users]);
    packs.splice(packs.indexOf(other), 1);
  }
  return packs;
}

/** The two packs that are best put together, if any are. */
function best(packs) {
  let found;
  let least = 0;
  packs.forEach((one, index) => {
    for (const other of packs.slice(index + 1)) {
      const cost = costOfUnion(one, other);
      if (cost < least) [least, found] = [cost, [one, other]];
    }
  });
  return found;
}

/** What the users of both would fetch more than before, in bytes. */
function costOfUnion(one, other) {
  let both = 0;
  for (const user of one.users) if (other.users.has(user)) both += 1;
  return one.size * (other.users.size - both) + other.size * (one.users.size - both) - REQUEST * both;
}
