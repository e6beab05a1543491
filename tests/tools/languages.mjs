// Holds the catalogues in languages/ against what the app says: everything translated, nothing left over, and every place,
// link and mark of the English text there again.
// node languages.mjs            says what is wrong, and ends with 1 if anything is
// node languages.mjs --update   adds to each catalogue what is missing, empty, and drops what is no longer said
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { po } from "gettext-parser";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "languages");

/** What `tr!` and `phrase!` hold. */
function ofTheCode() {
  const temporary = mkdtempSync(join(tmpdir(), "eventyard-"));
  try {
    const file = join(temporary, "texts.pot");
    execFileSync("xtr", ["-k", "tr", "-k", "phrase", "-n", "file", "-o", file, "src/lib.rs"], { cwd: root });
    return Object.values(po.parse(readFileSync(file)).translations)
      .flatMap(Object.values)
      .filter(({ msgid }) => msgid !== "");
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** What is said before the app is there. */
function ofThePage() {
  const all = (path, pattern) =>
    [...readFileSync(join(root, path), "utf8").matchAll(pattern)].map(([, msgid]) => ({ msgid, comments: { reference: path } }));
  return [...all("index.html", /data-say>([^<]+)</g), ...all("public/boot.js", /\bsay\(\s*"([^"]+)"/g)];
}

/** What the shipped labs and diagrams say; the names in them are theirs, and the same everywhere. */
function ofTheDocuments() {
  const texts = [];
  const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));
  const each = (path, list) => list.filter(Boolean).forEach((msgid) => texts.push({ msgid, comments: { reference: path } }));
  for (const name of readdirSync(join(root, "src/lessons/guide")).filter((name) => name.endsWith(".json")).sort()) {
    const path = `src/lessons/guide/${name}`;
    each(path, [read(path).name]);
  }
  for (const name of readdirSync(join(root, "src/lessons/labs")).filter((name) => name.endsWith(".json")).sort()) {
    const path = `src/lessons/labs/${name}`;
    const lab = read(path);
    each(path, [lab.title, lab.summary, lab.teaches]);
    for (const { title, text, question, reveal, goals = [], hints = [] } of lab.steps) {
      const answers = (question?.choice ?? []).map((choice) => choice.text ?? choice);
      const asked = [question?.ask, ...answers, question?.number?.unit, question?.after];
      each(path, [title, text, ...asked, reveal, ...goals.map((goal) => goal.title), ...hints]);
    }
  }
  return texts;
}

const key = ({ msgctxt = "", msgid }) => `${msgctxt}\u0004${msgid}`;

function wanted() {
  const texts = new Map();
  for (const text of [...ofTheCode(), ...ofThePage(), ...ofTheDocuments()]) {
    const references = (text.comments?.reference ?? "").split(/\s+/).filter((path) => path !== "src/language/mod.rs");
    if (references.length === 0) continue;
    const known = texts.get(key(text));
    const all = [...new Set([...(known?.references ?? []), ...references])].sort();
    texts.set(key(text), { ...known, ...text, msgid_plural: text.msgid_plural ?? known?.msgid_plural, references: all });
  }
  return texts;
}

/** What has to stand in a translation as it stands in the text: places, links, code, and stress as often. */
const kept = (text) => [
  ...(text.match(/\{\{[^}]*\}\}|\{[^{}]*\}/g) ?? []),
  ...(text.match(/\]\([^)]*\)/g) ?? []),
  ...(text.match(/`[^`]*`/g) ?? []),
  ...(text.match(/\*\*/g) ?? []),
].sort().join(" ");

function flaws(text, translation) {
  const found = [];
  const say = (what) => found.push(`${what}: ${JSON.stringify(text.msgid)} -> ${JSON.stringify(translation?.msgstr ?? [])}`);
  if (!translation || translation.msgstr.some((form) => form === "")) return [`not translated: ${JSON.stringify(text.msgid)}`];
  if (translation.comments?.flag?.includes("fuzzy")) say("marked as fuzzy");
  if ((translation.msgid_plural ?? "") !== (text.msgid_plural ?? "")) say("another plural");
  for (const form of translation.msgstr) {
    const like = text.msgid_plural ? [text.msgid, text.msgid_plural] : [text.msgid];
    if (!like.some((source) => kept(source) === kept(form))) say("other places, links or marks");
    if (/^\s|\s$/.test(form) !== /^\s|\s$/.test(text.msgid)) say("other blanks around it");
  }
  return found;
}

const texts = wanted();
const update = process.argv.includes("--update");
let wrong = 0;
const complain = (line) => console.error(`  ${(wrong++, line)}`);

for (const text of texts.values()) {
  for (const form of [text.msgid, text.msgid_plural ?? ""]) {
    if (/\{\w*:[^{}]*\}/.test(form)) complain(`a place with a format: ${JSON.stringify(form)} (${text.references})`);
  }
}
for (const name of readdirSync(folder).filter((name) => name.endsWith(".po")).sort()) {
  const path = join(folder, name);
  const catalogue = po.parse(readFileSync(path));
  const forms = Number(/nplurals=(\d+)/.exec(catalogue.headers["Plural-Forms"])?.[1] ?? 2);
  const translations = new Map(Object.values(catalogue.translations).flatMap(Object.values).map((each) => [key(each), each]));
  translations.delete(key({ msgid: "" }));
  const missing = [...texts.values()].filter((text) => !translations.has(key(text)));
  const left = [...translations.keys()].filter((each) => !texts.has(each));
  if (update) {
    const fresh = { "": { "": catalogue.translations[""][""] } };
    for (const text of [...texts.values()].sort((a, b) => (a.references[0] < b.references[0] ? -1 : a.references[0] > b.references[0] ? 1 : 0))) {
      const { msgctxt = "", msgid, msgid_plural } = text;
      const known = translations.get(key(text));
      const msgstr = known && known.msgid_plural === msgid_plural ? known.msgstr : Array(msgid_plural ? forms : 1).fill("");
      (fresh[msgctxt] ??= {})[msgid] = { msgctxt, msgid, msgid_plural, msgstr, comments: { reference: text.references.join("\n") } };
    }
    writeFileSync(path, `${po.compile({ ...catalogue, translations: fresh }, { foldLength: 120 })}\n`);
    console.log(`${name}: ${missing.length} added, ${left.length} dropped`);
    continue;
  }
  console.log(`${name}: ${texts.size} texts`);
  for (const text of texts.values()) flaws(text, translations.get(key(text))).forEach(complain);
  for (const each of left) complain(`no longer said: ${JSON.stringify(each.slice(each.indexOf("\u0004") + 1))}`);
}
if (wrong > 0) {
  console.error(`${wrong} flaws in the catalogues`);
  process.exit(1);
}
