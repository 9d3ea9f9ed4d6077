/**
 * Shapes of `/api/exchange` and `/api/incidents`: what goes to whom under which clause, what is stopped, and what
 * the log holds. Codes and numbers only, except the bilingual texts of an agreement, which are its own words.
 */
import type { Officer } from './model';

/** A sentence of an agreement, a notice or an incident, in both signed languages. */
export interface Text { es: string; en: string }

export type Purpose = 'seizure' | 'arrest' | 'rescue' | 'prosecution';
/** What kind of thing flows; also `subject` of a suspension's scope. */
export type ItemKind =
  | 'lead' | 'track' | 'contact' | 'container_alert' | 'seizure' | 'case_fact' | 'series' | 'distress';

/** GET /api/exchange. `starting`: the log is being replayed and the gate is shut. */
export interface ExchangeOverview {
  /** This node's party code, as `CO`. */
  me: string;
  agreements: AgreementView[];
}

export interface AgreementView {
  id: string;
  version: number;
  title: Text;
  /** `draft`, `proposed` (one signature), then in force until it ends. */
  status: 'draft' | 'proposed' | 'in_force' | 'ended';
  state: 'starting' | 'flowing' | 'part_suspended' | 'suspended';
  parties: { code: string; name: Text; me: boolean }[];
  partner: PartnerView;
  witnesses: { name: string; cosigned_size: number; cosigned_at: string | null }[];
  from: string;
  until: string;
  signed: { party: string; at: string }[];
  lease_s: number;
  areas: { id: string; name: Text; polygon: [number, number][] }[];
  clauses: { id: string; kind: string; critical: boolean; text: Text; known: boolean }[];
  flows: FlowView[];
  suspensions: SuspensionView[];
  log: LogState;
  /** SHA-256 of the compiled policy set, hex. */
  policy_set: string;
}

export interface PartnerView {
  code: string;
  link: 'connected' | 'lost' | 'never';
  last_heard: string | null;
  /** Partner's clock less ours, seconds; null until measured. */
  clock_skew_s: number | null;
  /** Our lease over what the partner gave us: until then we may show it. */
  lease_until: string | null;
}

export interface LogState {
  origin: string; size: number; root: string;
  checkpoint_at: string | null;
  /** Leaves of ours that the partner mirrors durably. */
  mirrored: number;
  /** Leaves of the partner's log that we mirror. */
  partner_size: number;
}

/** One scope clause or exception, one direction. */
export interface FlowView {
  /** Clause id, as `3.1`. */
  clause: string;
  from: string;
  to: string;
  items: ItemKind[];
  title: Text;
  areas: string[];
  purposes: Purpose[];
  standing: boolean;
  officers: number;
  delay_s: number;
  grid_m: number;
  cut: string[];
  per_day: number | null;
  today: number;
  /** Releases in each of 48 bins of 5 min, oldest first; the last bin ends now. */
  spark: number[];
  sent_24h: number;
  sent_since_stop: number;
  /** null for a flow of the partner: what it holds back it does not show. */
  held: number | null;
  in_flight: number;
  /** Median seconds from release to receipt over 24 h. */
  receipt_lag_s: number | null;
  state: 'flowing' | 'stopped' | 'exception' | 'waiting';
  exception: 'safety_of_life' | 'court_order' | null;
  /** Who stopped it: a suspension's id. */
  stopped_by: string | null;
}

/** GET /api/exchange/{agreement}/decisions?before=&limit= newest first. */
export interface DecisionView {
  /** Leaf in our log. */
  leaf: number;
  at: string;
  what: 'released' | 'received' | 'held' | 'refused' | 'partner_refused' | 'exception' | 'cut' | 'withdrawn' | 'corrected';
  item: string;
  kind: ItemKind | null;
  /** For people: a lead's number, a vessel's name; may be empty. */
  label: string;
  from: string;
  to: string;
  purpose: string;
  /** Why, most important first. */
  reasons: ReasonView[];
  /** Fields removed. */
  cut: string[];
  grid_m: number;
  receipted_at: string | null;
  officers: Officer[];
}
export type DecisionReason =
  | 'in_scope' | 'safety_of_life' | 'court_order' | 'no_such_purpose' | 'purpose_not_allowed' | 'kind_not_allowed'
  | 'outside_area' | 'no_position' | 'outside_period' | 'volume_reached' | 'too_recent' | 'second_officer_missing'
  | 'not_standing' | 'asset_only' | 'not_releasable' | 'marked_narrower' | 'graded_worse' | 'other_originator'
  | 'condition_not_met' | 'case_not_named' | 'receipt_not_waived' | 'retention_over' | 'not_only_distress' | 'suspended' | 'unknown_critical_clause'
  | 'decision_error' | 'no_clause';
/** `clause` is a clause id or a suspension id; `text` is that clause's own words. */
export interface ReasonView { clause: string; code: DecisionReason; text: Text | null; until: string | null }

/** Empty lists mean all. */
export interface StopScope {
  from: string | null; to: string | null;
  items: ItemKind[]; areas: string[]; purposes: Purpose[];
}
export interface ConditionView {
  text: Text;
  /** What the incident register can say of it; null where only an officer can attest. */
  rule: { kinds: string[]; min_status: IncidentStatus; days: number } | null;
  progress: { met: boolean; days: number; of_days: number; since: string | null; last_incident: string | null } | null;
}

export interface SuspensionView {
  id: string;
  by: string;
  scope: StopScope;
  /** Clause ids that stay open; safety of life is always among them. */
  exceptions: string[];
  reason: Text;
  condition: ConditionView;
  incident: string | null;
  officers: Officer[];
  leaf: number | null;
  /** What the side declared. */
  declared: string;
  /** Three times apart. */
  gate_closed: string;
  gate_closed_ms: number | null;
  leaf_durable: string | null;
  partner_informed: string | null;
  /** Earliest moment that a witness's cosignature proves. */
  proven_by: string | null;
  /** Partial resumptions and the end. */
  resumptions: { id: string; leaf: number; at: string; scope: StopScope; condition_met: Text; officers: Officer[]; whole: boolean }[];
  ended: string | null;
  /** A resumption that one officer has signed and that waits for the second. */
  waiting?: WaitingResume | null;
}
export interface WaitingResume { scope: StopScope; condition_met: Text; officer: Officer; at: string }

/** POST /api/exchange/{agreement}/stop/preview {scope, exceptions} */
export interface StopPreview {
  stops: { clause: string; title: Text; in_flight: number }[];
  stays: { clause: string; title: Text; exception: 'safety_of_life' | 'court_order'; removable: boolean }[];
  /** Flows the scope does not touch, the partner's among them. */
  untouched: { clause: string; from: string; to: string; title: Text }[];
  queued_held: number;
  lease_ends_within_s: number;
  /** What it costs the one who stops. */
  cost: {
    given: { kind: ItemKind; items: number }[];
    received: { kind: ItemKind; items: number }[];
    /** Of the last year, resting on the partner's items. */
    leads: number; boardings: number;
    /** null while no case is kept here: not measured. */
    seizures: number | null;
    /** Boardings in progress, named. */
    in_progress: { item: string; label: string; since: string }[];
  };
}

/** POST /api/exchange/{agreement}/stop -> 201. Takes effect before this answers; `leaf` null: "stopped, not yet logged". */
export interface NewStop {
  scope: StopScope; exceptions: string[];
  reason: Text; condition: Text;
  /** Days without an incident of these kinds at or above this status; null: an officer attests. */
  rule: { kinds: string[]; min_status: IncidentStatus; days: number } | null;
  incident: string | null;
}

/** POST /api/exchange/{agreement}/suspensions/{id}/resume/preview {scope} */
export interface ResumePreview {
  resumes: { clause: string; title: Text; held: number; go: number; too_old: number; refused: number }[];
  stay_stopped: { clause: string; title: Text; held: number }[];
  officers_needed: number;
}
/** POST /api/exchange/{agreement}/suspensions/{id}/resume -> 201 signed, or 202 waiting for the second officer. */
export interface NewResume { scope: StopScope; condition_met: Text; attested: boolean }

/** GET /api/exchange/{agreement}/suspensions/{id}/interval: what the log recorded between stop and resumption. */
export interface IntervalReport {
  suspension: string;
  from_leaf: number; to_leaf: number | null;
  from: string; to: string | null;
  releases_of_scope: number;
  writes_started_since_closed: number;
  under_exception: number;
  held: number;
  refused: number;
  cut: number;
  holds: boolean;
  /** The same answer from our own files, the partner's mirror and each witness. */
  agree: { who: string; says: 'same' | 'order_and_counts_only' | 'differs' | 'behind' }[];
  /** The command to check it offline. */
  command: string;
}

/** GET /api/exchange/{agreement}/log?before=&limit= newest first. */
export interface ExchangeLeaf {
  index: number;
  /** What the side declares. */
  recorded: string;
  kind: string;
  what: string;
  clause: string | null;
  leaf_hash: string;
  /** Who cosigned a checkpoint that covers it, with the provable time. */
  cosigned: { who: string; at: string }[];
  /** Decision behind it, where there is one. */
  decision: DecisionView | null;
}
/** GET /api/exchange/{agreement}/log/{index}: with proof, verifiable in the browser. */
export interface ExchangeLeafProof extends ExchangeLeaf {
  record: string;
  proof: { size: number; root: string; path: string[] };
  checkpoint: string;
  /** Verifier keys of the log, the partner and the witnesses. */
  keys: string[];
}

/** POST /api/exchange/{agreement}/ask {item, to, purpose}: "if I released this to X for Y?" Nothing is recorded but the question. */
export interface Ask { item: string; to: string; purpose: string }
export interface Answer {
  effect: 'release' | 'hold' | 'refuse';
  reasons: ReasonView[];
  /** What the partner would get. */
  form: { cut: string[]; grid_m: number; delay_s: number; not_before: string | null };
  handling: { tlp: string; codes: string[]; releasable_to: string[] };
  version: number;
}
/** POST /api/exchange/{agreement}/release {item, to, purpose} -> 201 DecisionView. */

/** GET /api/exchange/{agreement}/offers: what this node could release now (accepted leads, tracks). */
export interface OfferView {
  item: string; kind: ItemKind; label: string; observed: string;
  waiting_for_second: boolean;
  /** What the first officer signed; the second signs the same. */
  waiting?: { to: string; purpose: Purpose; officer: Officer; at: string } | null;
}

/** GET /api/exchange/{agreement}/received: what the partner gave us. Goes quiet when the lease lapses. */
export interface ReceivedItem {
  release: string; item: string; kind: ItemKind;
  /** Known once it is opened. */
  observed: string | null; received: string;
  purpose: Purpose; leaf: number;
  state: 'sealed' | 'readable' | 'open' | 'lease_lapsed' | 'quiet' | 'withdrawn' | 'corrected';
  handling: { tlp: string; codes: string[]; releasable_to: string[] } | null;
  /** The opened fields; null while sealed or quiet. */
  fields: Record<string, unknown> | null;
  /** Opened for a boarding in progress: stays visible when the lease lapses, without export. */
  boarding: boolean;
}
/** POST /api/exchange/{agreement}/received/{release}/open {boarding: boolean} -> 200 ReceivedItem. */

export type IncidentStatus = 'alleged' | 'corroborated' | 'verified' | 'disputed' | 'unfounded';
export type IncidentKind = 'strike' | 'death' | 'injury' | 'violation';
/** GET /api/incidents; POST /api/incidents {kind, at, text, place, lat, lon, dead, injured, source, grading}. */
export interface Incident {
  id: string;
  number: string;
  kind: IncidentKind;
  at: string;
  text: Text;
  lat: number | null; lon: number | null;
  dead: number | null; injured: number | null;
  status: IncidentStatus;
  sources: IncidentSource[];
  /** Every change, oldest first. `proposed`: by a machine, not yet signed. */
  history: { at: string; what: 'reported' | 'source_added' | 'status_changed' | 'proposed' | 'corrected'; status: IncidentStatus; officer: Officer | null; note: string; leaf: number | null }[];
  /** Suspensions that refer to it. */
  cited_by: string[];
}
export interface IncidentSource { name: string; url_text: string; published: string | null; grading: string }
export interface NewIncident {
  kind: IncidentKind; at: string; text: Text; place: string;
  lat: number | null; lon: number | null; dead: number | null; injured: number | null;
  source: Omit<IncidentSource, 'grading'>;
  /** Source and information, as `B2`: A-F, 1-6. */
  grading: string;
}
/** POST /api/incidents/{id}/status. A new source alone keeps the status; a proposed entry is signed by its own status. */
export interface NewStatus { status: IncidentStatus; note: string; source?: IncidentSource }

/** Stream message `exchange`: something of this agreement changed; ask again. */
export interface ExchangeChanged { agreement: string; size: number; partner_size: number; what: string }
