/** A container's events as what stayed the same and where it changed: seals, places, weights, power. No drawing here. */
import type { PortAlert, PortEvent } from '../../core/port';
import { toMs } from '../../core/time';

/** alert: a rule of the first tier fired on it; doubtful: demoted as a likely misread; known: nothing is held against it. */
export type Verdict = 'alert' | 'doubtful' | 'known';
export interface SealRun {
  number: string; maker: string | null;
  /** 0 is the seal that should stay; a seal beside it stands in a row of its own. */
  row: number;
  from: number; to: number;
  reads: number[];
  /** An independent second reading gave the same. */
  twice: boolean;
  /** Between which readings the number before gave way to this one; null for the first. */
  change: { before: string; from: number; at: number; verdict: Verdict } | null;
}
export interface SealLane { placement: string; rows: number; runs: SealRun[] }

const happened = (events: readonly PortEvent[]): PortEvent[] =>
  events.filter((e) => e.classifier === 'ACT' && Number.isFinite(toMs(e.at))).sort((a, b) => toMs(a.at) - toMs(b.at));

/** Door and vent are chains of their own. A reading that no longer has the number before is a change, whatever explains it. */
export function sealLanes(events: readonly PortEvent[], alerts: readonly PortAlert[]): SealLane[] {
  const all = happened(events);
  const placements = [...new Set(all.flatMap((e) => e.seals.map((s) => s.placement)))].sort();
  return placements.map((placement) => {
    const runs: SealRun[] = [];
    const main = (): SealRun | undefined => runs.findLast((r) => r.row === 0);
    const beside = (number: string): SealRun | undefined => runs.find((r) => r.row > 0 && r.number === number);
    for (const event of all) {
      const seals = event.seals.filter((s) => s.placement === placement);
      const at = toMs(event.at), before = main();
      const holds = before !== undefined && seals.some((s) => s.number === before.number);
      // A seal beside it that is read alone says nothing of the one that should stay.
      const next = holds || (before && seals.some((s) => beside(s.number))) ? null : (seals[0]?.number ?? null);
      for (const seal of seals) {
        let run = holds && seal.number === before.number ? before : seal.number === next ? undefined : beside(seal.number);
        if (!run) {
          const isNext = seal.number === next;
          const change = isNext && before ? { before: before.number, from: before.to, at, verdict: verdict(event, seal.number, alerts) } : null;
          run = { number: seal.number, maker: seal.maker, row: isNext ? 0 : 1, from: at, to: at, reads: [], twice: false, change };
          runs.push(run);
        }
        run.to = at;
        run.reads.push(at);
        run.maker ??= seal.maker;
        run.twice ||= seal.second_read === seal.number || seal.read_count >= 2;
      }
    }
    return { placement, rows: runs.some((r) => r.row > 0) ? 2 : 1, runs };
  });
}

function verdict(event: PortEvent, number: string, alerts: readonly PortAlert[]): Verdict {
  const about = alerts.filter((a) => (a.finding === 'seal_changed' || a.finding === 'vent_seal_changed') && a.texts['seal_read'] === number && (a.events.length === 0 || a.events.includes(event.id)));
  if (about.some((a) => a.tier === 'first')) return 'alert';
  return about.length > 0 ? 'doubtful' : 'known';
}

export interface PlaceRun { label: string; from: number; to: number | null; aboard: boolean; reach: boolean; blind: boolean; ground: boolean; doors: boolean }
const PLACES: ReadonlySet<string> = new Set(['STUF', 'GTIN', 'GTOT', 'MOVE', 'SCAN', 'LOAD', 'DISC', 'INSP', 'DROP', 'PICK', 'RMVD', 'PLUG', 'UNPL']);

/** Only what an event says: a place holds until the next one that is named. */
export function placeRuns(events: readonly PortEvent[]): PlaceRun[] {
  const runs: (PlaceRun & { facility: string | null })[] = [];
  for (const e of happened(events)) {
    if (!PLACES.has(e.kind)) continue;
    const at = toMs(e.at);
    const open = runs.at(-1);
    const close = (): void => { if (open && open.to === null) open.to = at; };
    if (e.kind === 'GTOT') {
      close();
      continue;
    }
    const aboard = e.kind === 'LOAD';
    const label = aboard ? (e.vessel ?? '') : (e.yard?.slot ?? e.facility);
    if (label === null) continue;
    const stays = open && open.to === null && !aboard && (open.label === label || (!e.yard && open.facility === e.facility && e.kind !== 'GTIN'));
    if (stays) continue;
    close();
    const ground = e.yard?.tier === 1, doors = e.yard?.doors === 'outward', blind = e.yard?.camera_blind === true;
    runs.push({ label, facility: e.facility, from: at, to: null, aboard, ground, doors, blind, reach: (ground && doors) || blind });
  }
  return runs.map(({ facility: _, ...run }) => run);
}

export interface Weight { at: number; kg: number; kind: PortEvent['kind']; scale: string | null; id: string }
export const weights = (events: readonly PortEvent[]): Weight[] =>
  happened(events).flatMap((e) => (e.mass ? [{ at: toMs(e.at), kg: e.mass.kg, kind: e.kind, scale: e.mass.scale, id: e.id }] : []));

/** Round marks of a scale of weights, two to five of them, and its two ends. */
export function kgScale(values: readonly number[]): { low: number; high: number; ticks: number[] } {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const pad = Math.max(150, (most - least) * 0.25);
  const [low, high] = [Math.max(0, least - pad), most + pad];
  const step = [50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000, 20_000].find((s) => (high - low) / s <= 4) ?? 50_000;
  const ticks: number[] = [];
  for (let kg = Math.ceil(low / step) * step; kg <= high; kg += step) ticks.push(kg);
  return { low, high, ticks };
}

/** With and without current, for boxes that report it. */
export interface PowerRun { on: boolean; from: number; to: number | null }
export function powerRuns(events: readonly PortEvent[]): PowerRun[] {
  const runs: PowerRun[] = [];
  for (const e of happened(events)) {
    const on = e.kind === 'PLUG' ? true : e.kind === 'UNPL' ? false : (e.reefer?.powered ?? null);
    if (on === null) continue;
    const at = toMs(e.at), last = runs.at(-1);
    if (last?.on === on) continue;
    if (last) last.to = at;
    runs.push({ on, from: at, to: null });
  }
  return runs;
}

/** When the load is due: the latest plan or estimate, or what the row says; what has been loaded is due no more. */
export function plannedLoad(events: readonly PortEvent[], loads: string | null): number | null {
  if (events.some((e) => e.kind === 'LOAD' && e.classifier === 'ACT')) return null;
  const due = events.filter((e) => e.kind === 'LOAD' && e.classifier !== 'ACT').sort((a, b) => toMs(b.received) - toMs(a.received))[0];
  const ms = toMs(due?.at ?? loads);
  return Number.isFinite(ms) ? ms : null;
}

/** From the last scan to the load, or to as far as is known: what R8 watches. */
export function afterScan(events: readonly PortEvent[], until: number): { from: number; to: number } | null {
  const all = happened(events);
  const load = all.findLast((e) => e.kind === 'LOAD');
  const to = load ? toMs(load.at) : until;
  const scan = all.findLast((e) => e.kind === 'SCAN' && toMs(e.at) <= to);
  return scan ? { from: toMs(scan.at), to } : null;
}
