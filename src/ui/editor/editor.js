// A code editor for JSON and for templates in YAML: CodeMirror behind a narrow interface. Bundled into a file of its own, which is loaded only when
// something is to be edited. It lives in a shadow root, because there it may adopt style sheets: the page's
// Content-Security-Policy allows no inline ones.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  WidgetType,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--code-key)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: tags.comment, color: "var(--text-quiet)" },
  { tag: [tags.typeName, tags.keyword, tags.meta], color: "var(--code-value)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-value)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "var(--size-text)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--font-code)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": {
    color: "var(--text-quiet)",
    backgroundColor: "var(--surface-sunken)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLine": { backgroundColor: "transparent" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-soft)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-soft)" },
  ".cm-tooltip": { color: "var(--text)", backgroundColor: "var(--surface-raised)", border: "1px solid var(--line)" },
  ".cm-held": { backgroundColor: "var(--good-soft)", borderBottom: "2px solid var(--good)" },
  ".cm-failed": { backgroundColor: "var(--bad-soft)", borderBottom: "2px dashed var(--bad)" },
  ".cm-idle": { opacity: "0.6", textDecoration: "line-through" },
  ".cm-note": { paddingLeft: "1.5em", fontFamily: "var(--font)", fontSize: "var(--size-small)", whiteSpace: "pre-wrap" },
  ".cm-note-held": { color: "var(--good)" },
  ".cm-note-failed": { color: "var(--bad)" },
  ".cm-note-idle": { color: "var(--text-quiet)" },
});

/** What stands behind a line: why the conditions before it hold, or not. */
class Note extends WidgetType {
  constructor(kind, text) {
    super();
    this.kind = kind;
    this.text = text;
  }

  eq(other) {
    return other.kind === this.kind && other.text === this.text;
  }

  toDOM() {
    const element = document.createElement("span");
    element.className = `cm-note cm-note-${this.kind}`;
    element.textContent = this.text;
    return element;
  }
}

const setMarks = StateEffect.define();
const marks = StateField.define({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = value.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setMarks)) next = decorations(effect.value, transaction.newDoc);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorations(list, doc) {
  const clamp = (place) => Math.min(Math.max(place, 0), doc.length);
  const ranges = [];
  for (const { from, to, kind, note } of list) {
    const [start, end] = [clamp(from), clamp(to)];
    if (start < end) ranges.push(Decoration.mark({ class: `cm-${kind}` }).range(start, end));
    if (note) ranges.push(Decoration.widget({ widget: new Note(kind, note), side: 1 }).range(doc.lineAt(end).to));
  }
  return Decoration.set(ranges, true);
}

/** A template in YAML begins with the name of a section, or with a comment. */
const languageOf = (text) => (/^\s*(#|[A-Za-z]+:)/.test(text) ? "yaml" : "json");
const languages = { yaml, json };

/**
 * Puts an editor into an element.
 * @param {HTMLElement} host
 * @param {string} text
 * @param {string} label what the editor is for, for those who do not see it
 * @param {(text: string) => void} changed called after each change that somebody typed
 */
export function create(host, text, label, changed) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  let quiet = false;
  let language = languageOf(text);
  const spoken = new Compartment();
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        highlightSpecialChars(),
        highlightActiveLine(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        spoken.of(languages[language]()),
        syntaxHighlighting(colours),
        marks,
        theme,
        EditorView.lineWrapping,
        // It can be focused anyhow; said, so that tools know that what scrolls can be reached by keyboard.
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
        // Tab leaves the editor, as everywhere on the page.
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !quiet) changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    /** Replaces the text; does not call `changed`. */
    setText(next) {
      if (next === view.state.doc.toString()) return;
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
      quiet = false;
      if (languageOf(next) === language) return;
      language = languageOf(next);
      view.dispatch({ effects: spoken.reconfigure(languages[language]()) });
    },
    /** Marks spans: a list of { from, to, kind: "held" | "failed" | "idle", note }, places in UTF-16 units. */
    setMarks(list) {
      view.dispatch({ effects: setMarks.of(list) });
    },
    /** Points at faults: a list of { from, to, message }. */
    setFaults(list) {
      const clamp = (place) => Math.min(Math.max(place, 0), view.state.doc.length);
      const faults = list.map(({ from, to, message }) => ({
        from: clamp(from),
        to: clamp(Math.max(to, from)),
        severity: "error",
        message,
      }));
      view.dispatch(setDiagnostics(view.state, faults));
    },
    destroy() {
      view.destroy();
    },
  };
}
