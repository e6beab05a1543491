// Says which of the scripts named on standard input are no JavaScript, as `node --check` would, in one process.
import { readFileSync } from "node:fs";
import { Script } from "node:vm";

for (const path of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  try {
    // As Node.js wraps the files it requires.
    new Script(`(function (exports, require, module) {${readFileSync(path, "utf8")}\n})`, { filename: path });
  } catch (error) {
    console.log(`${path}: ${error}`);
  }
}
