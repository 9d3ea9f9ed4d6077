/**
 * The accounts as `/api/accounts` serves them: promises against what each method measured, with what was known on a day.
 * Codes and exact decimals only; words live in `messages/`. Absent is unknown, never zero.
 */

/** Exact decimal with a point and no grouping. Never through a float on its way to the screen. */
export type Num = string;
/** Position in this node's book of observations. */
export type ObsId = number;
/** `2026-11-22` */
export type Day = string;
/** A day, `2019-09`, `2019`, `unknown`, or `-` of a cell that rests on no figure. */
export type Vintage = string;
export interface Tongues { es: string; en: string }

export const STATUSES = ['measured', 'claimed', 'leaked', 'tertiary', 'contested'] as const;
export type Status = (typeof STATUSES)[number];
export const VERDICTS = ['met', 'missed', 'undecided', 'not_measurable'] as const;
export type Verdict = (typeof VERDICTS)[number];
export const ENDS = ['low', 'point', 'high'] as const;
export type End = (typeof ENDS)[number];
export const FLIPS = ['method', 'baseline', 'vintage', 'end'] as const;
export type Flip = (typeof FLIPS)[number];
export const DIRECTIONS = ['at_least', 'at_most', 'between', 'change', 'increase', 'decrease', 'maintain', 'state'] as const;
export type Direction = (typeof DIRECTIONS)[number];
/** Why a cell says what it says; each has a word in both languages. */
export const REASONS = [
  'measured', 'published_change', 'lower_bound', 'upper_bound', 'before_deadline', 'end_not_published', 'no_deadline', 'part_period', 'period_beyond_deadline',
  'bound_only', 'part_missing', 'two_figures', 'claimed_only', 'leaked_only', 'tertiary_only', 'contested_only', 'no_target', 'target_unclear', 'no_series',
  'no_figure', 'no_base_figure', 'base_is_zero', 'baseline_unreadable', 'series_starts_later', 'named_method_has_no_series', 'other_unit', 'too_many_figures',
  'not_computable',
] as const;
/** Of these time or a publisher will tell: a figure may still come. */
export const PENDING: readonly string[] = ['before_deadline', 'end_not_published', 'part_missing', 'part_period'];
/** Of a verdict as it should be: no reason worth a word. */
export const PLAIN: readonly string[] = ['measured', 'published_change'];

/** GET /api/accounts?as_of&place */
export interface AccountsView {
  as_of: Day; today: Day; place: string;
  places: { code: string; name: Tongues }[];
  snapshot: string;
  observations: number; series: number;
  /** Vintage unknown: counted apart, since on no day is it certain that they were known. */
  undated: number;
  findings: number;
  /** Rows of files that did not enter, and why; as the importer says it. */
  not_taken: { file: string; line: number | null; code: string; why: string }[];
  publishers: { code: string; name: Tongues; last_year: number; late: boolean }[];
  /** In the order of the columns. */
  methods: Method[];
  groups: { programme: string; name: Tongues; rows: MatrixRow[] }[];
}
export interface Method { id: string; publisher: Tongues; name: Tongues; text: Tongues; reference: string }
export interface MatrixRow {
  commitment: string; title: Tongues;
  /** `stated` false: one of several readings of a baseline that the text leaves open. */
  baseline: { label: string; stated: boolean } | null;
  /** Further rows of the same promise are other readings of its baseline. */
  first_of_commitment: boolean;
  target: Num | null; target_high: Num | null; unit: string | null;
  direction: Direction;
  deadline: string | null;
  stability: number | null;
  flips: Flip[];
  why: string | null;
  cells: Cell[];
}
export interface Cell {
  method: string; vintage: Vintage; end: End; verdict: Verdict;
  value: Num | null; unit: string | null;
  /** Percent of the target, where that means something. */
  progress: Num | null;
  reason: string;
  mark: 'judged' | 'not_yet' | 'left_open' | 'not_measured' | 'does_not_apply';
  status: Status | null;
  /** The method that the promise names, or it names none. */
  named: boolean;
  observations: ObsId[];
}

/** GET /api/accounts/commitments/{id} */
export interface Commitment {
  row: MatrixRow[];
  promisers: string[]; promisee: string; indicator: string;
  method_named: string | null;
  condition: Condition | null;
  source: { name: string; reference: string; note: string | null };
  judged: Judged[];
}
export interface Condition {
  text: string;
  kind: 'unless' | 'as_long_as' | 'if' | 'only' | 'for' | 'until' | 'other';
  events: { day: Day; state: 'asserted' | 'in_force' | 'relaxed' | 'waived' | 'ended'; party: string; text: string; source: SourceRef }[];
}
export interface Judged {
  method: string; baseline: string | null; end_year: number | null;
  base: Figure | null; end: Figure | null; change: Num | null;
  verdict: Verdict; reason: string;
}
export interface Figure {
  observation: ObsId; series: string; period: string;
  value: Num; low: Num | null; high: Num | null; unit: string;
  vintage: Vintage; status: Status;
}

export type SourceRef = NamedSource | DocumentSource;
/** A source that is named and not kept has no file: its hash is empty. */
export interface NamedSource { kind: 'named'; name: string; reference: string; file: string; row: number }
/** `from` and `to` are bytes of the document's UTF-8 text. */
export interface DocumentSource {
  kind: 'document'; document: string; from: number; to: number; text: string | null; before: string | null; after: string | null;
}

/** GET /api/accounts/observations/{id} */
export interface Observation extends Figure {
  id: ObsId;
  place: { code: string; name: Tongues };
  publisher: Tongues | null; method: string | null;
  bound: 'point' | 'at_least' | 'at_most';
  /** The value is a change in percent since this period. */
  base: string | null;
  note: string | null;
  source: SourceRef;
  /** Every other figure of the same series, place and period. */
  others: Figure[];
}

/** GET /api/accounts/indicators */
export interface Indicator {
  id: string; programme: string; name: Tongues; unit: string | null; methods: string[]; figures: number;
  /** Series whose figures this indicator holds: what an accepted figure may be entered under. */
  series: string[];
}

/** GET /api/accounts/charts/{indicator} */
export interface Chart {
  indicator: string; name: Tongues; unit: string;
  years: [number, number];
  curves: Curve[];
  hull: { year: number; low: Num; high: Num }[];
  divergence: Divergence[];
  pooled: Pooled | null;
  fan: { method: string; year: number; steps: FanStep[] }[];
  audit: Audit[];
}
export interface Curve {
  method: string; name: Tongues;
  /** What is measured, and how. */
  text: Tongues | null;
  points: CurvePoint[];
  /** Years without a figure, first and last of each run. */
  missing: [number, number][];
}
export interface CurvePoint {
  year: number; value: Num; low: Num | null; high: Num | null; status: Status; vintage: Vintage; observation: ObsId; series: string;
}
export interface FanStep { vintage: Vintage; value: Num; low: Num | null; high: Num | null; observation: ObsId; first: boolean }
export interface Divergence {
  a: string; b: string; years: number; ratio_low: number; ratio_high: number; ratio_mean: number; log_sd: number; sign_differs: number; sign_pairs: number;
}
export interface Pooled {
  points: { year: number; p05: number; p25: number; p50: number; p75: number; p95: number }[];
  biases: { method: string; log: number; sd: number }[];
  not_identified: string[];
}
export interface Audit {
  publisher: Tongues; inside: number; of: number; omits: string[];
  cases: { year: number; published: Figure; revised: Figure; inside: boolean; inferred: boolean }[];
}

/** GET /api/accounts/programmes */
export interface Programme {
  code: string; name: Tongues;
  indicators: {
    id: string; name: Tongues; unit: string | null;
    /** null: missing, and shown as missing. */
    latest: Figure | null; previous: Figure | null;
    years: number[];
    absent: { years: string; why: string } | null;
  }[];
}

/** GET /api/accounts/claims */
export const CLAIM_STATES = ['matched', 'unmatched', 'misquoted', 'contested'] as const;
export type ClaimState = (typeof CLAIM_STATES)[number];
export interface Claim {
  id: string; speaker: string; speaker_kind: 'person_in_office' | 'government' | 'organisation' | 'press' | 'other';
  day: Day | null; text: string;
  about: { series: string | null; indicator: string | null; place: string | null; period: string | null };
  value: Num | null; unit: string | null; bound: string;
  state: ClaimState;
  observation: ObsId | null; measured: Num | null; difference: Num | null;
  /** The figure that the claim gives in place of the one it means. */
  given_instead: ObsId | null;
  dispute: { parties: { party: string; text: string; source: SourceRef }[] } | null;
  source: SourceRef;
  accepted_by: string | null;
}

/** GET /api/accounts/meetings */
export const MEETING_KINDS = ['working_group', 'high_level_dialogue', 'trilateral', 'other'] as const;
export type MeetingKind = (typeof MEETING_KINDS)[number];
export const ACTION_STATES = ['open', 'in_progress', 'done', 'dropped', 'overdue'] as const;
export type ActionState = (typeof ACTION_STATES)[number];
export interface Meeting {
  id: string; kind: MeetingKind; parties: string[]; day: Day; place: string;
  agenda: { title: string; commitments: string[] }[];
  actions: Action[];
  /** Where it is known from; empty for one that was recorded here. */
  source: string;
}
export interface Action {
  id: string; text: string; owner: string; due: Day | null; state: ActionState;
  history: { day: Day; state: ActionState; note: string; officer: string | null }[];
}
export interface NewMeeting { kind: MeetingKind; parties: string[]; day: Day; place: string; agenda: { title: string; commitments: string[] }[] }
export interface NewAction { text: string; owner: string; due: Day | null }
/** `seen`: the state on the officer's screen; 409 where it moved meanwhile. */
export interface ActionMove { state: ActionState; note: string; seen: ActionState }

/** GET /api/accounts/moved?from&to */
export interface Moved {
  from: Day; to: Day; world: Move[]; method: Move[];
  headlines: { indicator: string; name: Tongues; unit: string; then: Figure | null; now: Figure | null; world: Num | null; revision: Num | null }[];
}
export interface Move {
  kind: 'new_period' | 'revised' | 'new_method' | 'contested';
  series: string; place: string; period: string; then: Figure | null; now: Figure | null; ratio: number | null; factor: string | null;
}

/** GET /api/accounts/lint */
export interface LintFinding {
  code: string; file: string; line: number; series: string;
  /** Exact, as the linter reckoned it. */
  arithmetic: string;
  stated: string | null;
  others: { file: string; line: number }[];
}

/** POST /api/accounts/read */
export interface Span { from: number; to: number }
export interface NewReading { text: string; published: Day | null; name: string; reference: string }
export interface Reading {
  document: string; language: 'es' | 'en'; published: Day | null;
  /** Accusations against persons: counted, left out, never shown. */
  personal_allegations: number;
  quantities: ReadQuantity[];
  dates: { n: number; span: Span; text: string; value: string }[];
  actors: { n: number; span: Span; text: string; name: string; kind: string }[];
  claims: { n: number; span: Span; text: string; speaker: string | null; quantities: number[]; act: string | null }[];
  left_out: { span: Span; why: string }[];
}
export interface ReadQuantity {
  n: number; span: Span; text: string; value: Num; low: Num | null; high: Num | null; unit: string; what: string; bound: string;
  period: string | null; place: string | null; reasons: string[];
}
/** POST /api/accounts/accept */
export interface Acceptance {
  document: string;
  quantities: { n: number; series: string; place: string; period: string }[];
  claims: { n: number; day: Day | null }[];
}
export interface Accepted { observations: ObsId[]; claims: string[] }
/** Longest text that the node reads, in bytes. */
export const READ_LIMIT = 1_048_576;

export type ReportLang = 'es' | 'en';
export const EXPORTS = ['csv', 'sdmx', 'csvw', 'prov'] as const;
export type ExportFormat = (typeof EXPORTS)[number];
