import { describe, expect, it } from 'vitest';
import { findingLine, findingPieces } from '../../core/findings';
import { TABLES } from '../../core/i18n.svelte';
import { causeWord, placeOf, reasonWord, subjectName } from '../../core/lead-words';
import type { LeadSummary } from '../../core/model';
import { CAUSES, EVENT_KINDS, FAMILIES, FINDINGS, formatContainer } from '../../core/port';
import { DEFAULTS } from '../../core/url.svelte';
import { sortLeads } from '../../core/filters';
import { inLead, leadFeatures } from '../../map/overlays';
import { keepsLead, LEAD_KEYS } from '../list/rows';
import { ALERTS, BOX, row, ROW, VIEW } from './fixture';
import { readPlace, writePlace } from './place';
import { loadLine, ordered, roundTop, rowLine, rowState } from './wording';

const { es, en } = TABLES;
const line = (finding: string, lang: 'es' | 'en' = 'en'): string => {
  const a = ALERTS.find((x) => x.finding === finding);
  return a ? findingLine(finding, a.numbers, a.texts, TABLES[lang], lang) : '';
};

describe('a container number', () => {
  it('is written in its groups', () => expect(formatContainer('TGHU4821151')).toBe('TGHU 482115 1'));
  it('of another form stays as it came', () => expect(['TGHU48211', 'CHASSIS-7', ''].map(formatContainer)).toEqual(['TGHU48211', 'CHASSIS-7', '']));
});

describe('codes', () => {
  it.each([['es', es], ['en', en]])('of the node have a word each (%s)', (_, t) => {
    expect(Object.keys(t.port.finding).sort()).toEqual([...FINDINGS].sort());
    expect(Object.keys(t.port.cause).sort()).toEqual([...CAUSES].sort());
    expect(Object.keys(t.port.family).sort()).toEqual([...FAMILIES].sort());
    expect(Object.keys(t.port.event).sort()).toEqual([...EVENT_KINDS].sort());
  });
  it('are as many as the node has', () => expect([FINDINGS.length, CAUSES.length, FAMILIES.length, EVENT_KINDS.length]).toEqual([36, 28, 9, 31]));
  it('of sea and port share one lookup, and an unknown one is shown as it came', () => {
    expect([reasonWord('ais_gap', en), reasonWord('seal_changed', en), reasonWord('later', en)]).toEqual(['AIS gap', 'Seal changed', 'later']);
    expect([causeWord('fishing', en), causeWord('crane_cell', es), causeWord('later', es)]).toEqual(['Fishing', 'Célula de la grúa desviada', 'later']);
  });
});

describe('what was compared', () => {
  it('a seal: both numbers, then what speaks for a swap', () => {
    expect(line('seal_changed')).toBe('4471820 → 4477203 · read twice · second reading agrees · 4 characters differ');
    expect(line('seal_changed', 'es')).toBe('4471820 → 4477203 · leído dos veces · la segunda lectura coincide · 4 caracteres distintos');
  });
  it('a mass: the difference, both weighings, the limit that was set or the deviations that were learned', () => {
    expect(line('heavier_at_load')).toBe('+1,150 kg · gate 24,260 kg, load 25,410 kg · limit 485 kg · scale pair with 12 boxes');
    expect(findingLine('heavier_at_load', { difference_kg: 420, gate_kg: 20110, load_kg: 20530, pair_boxes: 640.4, pair_sd_kg: 180, z: 2.14 }, {}, es, 'es'))
      .toBe('+420 kg · entrada 20.110 kg, embarque 20.530 kg · 2,1 desviaciones típicas · par de básculas con 640 contenedores');
  });
  it('a touch after the scan: what touched it, and how long after', () =>
    expect(line('touched_after_scan', 'es')).toBe('movido sin orden, puerta abierta, precinto cambiado · 7 h 55 min tras el escáner · 1 movimiento con orden'));
  it('times in their own units', () => {
    expect(line('door_opened')).toBe('open 11 min · counts from 1 min');
    expect(findingLine('two_places', { minutes_apart: 41, minutes_needed: 310 }, { facility_before: 'A', facility: 'B' }, en, 'en')).toBe('A → B · 41 min apart · needs 5 h 10 min');
    expect(findingLine('long_dwell', { dwell_hours: 220, cohort_median: 60, cohort_boxes: 200, z: 4 }, {}, en, 'en')).toBe('9 d 4 h in the yard · median 2 d 12 h of 200 boxes · 4.0 standard deviations');
  });
  it('leaves out what the node did not give, as in a lead, whose reasons carry no texts', () => {
    expect(findingLine('seal_changed', { edit_distance: 1, read_twice: 0 }, {}, en, 'en')).toBe('1 character differs');
    expect(findingLine('heavier_at_load', { gate_kg: 20110 }, {}, en, 'en')).toBe('');
    expect(findingPieces('panel_opened', {}, {}, en, 'en')).toEqual([]);
    expect(FINDINGS.map((f) => findingLine(f, {}, {}, es, 'es')).filter(Boolean)).toEqual([]);
  });
  it('of the sea is not worded here', () => expect(findingPieces('ais_gap', { duration_h: 3 }, {}, en, 'en')).toBeNull());
});

describe('the queue', () => {
  it('keeps demoted rows below, in either order', () => {
    const all = [row('AAAU1', 'seal_changed', { tier: 'reread', loads: '2026-11-21T01:00:00Z' }), row('BBBU2', 'door_opened', { loads: null }), row('CCCU3', 'two_places', { loads: '2026-11-21T05:00:00Z' })];
    expect(ordered(all, 'strength', '').map((r) => r.container)).toEqual(['BBBU2', 'CCCU3', 'AAAU1']);
    expect(ordered(all, 'load', '').map((r) => r.container)).toEqual(['CCCU3', 'BBBU2', 'AAAU1']);
  });
  it('finds a number with its blanks or a part of it', () => {
    expect(ordered(VIEW.queue, 'strength', 'quzu 4821').map((r) => r.container)).toEqual([BOX]);
    expect(ordered(VIEW.queue, 'strength', 'zzz')).toEqual([]);
  });
  it('says what was compared, else what else counts, else ship and trip', () => {
    expect(rowLine(ROW)).toContain('7 h 55 min');
    expect(rowLine({ ...ROW, numbers: {}, texts: {} })).toBe('Más pesado al embarcar · Movido sin orden');
    expect(rowLine(row('A', 'panel_opened'))).toBe('42G1 · buque V-ETA · viaje T-12');
  });
  it('says where a re-reading stands and never calls a demoted alert open', () => {
    expect(VIEW.queue.filter((r) => r.tier === 'reread').map((r) => rowState(r, null).text)).toEqual(['espera otra lectura', 'la relectura coincide', 'embarcado sin releer']);
    expect(rowState(ROW, null)).toMatchObject({ icon: 'half-diamond', text: 'Reconocido' });
    expect(rowState(row('A', 'door_opened'), null).text).toBe('Sin indicio');
  });
  it('an unknown load time is said, not left empty', () => expect([loadLine(row('A', 'door_opened', { loads: null }), null), loadLine(row('A', 'door_opened', { loaded: true }), null)]).toEqual(['sin hora de embarque', 'embarcado']));
});

describe('a lead of a container', () => {
  const lead = { id: 'l', number: 'IND-2611-0007', state: 'new', level: 'high', mmsi: null, container: BOX, name: null, other: null, other_name: null, lat: null, lon: null, start: '2026-11-21T02:00:00Z', updated: '2026-11-21T03:00:00Z', sum_nats: 1, title: 'seal_changed', bars: [] } as unknown as LeadSummary;
  const ship = { ...lead, id: 's', mmsi: 290000001, container: null, name: null, lat: 10, lon: -76 } as LeadSummary;
  it('is called by its number', () => expect([subjectName(lead), subjectName(ship)]).toEqual(['QUZU 482115 1', '290 000 001']));
  it('stands in the queue and is found by its number', () => {
    expect(sortLeads([lead], DEFAULTS, 'strength', Infinity)).toEqual([lead]);
    expect(sortLeads([lead, ship], { ...DEFAULTS, q: 'QUZU 482115' }, 'strength', Infinity).map((l) => l.id)).toEqual(['l']);
    expect([keepsLead(lead, { q: 'quzu 482115 1', states: [], about: [] }), keepsLead(lead, { q: '290', states: [], about: [] })]).toEqual([true, false]);
    expect(sortLeads([lead, ship], { ...DEFAULTS, about: ['container'] }, 'strength', Infinity)).toEqual([lead]);
    expect(keepsLead(lead, { q: '', states: [], about: ['vessel'] })).toBe(false);
    expect([LEAD_KEYS.vessel(lead), LEAD_KEYS.position(lead)]).toEqual([BOX, null]);
  });
  it('is not drawn on the chart', () => {
    expect(placeOf(lead)).toBeNull();
    expect(leadFeatures([lead, ship], null, () => null).map((f) => f.properties?.['id'])).toEqual(['s']);
    expect(inLead({ mmsi: 1, other: null, start: lead.start, end: null } as never, [lead])).toBe(false);
  });
});

describe('the place in the link', () => {
  it('comes back as it was written and leaves other keys alone', () => {
    const extra = writePlace({ e_agr: 'x' }, { box: BOX, part: 'draw', as: 'table' });
    expect(extra).toEqual({ e_agr: 'x', p_box: BOX, p_part: 'draw', p_as: 'table' });
    expect(readPlace(extra)).toEqual({ box: BOX, part: 'draw', as: 'table', order: 'strength', find: '' });
    expect(writePlace(extra, { box: null, part: 'queue', as: 'picture' })).toEqual({ e_agr: 'x' });
  });
  it('reads a number typed with blanks, and nothing odd', () => expect([readPlace({ p_box: 'quzu 482115 1' }).box, readPlace({ p_part: 'x' }).part]).toEqual([BOX, 'queue']));
});

it('scales end on a round number', () => expect([3.31, 0.7, 41, 1, 8.2].map(roundTop)).toEqual([4, 0.8, 50, 1, 10]));
