import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../core/url.svelte';
import type { VesselRow } from '../../core/vessel-table';
import { keepsVessel, sorted, VESSEL_KEYS } from './rows';

const ship = (over: Partial<VesselRow>): VesselRow => ({
  mmsi: 100000001, t: 0, lat: 10, lon: -76, sog: 5, cog: 90, heading: 90, shipType: 70, station: 'class_a', name: 'RÍO CLARO', ...over,
});

describe('sorting', () => {
  it('unknown values stand last in both directions', () => {
    const rows = [ship({ mmsi: 1, sog: null }), ship({ mmsi: 2, sog: 9 }), ship({ mmsi: 3, sog: 0 })];
    expect(sorted(rows, VESSEL_KEYS.speed, 'asc', 'es').map((v) => v.mmsi)).toEqual([3, 2, 1]);
    expect(sorted(rows, VESSEL_KEYS.speed, 'desc', 'es').map((v) => v.mmsi)).toEqual([2, 3, 1]);
  });

  it('age sorts the freshest first when ascending', () => {
    const rows = [ship({ mmsi: 1, t: 10 }), ship({ mmsi: 2, t: 20 })];
    expect(sorted(rows, VESSEL_KEYS.age, 'asc', 'es').map((v) => v.mmsi)).toEqual([2, 1]);
  });
});

describe('filtering', () => {
  const f = { ...DEFAULTS };
  it('finds a name without accents or case and a number with blanks', () => {
    expect(keepsVessel(ship({}), { ...f, q: 'rio claro' })).toBe(true);
    expect(keepsVessel(ship({ name: null }), { ...f, q: '100 000 001' })).toBe(true);
    expect(keepsVessel(ship({}), { ...f, q: 'otro' })).toBe(false);
  });

  it('a vessel without speed never passes as a slow one', () => {
    expect(keepsVessel(ship({ sog: null }), { ...f, maxKn: 3 })).toBe(false);
    expect(keepsVessel(ship({ sog: 0 }), { ...f, maxKn: 3 })).toBe(true);
  });
});
