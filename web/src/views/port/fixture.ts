/** Invented containers, alerts and a draw for the tests of this folder. Never part of the page: only tests read it. */
import type { PortAlert, PickResult, PortContainer, PortDraw, PortEvent, PortRow, PortView, SealReading, WhatIf } from '../../core/port';

export const BOX = 'QUZU4821151';
const at = (day: number, clock: string): string => `2026-11-${String(day).padStart(2, '0')}T${clock}:00Z`;

export const seal = (number: string, over: Partial<SealReading> = {}): SealReading =>
  ({ number, maker: 'ML-CO', placement: 'DOOR', source: 'SHI', second_read: null, read_count: 1, ...over });
let line = 0;
export function event(kind: PortEvent['kind'], when: string, over: Partial<PortEvent> = {}): PortEvent {
  line += 1;
  return {
    id: `evt-${String(line).padStart(4, '0')}`, kind, classifier: 'ACT', at: when, received: when, reference: String(line), facility: 'COCTG-SPRC', actor: null,
    order: null, seals: [], mass: null, yard: null, reefer: null, position: null, vessel: null, size_type: null, source_name: 'tos.csv', line, ...over,
  };
}
const yard = (slot: string, tier: number, doors: 'inward' | 'outward', blind = false): PortEvent['yard'] => ({ slot, tier, doors, camera_blind: blind });

export const EVENTS: PortEvent[] = [
  event('STUF', at(18, '09:30'), { facility: 'COARM-COFI', seals: [seal('4471820'), seal('V88204', { placement: 'VENT' })], source_name: 'epcis.json' }),
  event('VGM', at(18, '11:05'), { facility: 'COARM-COFI', mass: { kg: 24180, scale: null, method: 'SM1' }, source_name: 'vermas.edi' }),
  event('GTIN', at(20, '04:05'), { seals: [seal('4471820', { second_read: '4471820', read_count: 2 }), seal('V88204', { placement: 'VENT' })], mass: { kg: 24260, scale: 'G2', method: null }, size_type: '42G1', actor: 'st-7f3a91' }),
  event('MOVE', at(20, '11:20'), { yard: yard('C07', 2, 'inward'), order: 'WO-33871' }),
  event('CUSS', at(20, '20:10'), { order: 'CO-5512' }),
  event('SCAN', at(20, '22:40'), { seals: [seal('4471820')], order: 'CO-5512' }),
  event('MOVE', at(20, '23:15'), { yard: yard('C07', 2, 'inward'), order: 'WO-33902' }),
  event('MOVE', at(21, '02:48'), { yard: yard('A02', 1, 'outward'), actor: 'st-19c2d0' }),
  event('DRO', at(21, '02:57'), { source_name: 'iot.csv' }),
  event('DRC', at(21, '03:08'), { source_name: 'iot.csv' }),
  event('SEAL', at(21, '06:35'), { seals: [seal('4477203', { second_read: '4477203', read_count: 2 }), seal('V88204', { placement: 'VENT' })], actor: 'st-7f3a91' }),
  event('MOVE', at(21, '12:40'), { yard: yard('Q1', 1, 'inward'), order: 'WO-33990', seals: [seal('4477203')] }),
  event('STOW', at(21, '14:05'), { mass: { kg: 25410, scale: 'GRÚA 4', method: null }, vessel: 'V-ETA', source_name: 'baplie.edi' }),
  event('LOAD', at(21, '19:00'), { classifier: 'PLN', vessel: 'V-ETA' }),
];
const idOf = (kind: PortEvent['kind'], n = 0): string => EVENTS.filter((e) => e.kind === kind)[n]?.id ?? '';

let made = 0;
export function alert(finding: PortAlert['finding'], rule: string, over: Partial<PortAlert> = {}): PortAlert {
  made += 1;
  return {
    id: `ind-${made}`, rule, finding, family: 'opening', tier: 'first', reread: null, start: at(21, '02:48'), at: at(21, '02:48'), trip: 'T-12', others: [], actor: null,
    numbers: {}, texts: {}, innocent: [], nats: 1, basis: { kind: 'assumed' }, counted: true, events: [], reference: null,
    evidence: [{ source: 'src-01', line: 5, offset: 120 }], ...over,
  };
}
export const ALERTS: PortAlert[] = [
  alert('touched_after_scan', 'R8', {
    at: at(21, '06:35'), start: at(20, '22:40'), nats: 2.2, numbers: { touches: 3, ordered_moves: 1, hours_after_scan: 7.92 },
    texts: { touches: 'moved_without_order door_opened seal_changed', scan: 'SCAN', strongest_touch: 'seal_changed' }, innocent: ['unrecorded_inspection', 'lawful_restow'],
    evidence: [{ source: 'src-01', line: 6, offset: null }, { source: 'src-01', line: 8, offset: null }, { source: 'src-02', line: 2, offset: null }],
  }),
  alert('seal_changed', 'R1', {
    at: at(21, '06:35'), start: at(20, '22:40'), nats: 1.7, counted: false, events: [idOf('SCAN'), idOf('SEAL')], innocent: ['unrecorded_inspection', 'extra_seal'],
    numbers: { edit_distance: 4, confusable: 0, near_serial: 0, second_read_agrees: 1, read_twice: 1, known_elsewhere: 0 },
    texts: { seal_expected: '4471820', seal_read: '4477203', placement: 'DOOR' },
  }),
  alert('heavier_at_load', 'R3', {
    at: at(21, '14:05'), start: at(20, '04:05'), family: 'box_mass', nats: 0.9, events: [idOf('GTIN'), idOf('STOW')], innocent: ['crane_cell', 'rain_or_ice'],
    numbers: { gate_kg: 24260, load_kg: 25410, difference_kg: 1150, pair_boxes: 12, limit_kg: 485 },
  }),
  alert('moved_without_order', 'R5', {
    family: 'handling', nats: 0.4, counted: true, events: [idOf('MOVE', 2)], actor: 'st-19c2d0', innocent: ['lost_order', 'late_message'],
    numbers: { moves_in_hour: 38, unordered_in_hour: 1 }, texts: { slot: 'A02' },
  }),
  alert('door_opened', 'R5', { at: at(21, '02:57'), start: at(21, '02:57'), nats: 1.1, counted: false, numbers: { open_s: 660, least_open_s: 60 }, innocent: ['sensor_knock'] }),
  alert('many_rehandles', 'R6', { at: at(21, '12:40'), family: 'handling', nats: -0.4, counted: false, numbers: { moves: 4, cohort_median: 2, cohort_sd: 0.6, cohort_boxes: 212, z: 3.3 }, innocent: ['roll_over', 'congestion'] }),
];

export function row(container: string, title: PortRow['title'], over: Partial<PortRow> = {}): PortRow {
  return {
    container, defect: null, size_type: '42G1', facility: 'COCTG-SPRC', trip: 'T-12', vessel: 'V-ETA', loads: at(21, '19:00'), loaded: false, level: 'low', sum_nats: -2.3,
    title, rules: ['R1'], bars: [[title, 1.2]], tier: 'first', reread: null, alerts: 1, lead: null, on_list: null, numbers: {}, texts: {}, ...over,
  };
}
const lead = (n: number, state: NonNullable<PortRow['lead']>['state']): PortRow['lead'] => ({ id: `led-${n}`, number: `IND-2611-000${n}`, state });
export const ROW = row(BOX, 'touched_after_scan', {
  level: 'high', sum_nats: -1, rules: ['R8', 'R1', 'R3', 'R5'], bars: [['touched_after_scan', 2.2], ['heavier_at_load', 0.9], ['moved_without_order', 0.4]], alerts: 6,
  lead: lead(7, 'acknowledged'), numbers: ALERTS[0]?.numbers ?? {}, texts: ALERTS[0]?.texts ?? {},
});
const misread = (n: string, reread: PortRow['reread'], over: Partial<PortRow> = {}): PortRow => row(n, 'seal_changed', {
  tier: 'reread', reread, sum_nats: -4.2, bars: [['seal_changed', 0.1]], texts: { seal_expected: 'ML8830412', seal_read: 'MLB830412', placement: 'DOOR' },
  numbers: { edit_distance: 1, confusable: 1, near_serial: 0, second_read_agrees: 0, read_twice: 0, known_elsewhere: 0 }, ...over,
});
export const VIEW: PortView = {
  as_of: at(21, '16:00'), boxes: 1842, events: 51234, quarantined: 3,
  sources: [
    { name: 'tos.csv', standard: 'csv', events: 40112, quarantined: 1, last: at(21, '15:59') }, { name: 'codeco.edi', standard: 'codeco', events: 9002, quarantined: 2, last: at(21, '15:57') },
    { name: 'epcis.json', standard: 'epcis', events: 2120, quarantined: 0, last: at(21, '14:12') },
  ],
  assumed: ['prior', 'value_per_kg', 'cargo_mass'], seal_alerts: 39, misread: 37, rules_version: 1, thresholds_version: 1,
  queue: [
    ROW,
    row('HUVU2033775', 'moved_without_order', { level: 'medium', sum_nats: -1.9, loads: at(21, '20:30'), rules: ['R5', 'R6'], bars: [['moved_without_order', 1.6], ['reachable_before_load', 1]], alerts: 2, lead: lead(9, 'new'), numbers: { unordered_in_hour: 1, moves_in_hour: 22 }, texts: { slot: 'B11' } }),
    row('MUSU6188400', 'two_places', { level: 'medium', sum_nats: -2.2, loads: at(21, '22:10'), rules: ['R4'], bars: [['two_places', 2.3]], lead: lead(8, 'new'), numbers: { minutes_apart: 41, minutes_needed: 310 }, texts: { facility_before: 'COCTG-SPRC', facility: 'COTRB-PANA' } }),
    row('SUBU7719042', 'seal_reused', { sum_nats: -2.9, loads: at(21, '23:40'), rules: ['R2'], bars: [['seal_reused', 1.6]], numbers: { boxes: 2, hours_apart: 1464 }, texts: { seal: '4390127', maker: 'ML-CO' } }),
    row('TECU9042134', 'power_off', { sum_nats: -3.4, size_type: '45R1', loads: at(22, '02:15'), rules: ['R7'], bars: [['power_off', 1.4], ['return_air_step', -0.3]], numbers: { off_minutes: 22, limit_minutes: 10 }, defect: 'check_digit' }),
    row('CAZU3351206', 'heavier_at_load', { sum_nats: -3.7, loads: null, loaded: true, rules: ['R3'], bars: [['heavier_at_load', 0.8]], numbers: { gate_kg: 20110, load_kg: 20530, difference_kg: 420, pair_boxes: 640, pair_offset_kg: 35, pair_sd_kg: 180, z: 2.1 }, lead: lead(3, 'dismissed'), on_list: { slot: at(21, '13:00') } }),
    misread('BUMU5502765', 'waiting', { loads: at(21, '21:00') }), misread('FOCU1288458', 'agreed', { loads: at(21, '21:30') }), misread('GEZU7001129', 'missed', { loaded: true, loads: null }),
  ],
};
export const CONTAINER: PortContainer = {
  row: ROW, container: BOX, prior: { nats: -4.5, basis: { kind: 'assumed' } }, alerts: ALERTS, events: EVENTS,
  gaps: [{ kind: 'silence', at: at(18, '11:05'), trip: 'T-12' }], results: [],
};

const hour = (h: number): string => new Date(Date.UTC(2026, 10, 21, h)).toISOString().replace('.000', '');
const label = (n: number): string => `${['QUZU', 'HUVU', 'MUSU', 'SUBU', 'TECU'][n % 5]}${String(100_003 + n * 7919).slice(-6)}${n % 10}`;
const result = (number: number, outcome: PickResult['outcome'], over: Partial<PickResult> = {}): PickResult => ({
  number, outcome, reason: null, kilograms: null, note: '', officer: 'Lt. A. Rojas', at: at(21, '12:00'), leaf: 48_200 + number, ...over,
});
/** A correction, a find, a scan that was not made, and slots whose results are still to come. */
const resultsOf = (n: number, k: number): PickResult[] => {
  if (n === 0 && k === 0) return [result(0, 'clean'), result(1, 'found', { kilograms: 412.5, note: 'Bolsas en las puertas' })];
  if (n === 1 && k === 1) return [result(0, 'not_done', { reason: 'box_gone' })];
  return n < 4 ? [result(0, 'clean')] : [];
};
export const DRAW: PortDraw = {
  id: '2026-11-21', commitment: '7b20e1c4a90f55d3b1886e2f04d9c7a2513efa60bb1c98d74402e6ab31f9754e', leaf: 48102, committed: at(21, '09:40'), containers: 1842, picks_in_all: 70,
  slots: Array.from({ length: 24 }, (_, n) => {
    const state = n < 6 ? 'open' : n === 6 ? 'waits' : 'sealed';
    const capacity = n === 13 ? 1 : 3;
    return {
      n, at: hour(10 + n), capacity, round: 6_204_117 + n * 120, state, attempts: n === 6 ? 2 : 1,
      picks: state === 'open' ? [...Array.from({ length: capacity }, (_, k) => ({ container: label(n * 3 + k), chance: 0.62 / (1 + n + k), added: false, results: resultsOf(n, k) })), ...(n === 3 ? [{ container: 'CAZU3351206', chance: 0.02, added: true, results: [] }] : [])] : [],
    };
  }),
  bodies: [{ name: 'customs', shares: 7, missing: 0 }, { name: 'police', shares: 6, missing: 1 }, { name: 'port', shares: 7, missing: 0 }], needed: 2,
  overrides: [{ action: 'add', container: 'CAZU3351206', slot: 3, officers: ['Lt. A. Rojas', 'Insp. M. Díaz'], reason: 'Báscula de la grúa 4: +420 kg' }],
  missing_shares: 1, verified: true, defect: null,
  coverage: Array.from({ length: 200 }, (_, i) => ({
    container: i === 3 ? BOX : label(i), stake: i < 24 ? 3.31 : 3.31 * Math.exp(-(i - 24) / 90), chance: i < 24 ? 0.62 - i * 0.022 : Math.max(0.004, 0.08 * Math.exp(-(i - 24) / 40)), first: i % 8, last: (i % 8) + 4,
  })),
  value: 3.31,
};
export const whatIf = (hours: number): WhatIf => ({ hours, scans: 3, now: 3.31, then: Number((3.31 * Math.exp(-hours * 0.043)).toFixed(2)) });
