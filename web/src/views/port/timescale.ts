/**
 * The time axis of a container's history. Days of waiting say nothing and minutes at a door say much: a stretch without
 * any event is drawn no longer than its share, and each such place is marked. Order is never changed.
 */
export interface Tick { ms: number; x: number; text: string; day: boolean }
export interface TimeScale {
  x: (ms: number) => number;
  /** Where a stretch was shortened. */
  breaks: number[];
  ticks: Tick[];
}

const HOUR = 3_600_000;
/** No stretch takes more of the width than this, unless there are too few of them. */
const SHARE = 0.2;
const TICK_PX = 46;

export function timeScale(times: readonly number[], x0: number, x1: number): TimeScale {
  const at = [...new Set(times.filter(Number.isFinite))].sort((a, b) => a - b);
  if (at.length === 0) at.push(0);
  const [first, last] = [at[0] as number, at.at(-1) as number];
  if (at.length === 1) at.splice(0, 1, first - HOUR, first, first + HOUR);
  const lengths = at.slice(1).map((t, i) => t - (at[i] as number));
  const cap = longest(lengths);
  const weights = lengths.map((d) => Math.min(d, cap));
  const total = weights.reduce((a, b) => a + b, 0) || 1;
  const starts: number[] = [x0];
  for (const w of weights) starts.push((starts.at(-1) as number) + (w / total) * (x1 - x0));

  const x = (ms: number): number => {
    const end = at.length - 1;
    if (ms <= (at[0] as number)) return x0;
    if (ms >= (at[end] as number)) return x1;
    let i = 0;
    while (i < end - 1 && ms >= (at[i + 1] as number)) i += 1;
    const [a, b] = [at[i] as number, at[i + 1] as number];
    return (starts[i] as number) + ((ms - a) / (b - a)) * ((starts[i + 1] as number) - (starts[i] as number));
  };
  const breaks = lengths.flatMap((d, i) => (d > cap * 1.1 ? [((starts[i] as number) + (starts[i + 1] as number)) / 2] : []));
  return { x, breaks, ticks: ticksOf(at.length === 3 && first === last ? at[0] as number : first, at.at(-1) as number, x) };
}

/** The length above which a stretch is shortened: what makes the longest one just its share of the whole. */
function longest(lengths: readonly number[]): number {
  const share = Math.max(SHARE, 1.6 / Math.max(1, lengths.length));
  let cap = Math.max(...lengths, 1);
  for (let i = 0; i < 40; i++) {
    const sum = lengths.reduce((all, d) => all + Math.min(d, cap), 0);
    const next = share * sum;
    if (next >= cap) break;
    cap = Math.max(next, HOUR / 2);
  }
  return cap;
}

/** Midnights first, then the hours that divide the day best, as far as there is room. */
function ticksOf(from: number, to: number, x: (ms: number) => number): Tick[] {
  const days = (to - from) / (24 * HOUR);
  const step = days > 60 ? 24 : 1;
  const rank = (ms: number): number => {
    const hour = new Date(ms).getUTCHours();
    return hour === 0 ? 0 : hour === 12 ? 1 : hour % 6 === 0 ? 2 : hour % 3 === 0 ? 3 : 4;
  };
  const all: number[] = [];
  for (let ms = Math.ceil(from / (step * HOUR)) * step * HOUR; ms <= to; ms += step * HOUR) all.push(ms);
  const kept: Tick[] = [];
  for (const ms of all.sort((a, b) => rank(a) - rank(b) || a - b)) {
    const px = x(ms);
    if (kept.some((k) => Math.abs(k.x - px) < TICK_PX)) continue;
    const iso = new Date(ms).toISOString();
    kept.push({ ms, x: px, text: rank(ms) === 0 ? iso.slice(5, 10) : iso.slice(11, 16), day: rank(ms) === 0 });
  }
  kept.sort((a, b) => a.ms - b.ms);
  const head = kept[0];
  if (head && !kept.some((k) => k.day)) head.text = new Date(head.ms).toISOString().slice(5, 10);
  return kept;
}

/** The widest a text of the picture may be; glyphs are not measured. */
export const textWidth = (text: string, px = 11): number => text.length * px * 0.57;

export interface Placed { row: number; x: number; anchor: 'start' | 'end'; from: number; to: number }
/** Texts beside their marks, each in the first row where it is free; null where none of the rows is. */
export function placeTexts(items: readonly { x: number; text: string }[], x0: number, x1: number, rows: number, lead = 0): (Placed | null)[] {
  const taken: [number, number][][] = Array.from({ length: rows }, () => []);
  return items.map(({ x, text }) => {
    const w = textWidth(text) + lead;
    for (let row = 0; row < rows; row++) {
      for (const anchor of ['start', 'end'] as const) {
        const [from, to] = anchor === 'start' ? [x, x + w] : [x - w, x];
        if (from < x0 - 1 || to > x1 + 1) continue;
        if (taken[row]?.some(([a, b]) => from < b + 5 && to > a - 5)) continue;
        taken[row]?.push([from, to]);
        return { row, x: anchor === 'start' ? x + lead : x - lead, anchor, from, to };
      }
    }
    return null;
  });
}
/** The same for texts centred under their marks, pushed inwards at the edges. */
export function placeUnder(items: readonly { x: number; text: string }[], x0: number, x1: number, rows: number): ({ row: number; x: number } | null)[] {
  const taken: [number, number][][] = Array.from({ length: rows }, () => []);
  return items.map(({ x, text }) => {
    const half = textWidth(text) / 2;
    const mid = Math.max(x0 + half, Math.min(x1 - half, x));
    for (let row = 0; row < rows; row++) {
      if (taken[row]?.some(([a, b]) => mid - half < b + 5 && mid + half > a - 5)) continue;
      taken[row]?.push([mid - half, mid + half]);
      return { row, x: mid };
    }
    return null;
  });
}
