/**
 * The port as `/api/port` serves it: containers, what the screening rules found, and the inspection draw. Codes and
 * numbers only; words live in `messages/`. Times are RFC 3339 UTC strings. Absent is unknown, never zero and never "no".
 */
import type { EvidenceRef, LeadState, Level, RatioBasis } from './model';

/** Every code that the node knows, so that a test can ask for a word for each in both languages. */
export const FINDINGS = [
  'seal_changed', 'seal_reused', 'seal_not_issued', 'seal_before_issue', 'heavier_at_load', 'gate_differs_from_vgm', 'number_defect',
  'two_places', 'size_type_changed', 'tare_changed', 'two_vessels', 'door_opened', 'moved_without_order', 'long_dwell', 'many_rehandles',
  'reachable_before_load', 'power_off', 'return_air_step', 'vent_seal_changed', 'panel_opened', 'touched_after_scan',
  'lookup_without_task', 'lookup_rate', 'viewed_bad_boxes', 'code_read_outside_chain', 'pick_up_before_booking', 'first_time_pair',
  'two_gate_outs', 'read_by_one_used_by_another', 'load_without_gate_in', 'gate_in_after_load', 'seal_never_seen', 'vgm_after_load',
  'slow_road', 'stop_outside_places', 'crew_or_truck_changed',
] as const;
export type Finding = (typeof FINDINGS)[number];
export const CAUSES = [
  'misread', 'extra_seal', 'unrecorded_inspection', 'maker_not_given', 'recycled_serial', 'copied_list', 'late_register',
  'truck_fuel_or_driver', 'rain_or_ice', 'crane_cell', 'summed_mass', 'late_message', 'clock_skew', 'sensor_knock', 'lost_order',
  'roll_over', 'congestion', 'vessel_delay', 'genset_swap', 'defrost', 'pre_trip_inspection', 'lawful_restow', 'bulk_poller',
  'shared_account', 'forwarder', 'haulier_change', 'missing_message', 'road_block',
] as const;
export type Cause = (typeof CAUSES)[number];
export const FAMILIES = [
  'opening', 'seal_register', 'box_mass', 'box_identity', 'handling', 'machinery', 'insider', 'box_sequence', 'road',
] as const;
export type AlertFamily = (typeof FAMILIES)[number];
export const EVENT_KINDS = [
  'STUF', 'STRP', 'GTIN', 'GTOT', 'LOAD', 'DISC', 'INSP', 'RSEA', 'CUSS', 'CUSI', 'CUSR', 'AVDO', 'AVPU', 'CROS', 'DROP', 'PICK', 'RMVD',
  'ARRI', 'DEPA', 'DRO', 'DRC', 'LOC', 'MEAS', 'ADJU', 'MOVE', 'SCAN', 'VGM', 'SEAL', 'STOW', 'PLUG', 'UNPL',
] as const;
export type PortEventKind = (typeof EVENT_KINDS)[number];
export type GapKind = 'no_gate_in' | 'no_stuffing' | 'no_verified_mass' | 'door_not_closed' | 'silence' | 'no_tasks';

export type NumberDefect = 'form' | 'category' | 'check_digit';
/** reread: a likely misread, which waits until the seal is read again. */
export type Tier = 'first' | 'reread';
/** Where a demoted seal alert stands: queued to be read again, read as expected, or gone without a second reading. */
export type Reread = 'waiting' | 'agreed' | 'missed';
export type Named = Record<string, number>;
export type Texts = Record<string, string>;

/** GET /api/port */
export interface PortView {
  /** Event time of the newest event screened; null while nothing has been ingested. */
  as_of: string | null;
  /** Export boxes in the yard at `as_of`, not yet loaded. */
  boxes: number;
  events: number;
  quarantined: number;
  sources: PortSource[];
  /** What no officer has set, as codes. */
  assumed: string[];
  seal_alerts: number;
  /** Of these, demoted as likely misread. */
  misread: number;
  /** Strongest first; first-tier open ones, then demoted ones. */
  queue: PortRow[];
  rules_version: number;
  thresholds_version: number;
}
export interface PortSource { name: string; standard: string; events: number; quarantined: number; last: string | null }
export interface PortRow {
  container: string;
  defect: NumberDefect | null;
  size_type: string | null;
  facility: string | null;
  trip: string | null;
  vessel: string | null;
  loads: string | null;
  loaded: boolean;
  level: Level;
  sum_nats: number;
  title: Finding;
  rules: string[];
  /** Counted contributions: [finding, nats]. */
  bars: [Finding, number][];
  tier: Tier;
  reread: Reread | null;
  alerts: number;
  lead: { id: string; number: string; state: LeadState } | null;
  /** Drawn, once its slot has opened. */
  on_list: { slot: string } | null;
  /** What the alert of the title compared. */
  numbers: Named;
  texts: Texts;
}

/** GET /api/port/containers/{number} */
export interface PortContainer {
  row: PortRow | null;
  container: string;
  prior: { nats: number; basis: RatioBasis };
  alerts: PortAlert[];
  gaps: { kind: GapKind; at: string; trip: string | null }[];
  /** By time. */
  events: PortEvent[];
  /** What scans gave, in the log's order. */
  results: (PickResult & { draw: string; slot: number; stands: boolean })[];
}
export interface PortAlert {
  id: string; rule: string; finding: Finding; family: AlertFamily; tier: Tier; reread: Reread | null;
  start: string; at: string; trip: string | null;
  /** Other boxes that it names. */
  others: string[];
  actor: string | null;
  numbers: Named; texts: Texts;
  innocent: Cause[];
  nats: number; basis: RatioBasis;
  /** false: weaker member of its family, shown but not added. */
  counted: boolean;
  events: string[];
  reference: string | null;
  evidence: EvidenceRef[];
}
export interface SealReading {
  number: string; maker: string | null; placement: string; source: string | null; second_read: string | null; read_count: number;
}
export interface Reefer {
  setpoint_celsius?: number | null; return_air_celsius?: number | null; supply_air_celsius?: number | null;
  powered?: boolean | null; defrosting?: boolean | null; panel_open?: boolean | null;
}
export interface PortEvent {
  id: string; kind: PortEventKind;
  /** ACT happened; PLN and EST tell when the load is due. */
  classifier: 'ACT' | 'PLN' | 'EST';
  at: string; received: string; reference: string | null; facility: string | null; actor: string | null;
  /** null: no order is known. */
  order: string | null;
  seals: SealReading[];
  mass: { kg: number; scale: string | null; method: string | null } | null;
  yard: { slot: string; tier: number | null; doors: 'inward' | 'outward' | null; camera_blind: boolean | null } | null;
  reefer: Reefer | null;
  position: { lat: number; lon: number } | null;
  vessel: string | null; size_type: string | null; source_name: string; line: number;
}

/** GET /api/port/draw — null while none is committed for today. */
export interface PortDraw {
  id: string; commitment: string; leaf: number | null; committed: string | null;
  containers: number; picks_in_all: number;
  slots: DrawSlot[];
  bodies: { name: string; shares: number; missing: number }[];
  needed: number;
  overrides: { action: 'add' | 'remove'; container: string; slot: number; officers: string[]; reason: string }[];
  missing_shares: number;
  /** Every pick so far derived again from the file. */
  verified: boolean;
  defect: string | null;
  /** At most 200. `first` and `last` are slots. */
  coverage: Covered[];
  /** Stake left to the best attack; null where today's list is not the draw's. */
  value: number | null;
}
export interface DrawSlot {
  n: number; at: string; capacity: number; round: number;
  /** waits: a share was missing, and a later round is awaited. */
  state: 'sealed' | 'open' | 'waits';
  attempts: number;
  /** Only when open. `added`: by two officers, not drawn. */
  picks: DrawPick[];
}
export interface DrawPick {
  container: string; chance: number | null; added: boolean;
  /** Oldest first: the last stands, and corrects those before. */
  results: PickResult[];
}
export const OUTCOMES = ['clean', 'found', 'not_done'] as const;
export type ScanOutcome = (typeof OUTCOMES)[number];
export const NOT_DONE = ['box_gone', 'scanner_out', 'recalled', 'other'] as const;
export type NotDone = (typeof NOT_DONE)[number];
export interface PickResult {
  number: number; outcome: ScanOutcome; reason: NotDone | null; kilograms: number | null; note: string; officer: string; at: string; leaf: number;
}
/** Longest note, and the masses that the node takes. */
export const SCAN = { note: 500, least: 0.001, most: 40_000 } as const;
/** POST /api/port/draw/results. `seen`: how many results of the pick the officer saw; `key` names the act, so that it is recorded once. */
export interface NewScanResult {
  draw: string; slot: number; container: string; seen: number; key: string;
  outcome: ScanOutcome; reason: NotDone | null; kilograms: number | null; note: string;
}

/** GET /api/port/draw/record — null where there is no draw. */
export interface DrawRecord {
  days: number; draws: number;
  /** Draws that do not hold; nothing else is counted of them. */
  refuted: number;
  bodies: { name: string; missing_today: number; missing: number }[];
  added: number; removed: number;
  scans: { inspections: number; clean: number; found: number; not_done: number };
  /** p is null where the picks are too few. */
  fit: { verdict: 'follows' | 'departs' | 'too_few'; picks: number; boxes: number; degrees: number; statistic: number | null; p: number | null };
}
export interface Covered { container: string; stake: number | null; chance: number; first: number; last: number }

/** GET /api/port/what-if?hours= — hours of one scanner more; null where there is no draw. `scans`: what it scans in an hour. */
export interface WhatIf { hours: number; scans: number; now: number; then: number }
export const HOURS = { least: 0, most: 24 } as const;

/** An event leaves out what it does not know; here every name is there, and unknown is null. */
export function settled(e: Partial<PortEvent> & Pick<PortEvent, 'id' | 'kind' | 'at' | 'source_name' | 'line'>): PortEvent {
  const yard = e.yard ? { tier: null, doors: null, camera_blind: null, ...stripped(e.yard) } : null;
  const mass = e.mass ? { scale: null, method: null, ...stripped(e.mass) } : null;
  return {
    classifier: 'ACT', received: e.at, reference: null, facility: null, actor: null, order: null, reefer: null, position: null, vessel: null, size_type: null,
    ...stripped(e), yard, mass,
    seals: (e.seals ?? []).map((s) => ({ maker: null, source: null, second_read: null, read_count: 0, ...stripped(s) })),
  } as PortEvent;
}
const stripped = <T extends object>(o: T): Partial<T> => Object.fromEntries(Object.entries(o).filter(([, value]) => value !== undefined)) as Partial<T>;

/** `TGHU 482115 1`: owner, serial, check digit (ISO 6346), as it is painted on the door. Another text stays as it came. */
export function formatContainer(number: string): string {
  const parts = /^([A-Z]{4})(\d{6})(\d)$/.exec(number);
  return parts ? `${parts[1]} ${parts[2]} ${parts[3]}` : number;
}
