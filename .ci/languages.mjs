// Makes of each catalogue in languages/ a file that the app reads, and one of what is said before the app is there (by the page
// itself and public/boot.js), and says in the page which there are.
// node languages.mjs STAGING_FOLDER
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { mo, po } from "gettext-parser";

const site = process.argv[2];
const folder = join(import.meta.dirname, "../languages");
const MARK = "<!-- languages -->";
const EARLY = /^(index\.html|public\/boot\.js)$/m;

/** The app's readers of catalogues have their ways: rspolib 0.1 takes the context for the text and the text for the context,
 * and tr 0.1 finds the rule of plurals only without a blank before it. */
function asRead({ headers, translations, ...rest }) {
  const result = {};
  for (const each of Object.values(translations).flatMap(Object.values)) {
    if (each.msgid === "") continue;
    const [msgctxt, msgid] = each.msgctxt ? [each.msgid, each.msgctxt] : ["", each.msgid];
    (result[msgctxt] ??= {})[msgid] = { ...each, msgctxt, msgid };
  }
  return { ...rest, headers: { ...headers, "Plural-Forms": headers["Plural-Forms"].replace(/;\s+/g, ";") }, translations: result };
}

/** Writes a file whose name tells of what it holds. */
function keep(language, bytes, ending) {
  const name = `language-${language}-${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}.${ending}`;
  writeFileSync(join(site, name), bytes);
  return name;
}

function mention(name) {
  const language = name.slice(0, -".po".length);
  const catalogue = po.parse(readFileSync(join(folder, name)));
  const early = Object.values(catalogue.translations[""]).filter(({ comments }) => EARLY.test(comments?.reference ?? ""));
  const words = keep(language, JSON.stringify(Object.fromEntries(early.map(({ msgid, msgstr }) => [msgid, msgstr[0]]))), "json");
  // Packed here, because many hosts pack no files of a kind that they do not know; public/boot.js unpacks it.
  const all = keep(language, gzipSync(mo.compile(asRead(catalogue)), { level: 9 }), "bin");
  return `<meta name="eventyard:language" content="${language}" data-words="${words}" data-catalogue="${all}">`;
}

const page = join(site, "index.html");
const text = readFileSync(page, "utf8");
if (!text.includes(MARK)) throw new Error(`index.html lacks ${MARK}`);
const mentions = readdirSync(folder).filter((name) => name.endsWith(".po")).sort().map(mention);
writeFileSync(page, text.replace(MARK, () => mentions.join("")));
