import { describe, expect, it } from 'vitest';
import type { BehaviourEvent } from './model';
import { standing } from './revisions';

const event = (over: Partial<BehaviourEvent>): BehaviourEvent => ({
  id: 'evt-1', revision: 0, kind: 'encounter', mmsi: 1, name: null, other: 2, other_name: null,
  start: '2026-03-14T04:00:00Z', end: null, lat: 0, lon: 0, end_lat: null, end_lon: null, place: null, numbers: {}, evidence: [],
  provisional: false, withdrawn: false, ...over,
});

describe('what stands of the events told', () => {
  it('gives a provisional event up for the settled one, whatever their revisions', () => {
    const told = standing([], [event({ revision: 3, provisional: true })]);
    const settled = event({ revision: 0 });
    expect(standing(told, [settled])).toEqual([settled]);
  });
  it('takes back what was withdrawn, provisional or not', () => {
    const told = standing([], [event({ provisional: true }), event({ id: 'evt-2' })]);
    const back = [event({ revision: 1, provisional: true, withdrawn: true }), event({ id: 'evt-2', revision: 1, withdrawn: true })];
    expect(standing(told, back)).toEqual([]);
  });
  it('keeps the newest of settled revisions in whatever order they come', () => {
    const newer = event({ revision: 2, end: '2026-03-14T06:00:00Z' });
    expect(standing([newer], [event({ revision: 1 })])).toEqual([newer]);
  });
});
