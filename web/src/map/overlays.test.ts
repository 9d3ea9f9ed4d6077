import { describe, expect, it } from 'vitest';
import type { Track } from '../core/model';
import { graticule, gridStep } from './graticule';
import type { BehaviourEvent, LeadSummary } from '../core/model';
import { eventFeatures, trackFeatures } from './overlays';
import { speedClass } from './speed';

const track: Track = {
  mmsi: 290000001, t_ms: [0, 60_000, 120_000, 7_320_000, 7_380_000, 7_440_000], lat: [10, 10.01, 10.02, 10.4, 10.41, 40],
  lon: [-77, -77, -77, -77, -77, -20], sog_kn: [10, 10, 16, 16, 16, 16], breaks: [0, 5], gaps: [{ event: 'e1', start_ms: 120_000, end_ms: 7_320_000 }],
};
const kinds = (until: number): string[] => trackFeatures(track, until).map((f) => String(f.properties?.['kind']));

describe('the selected track', () => {
  it('dashes a gap between cross-bars and never joins a break', () => {
    expect(kinds(Infinity)).toEqual(['track', 'track', 'gap', 'bar', 'bar', 'track']);
    const longest = Math.max(...trackFeatures(track, Infinity).flatMap((f) => (f.geometry.type === 'LineString' ? f.geometry.coordinates.map((c) => c[1] ?? 0) : [])));
    expect(longest).toBeLessThan(11);
  });
  it('shows nothing that had not happened at the instant shown', () => expect(kinds(120_000)).toEqual(['track', 'track']));
  it('points the cross-bars along the way', () => {
    const bar = trackFeatures(track, Infinity).find((f) => f.properties?.['kind'] === 'bar');
    expect(bar?.properties?.['turn']).toBeCloseTo(0, 6);
  });
});

it('classes speed by the five bounds', () => expect([0, 2.9, 3, 8, 14, 22, 40, null, Number.NaN].map(speedClass)).toEqual([0, 0, 1, 2, 3, 4, 4, 0, 0]));

describe('graticule', () => {
  it('keeps lines apart at any scale', () => {
    for (const d of [0.3, 0.02, 0.001, 0.0001]) expect(gridStep(d) / d).toBeGreaterThanOrEqual(100);
  });
  it('names degrees with hemispheres', () => {
    const { labels } = graticule({ west: -83, south: 8, east: -75, north: 17 }, 2);
    expect(labels.filter((l) => l.axis === 'lon').map((l) => l.text)).toEqual(['082°W', '080°W', '078°W', '076°W']);
    expect(labels.filter((l) => l.axis === 'lat').map((l) => l.text)).toContain('10°N');
  });
  it('names minutes when they are drawn', () => {
    const { labels } = graticule({ west: 10.1, south: 54.1, east: 10.4, north: 54.2 }, 1 / 6);
    expect(labels.find((l) => l.axis === 'lon')?.text).toBe('010°10′E');
  });
});

describe('events on the chart', () => {
  const event = (over: Partial<BehaviourEvent>): BehaviourEvent => ({
    id: 'e', revision: 1, kind: 'encounter', mmsi: 1, name: null, other: 2, other_name: null, start: '2026-03-14T02:00:00Z', end: '2026-03-14T03:00:00Z',
    lat: 10, lon: -77, end_lat: null, end_lon: null, place: null, numbers: {}, evidence: [], provisional: false, withdrawn: false, ...over,
  });
  const lead = { id: 'l', mmsi: 1, other: 2, start: '2026-03-14T02:00:00Z', updated: '2026-03-14T03:30:00Z' } as LeadSummary;
  const kindOf = (e: BehaviourEvent, selected: string | null = null): unknown => eventFeatures([e], selected, [lead])[0]?.properties?.['kind'];
  it('stand out when they belong to an open lead or are chosen, and are context otherwise', () => {
    expect(kindOf(event({}))).toBe('encounter');
    expect(kindOf(event({ other: 3 }))).toBe('encounter-quiet');
    expect(kindOf(event({ other: 3 }), 'e')).toBe('encounter');
    expect(kindOf(event({ start: '2026-03-14T05:00:00Z', end: null }))).toBe('encounter-quiet');
  });
});
