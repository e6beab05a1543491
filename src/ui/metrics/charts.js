// Charts of simulated time: uPlot behind a narrow interface. Bundled into a file of its own, which is loaded when charts
// are first shown. They live in a shadow root, because there style sheets may be adopted: the page's
// Content-Security-Policy allows no inline ones.
import uPlot from "uplot";
import css from "uplot/dist/uPlot.min.css" with { type: "text" };

const OWN = `
  :host { display: block; color: var(--text-quiet); font: var(--size-small) var(--font); }
  .u-legend { display: none; }
  .u-select { background: var(--accent-soft); opacity: 0.6; }
  .u-cursor-x { border-color: var(--line-strong); }
  .u-over { cursor: crosshair; }
`;

const sheet = new CSSStyleSheet();
sheet.replaceSync(css + OWN);

/** Widths of dashes, so that lines differ by more than their colour. */
const DASHES = [[], [6, 3], [2, 3]];

/** Seconds as the clock shows them. */
function clock(seconds, fine) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  const tail = fine ? `.${Math.round((seconds - whole) * 10)}` : "";
  return `${hours ? `${hours}:` : ""}${two(minutes)}:${two(rest)}${tail}`;
}

/**
 * A chart in `host`. `lines`: `{ label, colour }` with colours as names of custom properties. `format(value)` writes a
 * value of the axis; `chosen(from, to)` hears of a stretch that was brushed, `went(seconds)` of a click.
 */
export function create(host, lines, format, chosen, went) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  const place = document.createElement("div");
  root.replaceChildren(place);
  let marks = [];
  let now = 0;
  const colour = (name) => getComputedStyle(host).getPropertyValue(name).trim();

  /** Marks on the axis, and the moment that is shown. */
  function drawMarks(chart) {
    const { ctx, bbox } = chart;
    ctx.save();
    ctx.lineWidth = devicePixelRatio;
    const line = (at, stroke, dash) => {
      const x = chart.valToPos(at, "x", true);
      if (!(x >= bbox.left && x <= bbox.left + bbox.width)) return undefined;
      ctx.beginPath();
      ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
      ctx.strokeStyle = stroke;
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      return x;
    };
    for (const { at, kind } of marks) {
      const stroke = colour({ fault: "--bad", edit: "--edge", branch: "--accent" }[kind] ?? "--line-strong");
      const x = line(at, stroke, [2, 2]);
      if (x === undefined) continue;
      // A fault is a triangle, an edit a square, a branch a diamond, a command a dot.
      const [size, y] = [4 * devicePixelRatio, bbox.top + 4 * devicePixelRatio];
      ctx.setLineDash([]);
      ctx.fillStyle = stroke;
      ctx.beginPath();
      if (kind === "fault") {
        ctx.moveTo(x - size, y - size);
        ctx.lineTo(x + size, y - size);
        ctx.lineTo(x, y + size);
      } else if (kind === "branch") {
        ctx.moveTo(x, y - size * 1.2);
        ctx.lineTo(x + size * 1.2, y);
        ctx.lineTo(x, y + size * 1.2);
        ctx.lineTo(x - size * 1.2, y);
      } else if (kind === "edit") ctx.rect(x - size * 0.8, y - size, size * 1.6, size * 1.6);
      else ctx.arc(x, y, size * 0.8, 0, Math.PI * 2);
      ctx.fill();
    }
    line(now, colour("--accent"), []);
    ctx.restore();
  }

  const axis = (more) => ({
    stroke: () => colour("--text-quiet"),
    grid: { stroke: () => colour("--line"), width: 1 },
    ticks: { stroke: () => colour("--line"), width: 1 },
    font: `12px ${colour("--font") || "sans-serif"}`,
    ...more,
  });
  const options = {
    width: Math.max(host.clientWidth, 100),
    height: 132,
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 5 } },
    scales: { x: { time: false }, y: { range: (_, low, high) => [Math.min(low ?? 0, 0), (high ?? 0) > 0 ? high * 1.08 : 1] } },
    axes: [
      axis({ values: (chart, values) => values.map((value) => clock(value, chart.scales.x.max - chart.scales.x.min < 8)), size: 28 }),
      axis({ values: (_, values) => values.map((value) => format(value)), size: 64 }),
    ],
    series: [
      {},
      ...lines.map(({ label, colour: name }, number) => ({
        label,
        stroke: () => colour(name),
        width: 1.5,
        dash: DASHES[number % DASHES.length],
        spanGaps: true,
        points: { show: false },
      })),
    ],
    hooks: {
      draw: [drawMarks],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width > 4) chosen(chart.posToVal(left, "x"), chart.posToVal(left + width, "x"));
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      ready: [
        (chart) => {
          let down;
          chart.over.addEventListener("pointerdown", (event) => (down = event.clientX));
          chart.over.addEventListener("click", (event) => {
            if (Math.abs(event.clientX - (down ?? event.clientX)) <= 4) {
              went(chart.posToVal(event.clientX - chart.over.getBoundingClientRect().left, "x"));
            }
          });
        },
      ],
    },
  };
  const chart = new uPlot(options, [[0], ...lines.map(() => [null])], place);
  const sizes = new ResizeObserver(() => {
    if (host.clientWidth > 0) chart.setSize({ width: host.clientWidth, height: options.height });
  });
  sizes.observe(host);
  const theme = new MutationObserver(() => chart.redraw(false, true));
  theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return {
    /** `columns`: times in seconds, then each line's values; NaN where there is none. */
    show(columns, shownMarks, moment, from, to) {
      marks = shownMarks;
      now = moment;
      const data = columns.map((column, number) => (number === 0 ? column : Array.from(column, (value) => (Number.isNaN(value) ? null : value))));
      chart.batch(() => {
        chart.setData(data, false);
        chart.setScale("x", { min: from, max: Math.max(to, from + 0.1) });
      });
    },
    destroy() {
      sizes.disconnect();
      theme.disconnect();
      chart.destroy();
    },
  };
}
