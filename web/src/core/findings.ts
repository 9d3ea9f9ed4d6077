/**
 * What an alert compared, in one line, worded by its finding. A piece whose numbers the node did not give is left out:
 * a lead's reason carries the numbers but not the texts.
 */
import { word, type Messages } from './i18n.svelte';
import { FINDINGS, formatContainer, type Finding, type Named, type Texts } from './port';
import { formatSpan } from './time';
import { formatNumber, formatSigned, type Lang } from './units';

const isFinding = (code: string): code is Finding => (FINDINGS as readonly string[]).includes(code);
type Piece = string | null;

/** Numbers and texts of one alert as they are read aloud; null where the node said nothing. */
class Said {
  readonly w: Messages['port']['compared'];
  constructor(readonly numbers: Named, readonly texts: Texts, readonly t: Messages, readonly lang: Lang) {
    this.w = t.port.compared;
  }
  /** With one name or two, `made` is called only when all are there. */
  n(name: string, made: (value: number) => string): Piece {
    const value = this.numbers[name];
    return value === undefined || !Number.isFinite(value) ? null : made(value);
  }
  n2(a: string, b: string, made: (a: number, b: number) => string): Piece {
    return this.n(a, (x) => this.n(b, (y) => made(x, y)) ?? '') || null;
  }
  s(name: string, made: (text: string) => string): Piece {
    const text = this.texts[name];
    return text ? made(text) : null;
  }
  s2(a: string, b: string, made: (a: string, b: string) => string): Piece {
    return this.s(a, (x) => this.s(b, (y) => made(x, y)) ?? '') || null;
  }
  yes(name: string, said: string): Piece {
    return this.numbers[name] === 1 ? said : null;
  }
  whole = (value: number): string => formatNumber(this.lang, value);
  one = (value: number): string => formatNumber(this.lang, value, 1);
  kg = (value: number): string => this.w.kg(this.whole(value));
  plusKg = (value: number): string => this.w.kg(formatSigned(this.lang, value, 0));
  hours = (value: number): string => formatSpan(value * 3_600_000);
  minutes = (value: number): string => formatSpan(value * 60_000);
}

/** A seal swap or a misread: both numbers, then what speaks for one or the other. */
const seal = (v: Said): Piece[] => [
  v.s2('seal_expected', 'seal_read', v.w.change),
  v.texts['placement'] === 'VENT' ? v.w.placement(v.t.port.placement.VENT) : null,
  v.yes('read_twice', v.w.readTwice), v.yes('second_read_agrees', v.w.secondRead), v.yes('read_again', v.w.readAgain),
  v.yes('before_slipped', v.w.beforeSlipped), v.yes('known_elsewhere', v.w.knownElsewhere),
  v.yes('confusable', v.w.confusable), v.yes('near_serial', v.w.nearSerial), v.n('edit_distance', (n) => v.w.characters(n)),
];
const issue = (v: Said): Piece[] => [
  v.s('seal', v.w.seal) ?? v.n('serial', (n) => v.w.serial(String(n))), v.s('maker', v.w.maker), v.n('hours_before_issue', (h) => v.w.beforeIssue(v.hours(h))),
];
const stay = (v: Said, name: string, said: (n: number) => string, unit: (n: number) => string): Piece[] => [
  v.n(name, said), v.n2('cohort_median', 'cohort_boxes', (m, n) => v.w.median(unit(m), n)), v.n('z', (z) => v.w.deviations(v.one(z))),
];

const PIECES: Record<Finding, (v: Said) => Piece[]> = {
  seal_changed: seal, vent_seal_changed: seal,
  seal_reused: (v) => [v.s('seal', v.w.seal), v.s('maker', v.w.maker), v.n('boxes', v.w.boxes), v.n('hours_apart', (h) => v.w.apart(v.hours(h)))],
  seal_not_issued: issue, seal_before_issue: issue,
  heavier_at_load: (v) => [
    v.n('difference_kg', v.plusKg), v.n2('gate_kg', 'load_kg', (a, b) => v.w.gateLoad(v.whole(a), v.whole(b))),
    v.n('z', (z) => v.w.deviations(v.one(z))) ?? v.n('limit_kg', (kg) => v.w.limit(v.kg(kg))), v.n('pair_boxes', (n) => v.w.pair(Math.round(n))),
  ],
  gate_differs_from_vgm: (v) => [
    v.n('difference_kg', v.plusKg), v.n2('vgm_kg', 'gate_kg', (a, b) => v.w.vgmGate(v.whole(a), v.whole(b))), v.n('limit_kg', (kg) => v.w.limit(v.kg(kg))),
    v.s('vgm_method', (m) => (m === 'SM2' ? v.w.summed : v.w.weighed)),
  ],
  number_defect: (v) => [v.s('defects', (all) => all.split(' ').map((d) => word(v.t.port.defect, d)).join(', '))],
  two_places: (v) => [v.s2('facility_before', 'facility', v.w.change), v.n('minutes_apart', (m) => v.w.apart(v.minutes(m))), v.n('minutes_needed', (m) => v.w.needs(v.minutes(m)))],
  size_type_changed: (v) => [v.s2('size_type_before', 'size_type', v.w.change)],
  tare_changed: (v) => [v.n2('tare_before_kg', 'tare_kg', (a, b) => v.w.change(v.kg(a), v.kg(b)))],
  two_vessels: (v) => [v.s2('vessel_before', 'vessel', v.w.change), v.n('hours_apart', (h) => v.w.apart(v.hours(h)))],
  door_opened: (v) => [v.n('open_s', (s) => v.w.open(formatSpan(s * 1000))), v.n('least_open_s', (s) => v.w.least(formatSpan(s * 1000)))],
  moved_without_order: (v) => [v.s('order_unknown', v.w.orderUnknown), v.s('slot', v.w.slot), v.n2('unordered_in_hour', 'moves_in_hour', v.w.unordered)],
  long_dwell: (v) => stay(v, 'dwell_hours', (h) => v.w.dwell(v.hours(h)), v.hours),
  many_rehandles: (v) => stay(v, 'moves', v.w.moves, v.one),
  reachable_before_load: (v) => [
    v.s('slot', v.w.slot), v.yes('doors_reached', v.w.doorsReached), v.yes('camera_blind', v.w.blind), v.n('hours_before_load', (h) => v.w.beforeLoad(v.hours(h))),
  ],
  power_off: (v) => [v.n('off_minutes', (m) => v.w.off(v.minutes(m))), v.n('limit_minutes', (m) => v.w.limit(v.minutes(m)))],
  return_air_step: (v) => [v.n2('step_celsius', 'minutes', (c, m) => v.w.step(formatSigned(v.lang, c), v.minutes(m))), v.n('limit_celsius', (c) => v.w.limit(v.w.celsius(v.one(c))))],
  panel_opened: () => [],
  touched_after_scan: (v) => [
    v.s('touches', (codes) => codes.split(' ').map((code) => word(v.t.port.finding, code).toLowerCase()).join(', ')),
    v.n('hours_after_scan', (h) => v.w.afterScan(v.hours(h))), v.n('ordered_moves', (n) => (n > 0 ? v.w.orderedMoves(n) : '')),
  ],
  lookup_without_task: (v) => [v.n('looks', v.w.looks), v.s('role', v.w.role)],
  lookup_rate: (v) => [v.n('boxes_an_hour', v.w.anHour), v.n('limit_boxes_an_hour', (n) => v.w.limit(v.whole(n))), v.s('role', v.w.role)],
  viewed_bad_boxes: (v) => [v.n('bad_boxes', v.w.badBoxes), v.n('accounts_on_them', v.w.accounts), v.s('role', v.w.role)],
  code_read_outside_chain: (v) => [v.s('party', (p) => p), v.s('release', v.w.release)],
  pick_up_before_booking: (v) => [v.n('hours_before_booking', (h) => v.w.beforeBooking(v.hours(h))), v.s('release', v.w.release)],
  first_time_pair: (v) => [v.s2('haulier', 'consignee', v.w.haulier), v.n('pick_ups_before', v.w.pickUps), v.n('hauliers_before', v.w.hauliers)],
  two_gate_outs: (v) => [v.n('gate_outs', v.w.gateOuts), v.n('minutes_apart', (m) => v.w.apart(v.minutes(m)))],
  read_by_one_used_by_another: (v) => [
    v.s2('read_by_party', 'used_by_party', v.w.readUsed) ?? v.s2('read_by_user', 'used_by_party', v.w.readUsed), v.n('minutes_apart', (m) => v.w.apart(v.minutes(m))),
  ],
  load_without_gate_in: (v) => [v.n2('of_them_with_gate_in', 'loads_of_facility', v.w.gated)],
  gate_in_after_load: (v) => [v.n('minutes_late', (m) => v.w.late(v.minutes(m)))],
  vgm_after_load: (v) => [v.n('minutes_late', (m) => v.w.late(v.minutes(m)))],
  seal_never_seen: (v) => [v.s('seal', v.w.seal)],
  slow_road: (v) => [
    v.n('road_minutes', (m) => v.w.road(v.minutes(m))), v.n2('route_median_minutes', 'route_boxes', (m, n) => v.w.median(v.minutes(m), n)), v.n('z', (z) => v.w.deviations(v.one(z))),
  ],
  stop_outside_places: (v) => [v.n('stop_minutes', (m) => v.w.stop(v.minutes(m))), v.n('limit_minutes', (m) => v.w.limit(v.minutes(m)))],
  crew_or_truck_changed: (v) => [v.yes('truck_changed', v.w.truck), v.yes('driver_changed', v.w.driver)],
};

/** Null for what is no finding of the port, so that the caller words it as the sea's. */
export function findingPieces(code: string, numbers: Named, texts: Texts, t: Messages, lang: Lang): string[] | null {
  if (!isFinding(code)) return null;
  return PIECES[code](new Said(numbers, texts, t, lang)).filter((piece): piece is string => Boolean(piece));
}
export const findingLine = (code: string, numbers: Named, texts: Texts, t: Messages, lang: Lang): string =>
  (findingPieces(code, numbers, texts, t, lang) ?? []).join(' · ');

/** `TGHU 482115 1, MSMU 618840 0`: other boxes of an alert. */
export const boxes = (numbers: readonly string[]): string => numbers.map(formatContainer).join(', ');
