// <eventyard-diagram>: a running Eventyard diagram in any page. No dependencies; embed.d.ts documents attributes, methods
// and events. <script async src="https://…/embed.js"></script>: no module, so that the host needs no CORS headers.
(() => {
const PROTOCOL = 1;
const base = new URL("./", document.currentScript.src);

/** Attributes that go into the frame's address as they are. */
const PASSED = [
  "d", "lab", "step", "src", "autoplay", "speed", "seed", "t", "panels", "controls", "palette", "readonly", "theme", "lang", "node", "progress",
];

/** Where the page does not say how high it is to be: the diagram's own shape, within these. */
const FLATTEST = 2.4;
const STEEPEST = 1;
/** Figures above, and controls below the diagram, in pixels. */
const AROUND = 110;

class EventyardDiagram extends HTMLElement {
  static observedAttributes = [...PASSED, "link", "height"];

  #frame = null;
  #seen = null;
  #ready = null;
  #asked = new Map();
  #count = 0;
  #last = null;
  #resume = null;
  #progress = null;
  #stale = false;

  connectedCallback() {
    this.style.display ||= "block";
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    addEventListener("message", this.#heard);
    if (this.hasAttribute("poster") && !this.#resume) return this.#poster();
    // Far from what is seen, nothing is loaded.
    this.#seen = new IntersectionObserver((entries) => entries.some((it) => it.isIntersecting) && this.show(), { rootMargin: "300px" });
    this.#seen.observe(this);
    this.#size();
  }

  disconnectedCallback() {
    removeEventListener("message", this.#heard);
    this.#seen?.disconnect();
    // Put back into the page, as slides are, it goes on where it was.
    if (this.#last) this.#resume = this.#last;
    this.#close("the diagram was taken out of the page");
  }

  attributeChangedCallback() {
    if (!this.#frame || this.#stale) return;
    this.#stale = true;
    queueMicrotask(() => {
      this.#stale = false;
      if (!this.#frame) return;
      this.#resume = this.#progress = null;
      this.#close("the diagram is loaded anew");
      this.show();
    });
  }

  /** Loads the diagram now, seen or not. */
  show() {
    if (this.#frame || !this.isConnected) return;
    this.#seen?.disconnect();
    const frame = document.createElement("iframe");
    frame.src = this.#address();
    frame.title = this.title || "Eventyard diagram";
    frame.allow = "fullscreen; clipboard-write";
    frame.style.cssText = "display:block;width:100%;height:100%;border:0;border-radius:inherit";
    this.#frame = frame;
    this.shadowRoot.replaceChildren(frame);
    this.#size();
  }

  #address() {
    const url = new URL(base);
    const query = new URLSearchParams({ embed: "" });
    for (const name of PASSED) if (this.hasAttribute(name)) query.set(name, this.getAttribute(name));
    if (location.origin !== base.origin) query.set("origins", location.origin);
    if (this.#resume) {
      query.set("t", this.#resume.time);
      query.set("autoplay", Number(this.#resume.playing));
      if (this.#progress) query.set("progress", this.#progress);
    }
    url.search = query;
    if (this.hasAttribute("link")) url.hash = this.getAttribute("link").replace(/^.*#/, "");
    return url.href;
  }

  #poster() {
    const button = document.createElement("button");
    button.textContent = `▶ ${this.getAttribute("poster") || "Load the simulation"}`;
    button.style.cssText = "width:100%;height:100%;font:inherit;cursor:pointer;border:1px solid;border-radius:inherit;background:none;color:inherit";
    button.addEventListener("click", () => this.show());
    this.shadowRoot.replaceChildren(button);
    this.#size();
  }

  #size(aspect) {
    const height = Number(this.getAttribute("height"));
    if (height > 0) this.style.height = `${height}px`;
    else if (aspect) this.style.height = `${Math.round(this.clientWidth / Math.min(FLATTEST, Math.max(STEEPEST, aspect)) + AROUND)}px`;
    else if (!this.style.height) this.style.height = "400px";
  }

  #close(why) {
    this.#frame = this.#ready = this.#last = null;
    this.shadowRoot.replaceChildren();
    for (const { reject } of this.#asked.values()) reject(new Error(why));
    this.#asked.clear();
  }

  #heard = ({ source, origin, data }) => {
    if (!this.#frame || source !== this.#frame.contentWindow || origin !== base.origin || data?.eventyard !== PROTOCOL) return;
    const asked = this.#asked.get(data.id);
    if (asked && (data.type === "reply" || data.type === "error")) {
      this.#asked.delete(data.id);
      return data.type === "reply" ? asked.resolve(data.result) : asked.reject(new Error(data.message));
    }
    if (data.type === "ready") {
      this.#size(data.aspect);
      if (!this.#ready) {
        this.#ready = true;
        for (const { message } of this.#asked.values()) this.#post(message);
      }
    }
    if (data.type === "progress") this.#progress = data.progress;
    if (data.type === "state" || data.type === "metrics") this.#last = { ...this.#last, ...data };
    this.dispatchEvent(new CustomEvent(data.type, { detail: data }));
  };

  #post(message) {
    this.#frame.contentWindow.postMessage(message, base.origin);
  }

  #ask(type, fields = {}) {
    this.show();
    const message = { ...fields, eventyard: PROTOCOL, type, id: ++this.#count };
    return new Promise((resolve, reject) => {
      if (!this.#frame) return reject(new Error("the diagram is in no page"));
      this.#asked.set(message.id, { resolve, reject, message });
      if (this.#ready) this.#post(message);
    });
  }

  load(what) { return this.#ask("load", what); }
  play(speed) { return this.#ask("play", speed === undefined ? {} : { speed }); }
  pause() { return this.#ask("pause"); }
  step() { return this.#ask("step"); }
  seek(time) { return this.#ask("seek", { time }); }
  set(target, setting, value) { return this.#ask("set", { target, setting, value }); }
  send(node, payload = {}, count = 1) { return this.#ask("send", { node, payload, count }); }
  fault(target, fault = null) { return this.#ask("fault", { target, fault }); }
  getState() { return this.#ask("getState"); }
  screenshot(format = "svg") { return this.#ask("screenshot", { format }); }
}

customElements.get("eventyard-diagram") || customElements.define("eventyard-diagram", EventyardDiagram);
})();
