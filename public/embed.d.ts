/**
 * Eventyard in other pages: the web component `<eventyard-diagram>` of `embed.js`, and the messages that it exchanges with
 * the frame inside, for pages that make the frame themselves.
 *
 * The frame's address is that of the app with `?embed` and any of the parameters below. It listens to the page that holds
 * it if that page's origin is the app's own or among `origins`; `embed.js` (a plain script: `<script async src="…/embed.js">`) sees to that by itself. Every message is an object
 * with `eventyard: 1` and a `type`. What is not understood is answered by `error`, and nothing else happens.
 */

/** Attributes of the component, and parameters of the address. On and off are `1` and `0`; an attribute without a value is on. */
export interface EventyardParameters {
  /** A diagram of the guide, by its id: `decouple-queue`. */
  d?: string;
  /** A lab, by its id, and the step at which it begins. */
  lab?: string;
  step?: string;
  /** Where a document is fetched from; the server has to allow it (CORS). */
  src?: string;
  /** Whether it plays at once. Default: on; for links to a moment: off. */
  autoplay?: string;
  /** Simulated seconds per second, from 0.1 to 1000. */
  speed?: string;
  seed?: string;
  /** The moment at which it begins, in simulated time: `90`, `1.5s`, `2m`; at most a day. */
  t?: string;
  /** What stands around the diagram: `headline,inspector` (the default), `guide`, `dock`, `header`; `all` or `none`. */
  panels?: string;
  /** What there is to drive it with: `play,step,reset,speed,clock,zoom` (the default), `back`, `start`; `all` or `none`. */
  controls?: string;
  /** Whether there are building blocks to draw with. Default: off. */
  palette?: string;
  /** Whether the diagram stays as it is; it can be driven all the same. Default: off. */
  readonly?: string;
  theme?: "light" | "dark" | "auto";
  /** A code such as "en" or "de"; "auto" is the browser's. What there is no catalogue for is shown in English. */
  lang?: string;
  /** Loads only once somebody clicks. As the component's attribute it may hold what the button says. */
  poster?: string;
  /** The node that is selected at the beginning, by its name or id. */
  node?: string;
  /** How far somebody has come in the lab: what a `progress` message had as its `progress`. The lab goes on from there. */
  progress?: string;
  /** Only in addresses: what share of the score is wanted to pass, from 0 to 1; otherwise 0.8. */
  mastery?: string;
  /** Only in addresses: the id by which statements call the lab; otherwise its own address. */
  activity?: string;
  /** Only in addresses, for course packages: results are told as `course` messages as well. */
  course?: "scorm12" | "scorm2004" | "cmi5";
  /** Only in addresses: the origins whose messages are listened to, with commas; `*` for any. */
  origins?: string;
}

/** What a page may send to the frame. `id` comes back with the answer. */
export type EventyardRequest = { eventyard: 1; id?: number | string } & (
  | ({ type: "load" } & EventyardLoad)
  | { type: "play"; speed?: number }
  | { type: "pause" }
  | { type: "step" }
  /** In simulated seconds, at most a day. */
  | { type: "seek"; time: number }
  /** Changes a setting; null means its default. Targets are names, ids, or `From -> To` for edges. */
  | { type: "set"; target: string; setting: string; value: unknown }
  | { type: "send"; node: string; payload?: unknown; count?: number }
  /** Makes something go wrong: `{ outage: true }`, `{ errorRate: 0.3 }`, …; without `fault` it heals. */
  | { type: "fault"; target: string; fault?: Record<string, unknown> | null }
  | { type: "getState" }
  | { type: "screenshot"; format?: "svg" | "png" }
);

/** One of the three: a diagram of the guide, a document, or a link that Share made (or its part after the `#`). */
export type EventyardLoad = { diagram: string } | { document: object } | { link: string };

export interface EventyardState {
  diagram: string;
  playing: boolean;
  speed: number;
  /** Simulated seconds. */
  time: number;
  seed: number;
}

export interface EventyardMetrics {
  time: number;
  requests: number;
  /** From 0 to 1. */
  successRate: number;
  /** Percentiles of the time to the answer, and ages, in milliseconds. */
  p50: number;
  p95: number;
  p99: number;
  queueDepth: number;
  oldestAge: number;
  duplicates: number;
  deadLettered: number;
  /** Dollars. */
  costPerMillion: number;
  /** By the node's name: the figures of its report. */
  nodes: Record<string, Record<string, unknown>>;
}

/** What the frame tells. */
export type EventyardEvent = { eventyard: 1 } & (
  /** A diagram is there; `aspect` is its width by its height. Comes again with every diagram. */
  | { type: "ready"; diagram: string; aspect: number }
  | ({ type: "state" } & EventyardState)
  /** Twice a second at most, while time passes. */
  | ({ type: "metrics" } & EventyardMetrics)
  /** A goal of a lab was reached. */
  | { type: "goal"; lab: string; step: number; goal: string }
  /** A lab was finished. */
  | { type: "lab"; lab: string; score: number }
  /**
   * How far somebody has come in a lab, when it is opened and after each change. `score` is from 0 to 1; `passed` is null until
   * every step was gone through; `progress`, at most 4,096 letters and digits, brings the lab back to this state.
   */
  | {
      type: "progress"; lab: string; step: number; steps: number; stepsDone: number; score: number; complete: boolean;
      passed: boolean | null; progress: string;
    }
  /**
   * What has happened in a lab, as an xAPI 1.0.3 statement without actor and time: initialized, answered, progressed, completed,
   * passed or failed.
   */
  | { type: "xapi"; statement: { verb: { id: string }; object: { id: string }; result?: object; context?: object } }
  /** What is to be set in a SCORM run-time: names and values, in this order. Records are told apart by their first pair, the id. */
  | { type: "course"; values: [string, string][]; objectives: [string, string][][]; interactions: [string, string][][] }
  | { type: "reply"; id: number | string | null; result: unknown }
  /** `id` is that of the message that was refused, or null. */
  | { type: "error"; id: number | string | null; message: string }
);

/** The component. Loads its frame once it comes near to what is seen; sizes itself unless `height` (in pixels) is given. */
export class EventyardDiagram extends HTMLElement {
  /** Loads the frame now. */
  show(): void;
  load(what: EventyardLoad): Promise<EventyardState>;
  play(speed?: number): Promise<EventyardState>;
  pause(): Promise<EventyardState>;
  step(): Promise<EventyardState>;
  seek(time: number): Promise<EventyardState>;
  set(target: string, setting: string, value: unknown): Promise<EventyardState>;
  send(node: string, payload?: unknown, count?: number): Promise<EventyardState>;
  fault(target: string, fault?: Record<string, unknown> | null): Promise<EventyardState>;
  getState(): Promise<EventyardState & { document: object; metrics: EventyardMetrics; journalHash: string }>;
  screenshot(format?: "svg" | "png"): Promise<{ svg: string } | { png: string }>;
  addEventListener(
    type: "ready" | "state" | "metrics" | "goal" | "lab" | "progress" | "xapi" | "error",
    listener: (event: CustomEvent<EventyardEvent>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "eventyard-diagram": EventyardDiagram;
  }
}
