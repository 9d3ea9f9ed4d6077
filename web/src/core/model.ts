/**
 * What the node serves and the page shows: the shapes of `/api`. Codes and numbers only; words live in
 * `messages/`. Times are RFC 3339 UTC strings unless the name ends in `_ms` (epoch milliseconds).
 */

import type { ExchangeChanged } from './exchange';
import type { Finding } from './port';

export type Role = 'watch' | 'port' | 'release' | 'case' | 'analyst' | 'auditor';
/** What an officer may do; the page hides what is absent here, the node refuses it. */
export type Ability =
  | 'see_picture' | 'decide_lead' | 'record_outcome' | 'record_inspection' | 'write_note' | 'export' | 'see_log'
  | 'see_exchange' | 'release_item' | 'suspend' | 'resume' | 'draft_agreement' | 'open_received'
  | 'report_incident' | 'sign_incident' | 'keep_accounts' | 'take_sighting' | 'take_indication';

export interface Officer { id: string; name: string; role: Role }

/** GET /api/me — 401 without a session. POST /api/session {token} signs in; DELETE /api/session signs out. */
export interface Me { officer: Officer; node: NodeName; may: Ability[] }
export interface NodeName { id: string; name: string }

/** GET /api/status, and the `status` message of the stream (about once a second). */
export interface Status {
  node: NodeName;
  version: string;
  clock: Clock;
  feeds: Feed[];
  /** Span of stored positions; null when the archive is empty. */
  archive: { from: string; to: string } | null;
  totals: { lines: number; messages: number; ignored: number; refused: number; late: number };
  /** Kinds of event that are not looked for, since the data they need is not there. */
  off: EventKind[];
}
export interface Clock {
  /** The picture's own time: wall time live, event time in a replay. */
  now: string;
  wall: string;
  /** live: a feed is connected; replay: a recording is played at `speed`; still: only stored data. */
  mode: 'live' | 'replay' | 'still';
  speed: number;
}
export interface Feed {
  source: string;
  kind: 'ais' | 'positions';
  name: string;
  state: 'fresh' | 'late' | 'stopped' | 'ended';
  last_received: string | null;
  lines: number;
  per_minute: number;
  /** Everything up to this line survives any crash. */
  commit_line: number;
}

/** GET /api/vessels?at=TIME&stale_min=120 — columns of equal length; also the `vessels` message (deltas). */
export interface VesselColumns {
  at: string;
  mmsi: number[];
  /** Epoch milliseconds of the fix. */
  t_ms: number[];
  lat: number[];
  lon: number[];
  sog_kn: (number | null)[];
  cog_deg: (number | null)[];
  heading_deg: (number | null)[];
  /** Raw AIS ship type, null when unknown. */
  ship_type: (number | null)[];
  station: StationKind[];
  name: (string | null)[];
}
export type StationKind =
  | 'class_a' | 'class_b' | 'base_station' | 'sar_aircraft' | 'aid_to_navigation' | 'unknown';

/** GET /api/positions?from=&to= — every stored fix of the window, for replay; sorted by time. */
export interface PositionColumns {
  from: string; to: string; truncated: boolean;
  mmsi: number[]; t_ms: number[]; lat: number[]; lon: number[];
  sog_kn: (number | null)[]; cog_deg: (number | null)[];
}

/** GET /api/vessels/{mmsi}/track?from=&to= */
export interface Track {
  mmsi: number;
  t_ms: number[]; lat: number[]; lon: number[]; sog_kn: (number | null)[];
  /** Index of the first fix of each segment: a new one starts where motion was impossible or two ships share the number.
   *  Fixes are in order of time within a segment; a later segment may begin earlier than the one before ends. */
  breaks: number[];
  gaps: { event: string; start_ms: number; end_ms: number | null }[];
}

/** GET /api/vessels/{mmsi} */
export interface Vessel {
  mmsi: number;
  mid: number | null;
  station: StationKind;
  identity: Identity | null;
  /** Earlier identities under the same number, newest first. */
  earlier: Identity[];
  last: {
    observed: string; received: string; lat: number; lon: number;
    sog_kn: number | null; cog_deg: number | null; heading_deg: number | null; nav_status: number | null;
    evidence: EvidenceRef; flags: string[];
  } | null;
  events: BehaviourEvent[];
  leads: LeadSummary[];
}
export interface Identity {
  since: string; name: string | null; call_sign: string | null; imo: number | null; ship_type: number | null;
  length_m: number | null; beam_m: number | null; draught_m: number | null; destination: string | null;
  evidence: EvidenceRef;
}
export interface EvidenceRef { source: string; line: number; offset: number | null }

/** In the order of the filter and the legend: what may carry a lead first, ordinary acts and faults of receivers last. */
export const EVENT_KINDS = [
  'gap', 'encounter', 'loitering', 'transshipment_posture', 'drift', 'identity_conflict', 'identity_contradiction', 'mmsi_change',
  'impossible_motion', 'motion_contradiction', 'circular_track', 'copied_track', 'unusual_departure',
  'area_entry', 'stop', 'port_visit', 'speed_change', 'mmsi_near_miss', 'on_land', 'receiver_contradiction', 'clock_fault',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];
/** Ordinary acts, and doubts about data: on the chart only when they are asked for, or belong to what is chosen. */
export const ROUTINE: ReadonlySet<EventKind> =
  new Set(['stop', 'port_visit', 'speed_change', 'mmsi_near_miss', 'on_land', 'receiver_contradiction', 'clock_fault']);
export const NOTED: readonly EventKind[] = EVENT_KINDS.filter((kind) => !ROUTINE.has(kind));
/** GET /api/events?from=&to=&kind=&limit= and the `event` message. A later revision replaces the earlier one. */
export interface BehaviourEvent {
  id: string; revision: number; kind: EventKind;
  mmsi: number; name: string | null;
  other: number | null; other_name: string | null;
  start: string;
  /** null while it goes on. */
  end: string | null;
  lat: number; lon: number;
  end_lat: number | null; end_lon: number | null;
  /** What the charts call it: the anchorage of a port visit, the area that was entered. */
  place: string | null;
  /** Named numbers, e.g. gap: distance_m, implied_speed_kn; encounter: min_distance_m, median_distance_m,
   *  median_speed_kn; loitering: distance_m, avg_speed_kn; always duration_h. Findings about an identity have their reason
   *  as a name of its own, with 1. */
  numbers: Record<string, number>;
  evidence: EvidenceRef[];
  /** Found before all reports of its time can have come: it may change or be taken back. */
  provisional: boolean;
  /** Later reports showed that there was no such event. */
  withdrawn: boolean;
}

export type LeadState = 'new' | 'acknowledged' | 'accepted' | 'dismissed' | 'expired' | 'outcome_recorded';
export type Level = 'low' | 'medium' | 'high';
export type SeaReason =
  | 'ais_gap' | 'encounter' | 'loitering' | 'identity_conflict' | 'impossible_motion'
  | 'drift' | 'transshipment_posture' | 'identity_contradiction' | 'mmsi_change' | 'motion_contradiction' | 'circular_track'
  | 'copied_track' | 'unusual_departure' | 'usual_place' | 'usual_for_type' | 'reception_loss';
export type ReasonCode = SeaReason | Finding;

/** GET /api/leads?state=open|closed|all&limit= (strongest first) and the `lead` message. */
export interface LeadSummary {
  id: string;
  /** For the radio: IND-2603-0007. */
  number: string;
  revision: number;
  state: LeadState;
  level: Level;
  /** Only when every contributing ratio is measured; otherwise null and the level speaks. */
  probability: { value: number; low: number; high: number } | null;
  /** The strongest reason names the lead. */
  title: ReasonCode;
  /** A lead is about a vessel or about a container: one of the two numbers is null. */
  mmsi: number | null; container: string | null; name: string | null; ship_type: number | null;
  other: number | null; other_name: string | null;
  start: string;
  updated: string;
  /** null for a container: where it stands its history says. */
  lat: number | null; lon: number | null;
  sum_nats: number;
  /** Contributions that count, in the order of the reasons: [code, nats]. */
  bars: [ReasonCode, number][];
  /** Who decided last, if anyone. */
  decided_by: string | null; decided_at: string | null;
}
/** GET /api/leads/{id} */
export interface Lead extends LeadSummary {
  prior: { nats: number; basis: RatioBasis };
  reasons: Reason[];
  /** Innocent readings to rule out, strongest first. */
  alternatives: string[];
  evidence: Evidence[];
  decisions: Decision[];
  history: { at: string; kind: 'raised' | 'revised' | 'decided' | 'expired'; level: Level; code: string; by: string | null }[];
}
export type RatioBasis = { kind: 'assumed' } | { kind: 'measured'; data: string };
export interface Reason {
  indication: string; code: ReasonCode; family: string;
  nats: number; basis: RatioBasis;
  /** false: weaker member of its dependence family, shown but not added. */
  counted: boolean;
  start: string; end: string | null;
  numbers: Record<string, number>;
  evidence: EvidenceRef[];
  event: string | null;
}
/** A raw line behind a reason. `what` is a code: last_before_gap, first_after_gap, closest_approach, ... */
export interface Evidence {
  ref: EvidenceRef; observed: string; mmsi: number | null; what: string; source_name: string;
  grade: string;
  raw: string | null; sha256: string;
}
export type DecisionAction = 'acknowledge' | 'accept' | 'dismiss' | 'record_outcome';
export type DismissReason =
  | 'fishing' | 'pilot_or_bunker' | 'anchorage' | 'reception_hole' | 'gnss_fault' | 'known_vessel' | 'misread' | 'lawful_handling' | 'faulty_report' | 'duplicate' | 'other';
export type OutcomeCode = 'boarded_seizure' | 'boarded_nothing_found' | 'cleared' | 'lost' | 'not_pursued';
export interface Decision {
  id: string; lead: string; action: DecisionAction; reason: string | null; note: string;
  officer: Officer; at: string; lead_revision: number;
  /** Index of its leaf in the log. */
  leaf: number;
}
/** POST /api/leads/{id}/decisions. 201 Decision. 409 with error `already_decided` and the winner in `first`. */
export interface NewDecision {
  action: DecisionAction; reason: DismissReason | OutcomeCode | null; note: string;
  /** The state the officer saw; if it changed meanwhile the node answers 409. */
  seen_state: LeadState;
}

/** GET /api/watchlog?from=&to=&kind=&officer=&q= newest first. POST /api/watchlog {text, lead?} adds a note. */
export interface WatchLogEntry {
  id: string; at: string; recorded: string;
  kind: 'event' | 'lead' | 'decision' | 'note' | 'export' | 'feed' | 'sign_in';
  /** For kinds other than note: what happened, as a code. */
  code: string;
  officer: Officer | null;
  mmsi: number | null; name: string | null; lead: string | null; lead_number: string | null; event: string | null;
  lat: number | null; lon: number | null;
  text: string | null;
  numbers: Record<string, number>;
  leaf: number | null;
}

/** GET /api/log — the newest signed checkpoint. */
export interface LogHead { origin: string; size: number; root: string; checkpoint: string; public_key: string }
/** GET /api/log/entries/{index}; GET /api/log/entries?before=&limit= lists without proofs. */
export interface LogEntry {
  index: number; kind: string; recorded: string;
  /** Canonical JSON whose SHA-256 (with the salt inside) is the leaf's data. */
  record: string;
  leaf_hash: string;
  proof: { size: number; root: string; path: string[] } | null;
  checkpoint: string | null;
}

/** GET /api/density?from=&to=&bins= — positions per bin; null where no feed was connected. */
export interface Density { from: string; to: string; counts: (number | null)[] }

/** GET /api/quarantine?limit= */
export interface Quarantine {
  by_reason: { reason: string; count: number }[];
  samples: { source: string; source_name: string; line: number; reason: string; detail: string; raw: string }[];
}

/** GET /api/evidence/{source}/{line}?offset=&observed= */
export interface RawLine {
  source: string; source_name: string; line: number; raw: string; sha256: string;
  /** Stations that heard the transmission, that of this line first. */
  heard_by: HeardBy[];
}
/** One station: when it says it heard it first, on which line, and how often it passed it on. */
export interface HeardBy { station: string | null; at: string; line: number; times: number }

/** POST /api/exports — answers the file itself; refused without a purpose. `sheet` answers a `SheetData` as JSON, which the page prints. */
export interface NewExport {
  what: 'vessels' | 'track' | 'events' | 'leads' | 'watchlog';
  format: 'csv' | 'geojson' | 'kml' | 'sheet';
  purpose: string;
  lang: 'es' | 'en';
  from: string | null; to: string | null; mmsi: number | null; lead: string | null;
}

/** The answer to a `sheet`: the watch log's entries and open leads, already logged under `leaf`. */
export interface SheetData { export: string; leaf: number; checkpoint: string; entries: WatchLogEntry[]; leads: Lead[] }

/** Every error body: a stable code; `detail` is for the log, not for the officer. */
export interface ApiError {
  error: string; detail: string;
  first?: { officer: Officer; at: string; action: DecisionAction };
}

/** GET /api/stream: server-sent events named as the keys here, data as JSON. */
export interface StreamMessages {
  vessels: VesselColumns; event: BehaviourEvent; lead: LeadSummary; status: Status; log: WatchLogEntry;
  exchange: ExchangeChanged;
  /** Something of the port changed; whoever shows it asks again. */
  port: unknown;
  /** Claims came in or were acted on; whoever shows them asks again. */
  claims: unknown;
}
