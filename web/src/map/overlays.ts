/** GeoJSON for the few things that are chosen or that happened: the selected track, events, leads, rings, measure. */
import type { Feature, FeatureCollection } from 'geojson';
import type { TakenContact } from '../core/claims';
import { destination, rangeBearing } from '../core/geo';
import { placeOf } from '../core/lead-words';
import type { BehaviourEvent, LeadSummary, Track } from '../core/model';
import type { LatLon } from '../core/units';
import { speedClass } from './speed';

export const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });
const point = (at: LatLon, properties: Feature['properties']): Feature =>
  ({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: [at.lon, at.lat] } });
const line = (coordinates: number[][], properties: Feature['properties']): Feature =>
  ({ type: 'Feature', properties, geometry: { type: 'LineString', coordinates } });

/** A stored track up to `until`: runs of one speed class, gaps dashed between cross-bars, breaks left open. */
export function trackFeatures(track: Track, until: number): Feature[] {
  const out: Feature[] = [];
  const breaks = new Set(track.breaks);
  const gaps = track.gaps;
  let run: number[][] = [];
  let speed = -1;
  const close = (): void => {
    if (run.length > 1) out.push(line(run, { kind: 'track', speed }));
    run = [];
  };
  for (let i = 0; i < track.t_ms.length; i++) {
    const t = track.t_ms[i] as number;
    // The next segment may begin earlier than this one ends.
    if (t > until) continue;
    const here: [number, number] = [track.lon[i] as number, track.lat[i] as number];
    if (i === 0 || breaks.has(i)) {
      close();
      run = [here];
      speed = -1;
      continue;
    }
    const before = track.t_ms[i - 1] as number;
    const last: [number, number] = [track.lon[i - 1] as number, track.lat[i - 1] as number];
    const gap = gaps.find((g) => Math.abs(g.start_ms - before) < 1500 || (before <= g.start_ms && g.end_ms !== null && t >= g.end_ms));
    if (gap) {
      close();
      out.push(line([last, here], { kind: 'gap' }), ...bars(last, here));
      run = [here];
      speed = -1;
      continue;
    }
    const now = speedClass(track.sog_kn[i] ?? rangeBearing({ lat: last[1], lon: last[0] }, { lat: here[1], lon: here[0] }).nm / ((t - before) / 3_600_000));
    if (now !== speed) {
      const from = run.at(-1) ?? last;
      close();
      run = [from];
      speed = now;
    }
    run.push(here);
  }
  close();
  return out;
}

function bars(from: [number, number], to: [number, number]): Feature[] {
  const dx = (to[0] - from[0]) * Math.cos((from[1] * Math.PI) / 180);
  const turn = (Math.atan2(dx, to[1] - from[1]) * 180) / Math.PI;
  return [from, to].map((p) => point({ lon: p[0], lat: p[1] }, { kind: 'bar', turn }));
}

/** Where the vessel will be in a quarter of an hour if it holds course and speed. */
export function courseVector(at: LatLon, sog: number | null, cog: number | null): Feature[] {
  if (sog === null || cog === null || sog < 0.6) return [];
  const ahead = destination(at, sog / 4, cog);
  return [line([[at.lon, at.lat], [ahead.lon, ahead.lat]], { kind: 'vector' })];
}

/** A gap that is not on the selected track is drawn from its two ends. */
export function gapFeatures(e: BehaviourEvent): Feature[] {
  if (e.end_lat === null || e.end_lon === null) return [];
  const from: [number, number] = [e.lon, e.lat], to: [number, number] = [e.end_lon, e.end_lat];
  return [line([from, to], { kind: 'gap' }), ...bars(from, to)];
}

/** What belongs to an open lead stands out; the rest, ships alongside and fleets at work, is context. */
export function eventFeatures(events: readonly BehaviourEvent[], selected: string | null, leads: readonly LeadSummary[]): Feature[] {
  return events.map((e) => {
    const rank = e.id === selected ? 2 : inLead(e, leads) ? 1 : 0;
    return point(e, { kind: rank === 0 ? `${e.kind}-quiet` : e.kind, id: e.id, rank });
  });
}

/** A lead names its vessels and its time, not its events: the same vessel in the same hours. */
export function inLead(e: BehaviourEvent, leads: readonly LeadSummary[]): boolean {
  const start = Date.parse(e.start), end = e.end === null ? Number.POSITIVE_INFINITY : Date.parse(e.end);
  return leads.some((l) => {
    if (l.mmsi === null) return false;
    const named = e.mmsi === l.mmsi || e.mmsi === l.other;
    // Two that met are told by both their numbers.
    const met = e.other === null || l.other === null || e.other === l.mmsi || e.other === l.other;
    return named && met && end >= Date.parse(l.start) - 60_000 && start <= Date.parse(l.updated);
  });
}

export interface LeadLabel { title: string; line: string }
export function leadFeatures(leads: readonly LeadSummary[], selected: string | null, label: (l: LeadSummary) => LeadLabel | null): Feature[] {
  // A container has no place on the chart: its lead is in the queue and in the list.
  return leads.flatMap((l) => {
    const at = placeOf(l);
    if (!at) return [];
    const words = label(l);
    const chosen = l.id === selected;
    return [point(at, { id: l.id, selected: chosen, rank: chosen ? -100 : -l.sum_nats, ...(words ?? {}) })];
  });
}

/** What officers took of others' contacts: where their source said, and whose they are. Nothing later than the instant shown. */
export function claimFeatures(contacts: readonly TakenContact[], until: number, label: (c: TakenContact) => string): Feature[] {
  return contacts
    .filter((c) => c.first === null || Date.parse(c.first) <= until)
    .map((c) => point(c, { id: c.id, withdrawn: c.withdrawn, label: label(c) }));
}

/** Circles of equal range, labelled at the top. */
export function ringFeatures(centre: LatLon, ranges: readonly number[], label: (nm: number) => string): Feature[] {
  return ranges.flatMap((nm) => {
    const circle = Array.from({ length: 73 }, (_, i) => destination(centre, nm, i * 5)).map((p) => [p.lon, p.lat]);
    return [line(circle, { kind: 'ring' }), point(destination(centre, nm, 0), { kind: 'ring-label', label: label(nm) })];
  });
}

export function measureFeatures(points: readonly LatLon[], label: string): Feature[] {
  const [a, b] = points;
  const out = points.map((p) => point(p, { kind: 'end' }));
  if (!a || !b) return out;
  const { nm, bearing } = rangeBearing(a, b);
  // The shortest way is drawn as it lies, not as a straight line on the chart.
  const steps = Math.max(1, Math.min(60, Math.ceil(nm / 20)));
  const way = Array.from({ length: steps + 1 }, (_, i) => destination(a, (nm * i) / steps, bearing)).map((p) => [p.lon, p.lat]);
  out.push(line(way, { kind: 'measure' }), point(destination(a, nm / 2, bearing), { kind: 'measure-label', label }));
  return out;
}
