/** Geometry of the charts: scales from zero, lines that break where years are missing, the hull, labels that do not touch. */
import { floatOf } from '../../../core/decimal';
import type { Chart, CurvePoint, Status, Vintage } from '../../../core/accounts';

export interface Frame { width: number; height: number; left: number; right: number; top: number; bottom: number }
export interface Scale { x: (value: number) => number; y: (value: number) => number; ticks: { at: number; y: number }[]; top: number }

/** Steps of 1, 2 or 5 of their size, three to five of them, from zero to the next above the largest. */
export function niceTicks(largest: number): number[] {
  if (!(largest > 0)) return [0, 1];
  const rough = largest / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * ([1, 2, 2.5, 5, 10].find((n) => n * size >= rough * 0.999999) ?? 10);
  const count = Math.ceil(largest / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}

export function scaleOf(frame: Frame, from: number, to: number, largest: number): Scale {
  const values = niceTicks(largest);
  const top = values.at(-1) ?? 1;
  const inner = frame.width - frame.left - frame.right;
  const high = frame.height - frame.top - frame.bottom;
  const x = (value: number): number => frame.left + (to === from ? 0.5 : (value - from) / (to - from)) * inner;
  const y = (value: number): number => frame.top + high - (value / top) * high;
  return { x, y, top, ticks: values.map((at) => ({ at, y: y(at) })) };
}

/** Years to write under the axis: every one, every second, fifth or tenth, as many as there is room for. */
export function yearTicks(from: number, to: number, room: number): number[] {
  const step = [1, 2, 5, 10, 20].find((n) => (to - from) / n <= Math.max(1, Math.floor(room / 44))) ?? 20;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => first + i * step);
}

/** A figure that nobody measured, or that was not published, never joins the line. */
export const isHollow = (status: Status): boolean => status === 'claimed' || status === 'leaked';

/** Runs of following years: where one is missing the line breaks instead of inventing what lies between. */
export function runs<P extends { year: number }>(points: readonly P[]): P[][] {
  const out: P[][] = [];
  for (const point of [...points].sort((a, b) => a.year - b.year)) {
    const run = out.at(-1);
    const before = run?.at(-1);
    if (run && before && point.year - before.year <= 1) run.push(point);
    else out.push([point]);
  }
  return out;
}

const n = (value: number): string => (Math.round(value * 10) / 10).toString();
export const pathOf = (points: readonly { x: number; y: number }[]): string => points.map((p, i) => `${i === 0 ? 'M' : 'L'}${n(p.x)} ${n(p.y)}`).join('');

export function linePaths(points: readonly CurvePoint[], scale: Scale): string[] {
  return runs(points.filter((p) => !isHollow(p.status))).filter((run) => run.length > 1)
    .map((run) => pathOf(run.map((p) => ({ x: scale.x(p.year), y: scale.y(floatOf(p.value)) }))));
}

/** The band between the lowest and the highest rival, only over following years that have both. */
export function hullPaths(hull: Chart['hull'], scale: Scale): string[] {
  return runs(hull).filter((run) => run.length > 1).map((run) => {
    const up = run.map((p) => ({ x: scale.x(p.year), y: scale.y(floatOf(p.high)) }));
    const down = [...run].reverse().map((p) => ({ x: scale.x(p.year), y: scale.y(floatOf(p.low)) }));
    return `${pathOf([...up, ...down])}Z`;
  });
}

export function bandPath(points: readonly { year: number; low: number; high: number }[], scale: Scale): string {
  const up = points.map((p) => ({ x: scale.x(p.year), y: scale.y(p.high) }));
  const down = [...points].reverse().map((p) => ({ x: scale.x(p.year), y: scale.y(p.low) }));
  return points.length < 2 ? '' : `${pathOf([...up, ...down])}Z`;
}

/** Half a year on each side belongs to a missing year; nothing is hatched outside the axis. */
export function missingRuns(missing: readonly [number, number][], scale: Scale, years: [number, number]): { x: number; width: number; from: number; to: number }[] {
  return missing.filter(([from, to]) => to >= years[0] && from <= years[1] && from <= to).map(([from, to]) => {
    const [a, b] = [Math.max(years[0], from - 0.4), Math.min(years[1], to + 0.4)];
    const x = scale.x(a);
    return { x, width: Math.max(3, scale.x(b) - x), from, to };
  });
}

/** Labels at the ends of lines, moved apart until none touches another, inside the frame. */
export function spread<T extends { y: number }>(labels: readonly T[], gap: number, top: number, bottom: number): (T & { at: number })[] {
  const sorted = [...labels].sort((a, b) => a.y - b.y).map((label) => ({ ...label, at: label.y }));
  let floor = top;
  for (const label of sorted) {
    label.at = Math.max(label.at, floor);
    floor = label.at + gap;
  }
  let ceiling = bottom;
  for (const label of [...sorted].reverse()) {
    label.at = Math.min(label.at, ceiling);
    ceiling = label.at - gap;
  }
  return sorted;
}

/** A vintage as a point of time, in years; a bare year stands at its middle, a month at its own. */
export function vintageTime(vintage: Vintage): number | null {
  const found = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(vintage);
  if (!found) return null;
  const year = Number(found[1]);
  if (found[2] === undefined) return year + 0.5;
  const day = found[3] === undefined ? 15 : Number(found[3]);
  return year + (Number(found[2]) - 1) / 12 + day / 366;
}

/** Large figures are written in thousands, millions or thousands of millions; the axis says which. */
export function sizeOf(largest: number): { by: number; name: 'one' | 'thousand' | 'million' | 'billion' } {
  if (largest >= 2e9) return { by: 1e9, name: 'billion' };
  if (largest >= 2e6) return { by: 1e6, name: 'million' };
  if (largest >= 2e4) return { by: 1e3, name: 'thousand' };
  return { by: 1, name: 'one' };
}

export type Shape = 'square' | 'circle' | 'triangle' | 'diamond' | 'bar';
export interface Style { colour: 1 | 2 | 3; shape: Shape }
const KNOWN: readonly string[] = ['simci', 'us_government', 'siima'];
const SHAPES: readonly Shape[] = ['square', 'circle', 'triangle', 'diamond', 'bar'];
/** The same method has the same colour, dash and shape on every chart; unknown ones follow in the order of the chart. */
export function styleOf(method: string, inChart: readonly string[]): Style {
  const known = KNOWN.indexOf(method);
  const others = inChart.filter((one) => !KNOWN.includes(one));
  const taken = inChart.filter((one) => KNOWN.includes(one)).map((one) => KNOWN.indexOf(one));
  const free = SHAPES.map((_, i) => i).filter((i) => !taken.includes(i));
  const i = known >= 0 ? known : (free[others.indexOf(method) % Math.max(1, free.length)] ?? 0);
  return { colour: ((i % 3) + 1) as 1 | 2 | 3, shape: SHAPES[i] ?? 'square' };
}

export const MARKS: Record<Shape, string> = {
  square: 'M-2.6-2.6H2.6V2.6H-2.6z', circle: 'M0-3A3 3 0 1 1-.01-3z', triangle: 'M0-3.6 3.6 2.6H-3.6z', diamond: 'M0-3.8 3.8 0 0 3.8-3.8 0z', bar: 'M-3.4-1.4H3.4V1.4H-3.4z',
};
