/** Where everything of a container's history stands on the picture, in pixels: lanes, marks and texts. No drawing here. */
import type { PortAlert, PortContainer, PortEvent } from '../../core/port';
import { toMs } from '../../core/time';
import { afterScan, kgScale, placeRuns, plannedLoad, powerRuns, sealLanes, weights, type PlaceRun, type PowerRun, type SealRun, type Weight } from './history';
import { placeTexts, placeUnder, textWidth, timeScale, type TimeScale } from './timescale';

export type Shape = 'square' | 'triangle' | 'round';
const SQUARE: ReadonlySet<string> = new Set(['SCAN', 'CUSS', 'CUSI', 'INSP', 'LOAD', 'STOW', 'DISC']);
export const shapeOf = (kind: string): Shape => (SQUARE.has(kind) ? 'square' : kind === 'DRO' || kind === 'DRC' ? 'triangle' : 'round');

export interface Words { event: (e: PortEvent) => string; times: (word: string, n: number) => string; alert: (a: PortAlert) => string; weight: (w: Weight) => string }
export interface Mark { x: number; shape: Shape; planned: boolean; text: string; under: { row: number; x: number } | null; id: string }
export interface Flag { x: number; text: string; at: { row: number; x: number; anchor: 'start' | 'end' } | null; second: boolean; id: string }
export interface Lane<T> { y: number; height: number; label: number; items: T[] }
export interface Layout {
  width: number; height: number; x0: number; x1: number; wide: boolean; scale: TimeScale;
  now: number | null; load: number | null; after: { x: number; width: number } | null;
  place: Lane<PlaceRun & { x: number; width: number }>;
  events: Lane<Mark> & { line: number; flags: Flag[] };
  seals: (Lane<SealRun & { x: number; width: number; room: number; hatch: number | null }> & { placement: string })[];
  power: Lane<PowerRun & { x: number; width: number }> | null;
  weight: (Lane<Weight & { x: number; y: number; text: string; tx: number; ty: number; anchor: 'start' | 'end' }> & {
    ticks: { kg: number; y: number }[]; limit: { x: number; width: number; y: number; base: number; kg: number } | null; rise: { x: number; from: number; to: number; kg: number } | null;
  }) | null;
}

const GUTTER = 92, ROW = 14;

export function layOut(box: PortContainer, asOf: string | null, width: number, words: Words): Layout {
  const wide = width >= 560;
  const [x0, x1] = [wide ? GUTTER : 10, Math.max(width - 14, (wide ? GUTTER : 10) + 60)];
  const acted = box.events.filter((e) => e.classifier === 'ACT');
  const due = plannedLoad(box.events, box.row?.loads ?? null);
  const asOfMs = toMs(asOf);
  const happened = [...acted.map((e) => toMs(e.at)), ...box.alerts.map((a) => toMs(a.at))].filter(Number.isFinite);
  const newest = happened.length > 0 ? Math.max(...happened) : Number.NaN;
  const loaded = acted.some((e) => e.kind === 'LOAD');
  // What came after this box was loaded is no part of its history.
  const until = loaded || !Number.isFinite(asOfMs) ? newest : Math.max(newest, asOfMs);
  const scale = timeScale([...happened, ...(Number.isFinite(until) ? [until] : []), ...(due === null ? [] : [due])], x0, x1);
  const { x } = scale;
  const span = (from: number, to: number | null): { x: number; width: number } => ({ x: x(from), width: Math.max(4, x(to ?? until) - x(from)) });
  const head = wide ? 0 : ROW;
  // Two lines above: the hours, then what is said of instants.
  let y = 34;
  const lane = <T>(height: number, items: T[], above = head): Lane<T> => {
    const made = { y: y + above, height, label: wide && above === 0 ? y + 14 : y + 10, items };
    y += above + height + 10;
    return made;
  };

  const place = lane(20, placeRuns(box.events).map((run) => ({ ...run, ...span(run.from, run.to) })));

  const told = [...box.alerts].sort((a, b) => toMs(a.at) - toMs(b.at) || b.nats - a.nats);
  const flagged = told.map((a) => ({ x: x(toMs(a.at)), text: words.alert(a), second: a.tier === 'reread' || a.nats <= 0, id: a.id }));
  const beside = placeTexts(flagged, x0, x1, 7, 9);
  const above = Math.max(0, ...beside.map((p) => (p ? p.row + 1 : 0)));
  const groups = merge(box.events.filter((e) => Number.isFinite(toMs(e.at))), x);
  const named = groups.map((g) => ({ x: g.x, text: words.times(words.event(g.first), g.count) }));
  // What is planned is named first: the load is what everything leads to.
  const first = groups.map((_, i) => i).sort((a, b) => Number(groups[b]?.first.classifier !== 'ACT') - Number(groups[a]?.first.classifier !== 'ACT'));
  const placed = placeUnder(first.flatMap((i) => named[i] ?? []), x0 - (wide ? 20 : 0), x1 + 8, 3);
  const under = groups.map((_, i) => placed[first.indexOf(i)] ?? null);
  const below = Math.max(1, ...under.map((u) => (u ? u.row + 1 : 0)));
  const marks: Mark[] = groups.map((g, i) => ({ x: g.x, shape: shapeOf(g.first.kind), planned: g.first.classifier !== 'ACT', text: named[i]?.text ?? '', under: under[i] ?? null, id: g.first.id }));
  const events = { ...lane(above * ROW + 20 + below * 13, marks), line: 0, flags: flagged.map((f, i): Flag => ({ ...f, at: beside[i] ?? null })) };
  events.line = events.y + above * ROW + 9;

  const seals = sealLanes(box.events, box.alerts).map(({ placement, rows, runs }) => {
    const main = runs.filter((r) => r.row === 0);
    const items = runs.map((run) => {
      const next = run.row === 0 ? main[main.indexOf(run) + 1] : undefined;
      // A seal is taken to hold until the next reading; after the last one, until as far as is known.
      const drawn = span(run.from, run.row === 0 && !next ? until : run.to);
      // A number read once has no length: it may be written as far as the next one.
      return { ...run, ...drawn, room: (next ? x(next.from) : Math.max(x(until), run.row > 0 ? x1 : 0)) - drawn.x - 8, hatch: run.change ? x(run.change.from) : null };
    });
    return { ...lane(rows * 22 + 4, items), placement };
  });

  const powered = powerRuns(box.events);
  const power = powered.length === 0 ? null : lane(12, powered.map((run) => ({ ...run, ...span(run.from, run.to) })));
  const weighed = weights(box.events);
  const weight = weighed.length === 0 ? null : weightLane(weighed, box.alerts, lane(96, weighed, ROW + 4), x, x0, x1, words);
  const after = afterScan(box.events, due ?? until);
  return {
    width, height: y, x0, x1, wide, scale, place, events, seals, power, weight,
    now: Number.isFinite(until) && !loaded ? x(until) : null, load: due === null ? null : x(due),
    after: after ? { x: x(after.from), width: Math.max(0, x(after.to) - x(after.from)) } : null,
  };
}

interface Group { first: PortEvent; count: number; x: number }
/** Events of one kind that would stand on each other are one mark with their number. */
function merge(events: readonly PortEvent[], x: (ms: number) => number): Group[] {
  const out: Group[] = [];
  for (const e of [...events].sort((a, b) => toMs(a.at) - toMs(b.at))) {
    const at = x(toMs(e.at)), last = out.at(-1);
    if (last && last.first.kind === e.kind && last.first.classifier === e.classifier && at - last.x < 10) last.count += 1;
    else out.push({ first: e, count: 1, x: at });
  }
  return out;
}

function weightLane(all: readonly Weight[], alerts: readonly PortAlert[], lane: Lane<Weight>, x: (ms: number) => number, x0: number, x1: number, words: Words): Layout['weight'] {
  const alert = alerts.find((a) => a.finding === 'heavier_at_load') ?? alerts.find((a) => a.finding === 'gate_differs_from_vgm');
  const heavier = alert?.finding === 'heavier_at_load';
  const n = alert?.numbers ?? {};
  const base = heavier ? n['gate_kg'] : n['vgm_kg'], reached = heavier ? n['load_kg'] : n['gate_kg'], limit = n['limit_kg'];
  const top = base !== undefined && limit !== undefined ? [base + limit] : [];
  const { low, high, ticks } = kgScale([...all.map((w) => w.kg), ...top]);
  const y = (kg: number): number => lane.y + lane.height - ((kg - low) / (high - low)) * lane.height;
  const near = (kg: number | undefined): Weight | undefined => all.find((w) => kg !== undefined && Math.abs(w.kg - kg) < 0.5);
  const [from, to] = [near(base), near(reached)];
  const boxes: [number, number, number][] = [];
  const items = all.map((w) => {
    const text = words.weight(w), at = x(w.at), half = textWidth(text);
    // Above or below first: beside it runs the line to the next.
    const tries = [[at + 5, 'start', -9], [at - 5, 'end', -9], [at + 5, 'start', 17], [at - 5, 'end', 17], [at + 9, 'start', 4], [at - 9, 'end', 4]] as const;
    const fit = tries.find(([tx, anchor, dy]) => {
      const [a, b] = anchor === 'start' ? [tx, tx + half] : [tx - half, tx];
      return a >= x0 - 6 && b <= x1 + 8 && !boxes.some(([c, d, ty]) => a < d + 4 && b > c - 4 && Math.abs(ty - (y(w.kg) + dy)) < 12) && !all.some((o) => o !== w && Math.abs(y(o.kg) - y(w.kg) - dy + 4) < 9 && x(o.at) > a - 6 && x(o.at) < b + 6);
    }) ?? tries[0];
    boxes.push(fit[1] === 'start' ? [fit[0], fit[0] + half, y(w.kg) + fit[2]] : [fit[0] - half, fit[0], y(w.kg) + fit[2]]);
    return { ...w, x: at, y: y(w.kg), text, tx: fit[0], ty: y(w.kg) + fit[2], anchor: fit[1] };
  });
  return {
    ...lane, items, ticks: ticks.map((kg) => ({ kg, y: y(kg) })),
    limit: from && base !== undefined && limit !== undefined ? { x: x(from.at), width: Math.max(0, (to ? x(to.at) : x1) - x(from.at)), y: y(base + limit), base: y(base), kg: limit } : null,
    rise: from && to && base !== undefined && reached !== undefined ? { x: Math.min(x(to.at) + 10, x1 + 6), from: y(base), to: y(reached), kg: reached - base } : null,
  };
}
