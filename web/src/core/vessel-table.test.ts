import { describe, expect, it } from 'vitest';
import { rowFilter } from './filters';
import type { VesselColumns } from './model';
import { shipClass } from './ship-types';
import { DEFAULTS } from './url.svelte';
import { VesselTable } from './vessel-table';

function columns(rows: { mmsi: number; t: number; lat: number; lon?: number; sog?: number | null; type?: number | null; name?: string | null }[]): VesselColumns {
  return {
    at: '2026-11-21T00:00:00Z', mmsi: rows.map((r) => r.mmsi), t_ms: rows.map((r) => r.t), lat: rows.map((r) => r.lat), lon: rows.map((r) => r.lon ?? -77),
    sog_kn: rows.map((r) => r.sog ?? null), cog_deg: rows.map(() => null), heading_deg: rows.map(() => null), ship_type: rows.map((r) => r.type ?? null),
    station: rows.map(() => 'class_a'), name: rows.map((r) => r.name ?? null),
  };
}

describe('vessel columns', () => {
  it('keeps the newest fix, whatever the order of arrival', () => {
    const table = new VesselTable();
    table.apply(columns([{ mmsi: 290000001, t: 2000, lat: 10 }]));
    table.apply(columns([{ mmsi: 290000001, t: 1000, lat: 9 }]));
    expect(table.size).toBe(1);
    expect(table.row(290000001)?.lat).toBe(10);
  });
  it('never loses a name to a message without one', () => {
    const table = new VesselTable();
    table.apply(columns([{ mmsi: 290000001, t: 1, lat: 10, name: 'ORION TRADER', type: 70 }]));
    table.apply(columns([{ mmsi: 290000001, t: 2, lat: 10 }]));
    expect(table.row(290000001)).toMatchObject({ name: 'ORION TRADER', shipType: 70, sog: null });
  });
  it('grows past its first size without mixing rows', () => {
    const table = new VesselTable();
    table.apply(columns(Array.from({ length: 3000 }, (_, i) => ({ mmsi: 290000000 + i, t: i, lat: i / 100 }))));
    expect(table.row(290002999)).toMatchObject({ lat: 29.99, t: 2999 });
    expect(table.row(290000000)).toMatchObject({ lat: 0, t: 0 });
  });
  it('has no row for a vessel whose identity alone is known', () => {
    const live = new VesselTable();
    live.apply(columns([{ mmsi: 290000001, t: 1, lat: 10, name: 'CORAL BAY' }]));
    const past = new VesselTable();
    past.borrowIdentities(live);
    expect(past.row(290000001)).toBeNull();
    past.applyFixes({ from: '', to: '', truncated: false, mmsi: [290000001], t_ms: [5], lat: [11], lon: [-77], sog_kn: [3], cog_deg: [null] }, 0, 1);
    expect(past.row(290000001)).toMatchObject({ name: 'CORAL BAY', lat: 11 });
  });
});

describe('filters', () => {
  const table = new VesselTable();
  table.apply(columns([
    { mmsi: 290000001, t: 1, lat: 1, sog: 12, type: 70, name: 'ORION TRADER' }, { mmsi: 290000002, t: 1, lat: 1, sog: null, type: 30, name: 'ALBA NORTE' },
    { mmsi: 290000003, t: 1, lat: 1, sog: 0, type: null },
  ]));
  const passing = (change: Partial<typeof DEFAULTS>): number[] => {
    const pass = rowFilter(table, { ...DEFAULTS, ...change });
    return [0, 1, 2].filter(pass);
  };
  it('lets everything through at first', () => expect(passing({})).toEqual([0, 1, 2]));
  it('treats an unknown speed as unknown, not zero', () => expect(passing({ maxKn: 5 })).toEqual([2]));
  it('finds by name without accents and by number', () => {
    expect(passing({ q: 'orión' })).toEqual([0]);
    expect(passing({ q: '0002' })).toEqual([1]);
  });
  it('keeps vessels without a type apart', () => expect(passing({ classes: ['unknown'] })).toEqual([2]));
});

it('classes ship types as M.1371 numbers them', () => {
  expect([0, null, 30, 36, 52, 49, 60, 79, 89, 90, 20].map(shipClass))
    .toEqual(['unknown', 'unknown', 'fishing', 'pleasure', 'service', 'fast', 'passenger', 'cargo', 'tanker', 'other', 'other']);
});

describe('the row filter', () => {
  it('leaves out vessels unheard for too long, with or without other filters', () => {
    const table = new VesselTable();
    table.apply(columns([{ mmsi: 290000001, t: 1000, lat: 10, name: 'A' }, { mmsi: 290000002, t: 5000, lat: 10, name: 'A' }]));
    for (const q of ['', 'a']) {
      const keeps = rowFilter(table, { ...DEFAULTS, q }, 2000);
      expect([keeps(0), keeps(1)]).toEqual([false, true]);
    }
  });
});
