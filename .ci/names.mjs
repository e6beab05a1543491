// wasm-bindgen ends the name of each import in a hash: sixteen digits that nothing can compress, some four hundred times in
// the module and as often in its loader. Zeros do as well, and a number where two names differ by nothing else.

const NAME = /(__wb\w*?_)[0-9a-f]{16}\b/g;

/** The module and its loader, with the same names in both. As long as before, so that nothing in the module moves. */
export function withoutHashes(module, loader) {
  const names = new Map();
  const counts = new Map();
  const plain = (name, start) => {
    if (!names.has(name)) {
      const count = counts.get(start) ?? 0;
      counts.set(start, count + 1);
      names.set(name, start + String(count).padStart(16, "0"));
    }
    return names.get(name);
  };
  const renamed = Buffer.from(module.toString("latin1").replace(NAME, plain), "latin1");
  return [renamed, loader.replace(NAME, plain)];
}
