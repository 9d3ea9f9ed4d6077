import { describe, expect, it } from 'vitest';
import { stoppedWays } from '../../core/agreements.svelte';
import type { DecisionView } from '../../core/exchange';
import { sparkBars, sparkStop, SPARK } from '../../parts/spark';
import { agreementOf, flow, FLOWS, PREVIEW, suspension } from './fixture';
import { byDirection } from './flows';
import { matching, readPlace, writePlace } from './place';
import { directionOf, inForce, markOf, offered, openExceptions, scopeOf, tidy, toggle } from './scope';
import { conditionText, filled, FIRST_RULE, reasonText, usable } from './stopform';

describe('scope', () => {
  const agreement = agreementOf();
  it('begins as everything outward, and empty lists mean all', () => {
    expect(scopeOf('out', 'CO', 'US')).toEqual({ from: 'CO', to: 'US', items: [], areas: [], purposes: [] });
    expect(scopeOf('both', 'CO', 'US')).toMatchObject({ from: null, to: null });
  });
  it.each(['out', 'in', 'both'] as const)('%s comes back as the same direction', (way) => expect(directionOf(scopeOf(way, 'CO', 'US'), 'CO')).toBe(way));
  it('offers what the flows of that direction speak of, and never an exception', () => {
    expect(offered(agreement, 'out', 'CO')).toEqual({ items: ['lead', 'track'], areas: ['a2', 'a3'], purposes: ['seizure', 'arrest'] });
    expect(offered(agreement, 'in', 'CO').items).toEqual(['lead']);
    expect(offered(agreement, 'both', 'CO').items).not.toContain('distress');
  });
  it('a resumption offers no more than was stopped', () => {
    const within = { ...scopeOf('out', 'CO', 'US'), items: ['track' as const] };
    expect(offered(agreement, 'out', 'CO', within).items).toEqual(['track']);
  });
  it('marking everything is signed as marking nothing, and what is not offered falls away', () => {
    const marks = offered(agreement, 'out', 'CO');
    expect(tidy({ ...scopeOf('out', 'CO', 'US'), items: ['track', 'lead'] }, marks).items).toEqual([]);
    expect(tidy({ ...scopeOf('out', 'CO', 'US'), items: ['lead', 'series'] }, marks).items).toEqual(['lead']);
  });
  it('toggles without touching the list it was given', () => {
    const list = ['a'] as const;
    expect(toggle<string>(list, 'b')).toEqual(['a', 'b']);
    expect(toggle<string>(list, 'a')).toEqual([]);
    expect(list).toEqual(['a']);
  });
  it('tells a clause of both directions apart by the untouched flows', () => {
    expect(markOf(flow(), PREVIEW)).toBe('stops');
    expect(markOf(flow({ from: 'US', to: 'CO' }), PREVIEW)).toBe('untouched');
    expect(markOf(flow({ clause: '9.1', exception: 'safety_of_life' }), PREVIEW)).toBe('stays');
    expect(markOf(flow({ clause: '7.7' }), PREVIEW)).toBe('untouched');
  });
  it('safety of life stays open whatever is asked to be closed', () => {
    const flows = [...FLOWS, flow({ clause: '9.1', from: 'US', to: 'CO', exception: 'safety_of_life' }), flow({ clause: '9.2', exception: 'court_order' })];
    expect(openExceptions(flows, [])).toEqual(['9.1', '9.2']);
    expect(openExceptions(flows, ['9.1', '9.2'])).toEqual(['9.1']);
  });
  it('knows which suspensions are in force, newest first', () => {
    const all = [suspension({ id: 'old' }), suspension({ id: 'over', ended: '2026-03-02T00:00:00Z' }), suspension({ id: 'new', gate_closed: '2026-03-03T00:00:00Z' })];
    expect(inForce({ suspensions: all }).map((s) => s.id)).toEqual(['new', 'old']);
  });
});

describe('what the top bar says of a partner', () => {
  const stopped = (from: string, to: string) => flow({ from, to, state: 'stopped' });
  it('follows the flows themselves', () => {
    expect(stoppedWays(agreementOf(), 'CO')).toBe('none');
    expect(stoppedWays(agreementOf({ flows: [...FLOWS, stopped('CO', 'US')] }), 'CO')).toBe('out');
    expect(stoppedWays(agreementOf({ flows: [stopped('US', 'CO')] }), 'CO')).toBe('in');
    expect(stoppedWays(agreementOf({ flows: [stopped('US', 'CO'), stopped('CO', 'US')] }), 'CO')).toBe('both');
  });
});

describe('flows', () => {
  it('stand by direction, ours first, under the purposes of the agreement', () => {
    const groups = byDirection(FLOWS, 'CO');
    expect(groups.map((g) => `${g.from}-${g.to}`)).toEqual(['CO-US', 'US-CO']);
    expect(groups[0]?.purposes).toEqual(['seizure', 'arrest']);
  });
  it('draw one bar a bin and none for an empty one, within the spark', () => {
    const bars = sparkBars([0, 1, 4], 4);
    expect(bars).toHaveLength(2);
    for (const b of bars) {
      expect(b.y).toBeGreaterThanOrEqual(0);
      expect(b.x + b.width).toBeLessThanOrEqual(SPARK.width);
      expect(b.y + b.height).toBe(SPARK.height);
    }
    expect(sparkBars([], 0)).toEqual([]);
  });
  it('hatch the time since the stop only', () => {
    const now = Date.UTC(2026, 2, 1, 4);
    expect(sparkStop(48, now - 3_600_000, now)).toBeCloseTo(90, 9);
    expect(sparkStop(48, now, now)).toBe(SPARK.width);
    expect(sparkStop(48, now - 86_400_000, now)).toBe(0);
    expect(sparkStop(48, Number.NaN, now)).toBeNull();
  });
});

describe('the place in the link', () => {
  it('comes back whole and leaves the keys of other views alone', () => {
    const extra = writePlace({ w_kind: 'note' }, { agreement: 'CO-US-MAR', leaf: 48213, suspension: 'S-1', panel: 'interval', what: 'held', find: '3.1' });
    expect(extra['w_kind']).toBe('note');
    expect(readPlace(extra)).toMatchObject({ agreement: 'CO-US-MAR', leaf: 48213, suspension: 'S-1', panel: 'interval', what: 'held', find: '3.1' });
  });
  it('drops what is null and ignores what it does not understand', () => {
    expect(writePlace({ e_leaf: '1', e_find: 'x' }, { leaf: null, find: '' })).toEqual({});
    expect(readPlace({ e_leaf: '-1', e_act: 'target', e_what: 'x' })).toMatchObject({ leaf: null, panel: null, what: null });
    expect(readPlace({ e_leaf: '0' }).leaf).toBe(0);
  });
  it('filters decisions by outcome and by clause, item or purpose', () => {
    const decision = (what: DecisionView['what'], clause: string, label: string): DecisionView => ({
      leaf: 1, at: '', what, item: 'id', kind: null, label, from: 'CO', to: 'US', purpose: 'seizure', reasons: [{ clause, code: 'in_scope', text: null, until: null }],
      cut: [], grid_m: 0, receipted_at: null, officers: [],
    });
    const all = [decision('released', '3.1', 'IND-1'), decision('held', '3.2', 'IND-2')];
    expect(matching(all, 'held', '')).toEqual([all[1]]);
    expect(matching(all, null, ' ind-1 ')).toEqual([all[0]]);
    expect(matching(all, null, '3.2')).toEqual([all[1]]);
    expect(matching(all, 'released', '3.2')).toEqual([]);
  });
});

describe('the texts of a stop', () => {
  it('name the rule in both languages at once', () => {
    const made = conditionText(FIRST_RULE);
    expect(made.es).toContain('30 días sin ataques');
    expect(made.en).toContain('30 days without strikes');
    expect(filled(made)).toBe(true);
    expect(filled(conditionText(null))).toBe(true);
  });
  it('never invent a reason', () => {
    expect(reasonText(null)).toEqual({ es: '', en: '' });
    expect(filled({ es: 'x', en: ' ' })).toBe(false);
  });
  it('a rule that counts nothing is no rule', () => {
    expect(usable({ ...FIRST_RULE, kinds: [] })).toBeNull();
    expect(usable({ ...FIRST_RULE, days: 0 })).toBeNull();
    expect(usable(FIRST_RULE)).toEqual(FIRST_RULE);
  });
});
