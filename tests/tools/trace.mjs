// What a trace of Chromium tells about the page's main thread.

/** Events that lie within no other one, in order. */
export function outermost(events) {
  const result = [];
  for (const event of events.sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    const last = result.at(-1);
    if (!last || event.ts >= last.ts + last.dur) result.push(event);
  }
  return result;
}

/** The value below which this share of a list lies. */
export function at(list, share) {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Milliseconds of computing that an event took; what else this machine did meanwhile does not count. */
export const cost = (event) => (event.tdur ?? event.dur) / 1000;

/** For each frame, milliseconds of all that the main thread did until the next one; and frames a second. */
export function frames(events) {
  const starts = events.filter((event) => event.name === "FireAnimationFrame");
  // The thread that fires the most animation frames is the page's.
  const count = new Map();
  for (const { pid, tid } of starts) count.set(`${pid}/${tid}`, (count.get(`${pid}/${tid}`) ?? 0) + 1);
  const thread = [...count].sort((a, b) => b[1] - a[1])[0]?.[0];
  if (!thread) throw new Error("the trace holds no animation frame");
  const onThread = (event) => `${event.pid}/${event.tid}` === thread;
  const tasks = events.filter((event) => event.ph === "X" && event.name.endsWith("RunTask") && onThread(event));
  const fired = starts.filter(onThread).map((event) => event.ts).sort((a, b) => a - b);
  const times = [];
  const costs = [];
  let next = 0;
  for (const task of outermost(tasks)) {
    // A task belongs to the frame that it fires, with one callback or many, or to the one before.
    if (fired[next] < task.ts + task.dur) {
      times.push(fired[next]);
      costs.push(0);
    }
    while (fired[next] < task.ts + task.dur) next++;
    if (costs.length) costs[costs.length - 1] += cost(task);
  }
  return { costs, rate: (times.length - 1) / ((times.at(-1) - times[0]) / 1e6) };
}
