/**
 * The only file that asks the node for anything. Errors arrive as a stable code; sentences are in `messages/`.
 */
import type {
  Acceptance, Accepted, AccountsView, ActionMove, Chart, Claim, Commitment, ExportFormat, Indicator, LintFinding, Meeting, Moved, NewAction,
  NewMeeting, NewReading, Observation, Programme, Reading, ReportLang,
} from './accounts';
import type { ClaimList, ClaimQuery, InboxClaim, NewClaimAct } from './claims';
import type {
  ApiError, BehaviourEvent, Decision, Density, EventKind, Lead, LeadSummary, LogEntry, LogHead, Me, NewDecision,
  NewExport, PositionColumns, Quarantine, RawLine, Status, Track, Vessel, VesselColumns, WatchLogEntry,
} from './model';

import type {
  AgreementView, Answer, Ask, DecisionView, ExchangeLeaf, ExchangeLeafProof, ExchangeOverview, Incident, IntervalReport,
  NewIncident, NewResume, NewStatus, NewStop, OfferView, ReceivedItem, ResumePreview, StopPreview, StopScope, SuspensionView,
} from './exchange';
import { settled, type DrawRecord, type NewScanResult, type PickResult, type PortContainer, type PortDraw, type PortView, type WhatIf } from './port';

export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly first: ApiError['first'];
  constructor(status: number, body: Partial<ApiError>) {
    super(body.detail ?? body.error ?? String(status));
    this.status = status;
    this.code = body.error ?? codeOf(status);
    this.first = body.first;
  }
}

/** Told when the node no longer knows this session. Signing in and asking who one is are no such surprise. */
let ended: () => void = () => undefined;
export function onSessionEnd(tell: () => void): void {
  ended = tell;
}

function codeOf(status: number): string {
  if (status === 0) return 'network';
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 400) return 'bad_request';
  if (status === 413) return 'too_large';
  if (status === 422) return 'unprocessable';
  if (status === 503) return 'unavailable';
  return status >= 500 ? 'internal' : 'unknown';
}

type Query = Record<string, string | number | null | undefined>;

function address(path: string, query: Query = {}): string {
  const p = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') p.set(key, String(value));
  }
  const text = p.toString();
  return `/api/${path}${text ? `?${text}` : ''}`;
}

async function ask(path: string, query?: Query, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address(path, query), { credentials: 'same-origin', cache: 'no-store', ...init });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiFailure(0, { error: 'network' });
  }
  if (response.ok) return response;
  let body: Partial<ApiError> = {};
  try {
    body = (await response.json()) as Partial<ApiError>;
  } catch {
    // An answer without a JSON body (a proxy, a crash) still has a status to go by.
  }
  if (response.status === 401 && path !== 'session' && path !== 'me') ended();
  throw new ApiFailure(response.status, body);
}

async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  const response = await ask(path, query, signal ? { signal } : {});
  return (await response.json()) as T;
}

function sending(method: string, body?: unknown): RequestInit {
  return { method, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
}

async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return (await (await ask(path, {}, { ...sending('POST', body), ...(signal ? { signal } : {}) })).json()) as T;
}

const iso = (ms: number | null | undefined): string | undefined =>
  ms === null || ms === undefined ? undefined : new Date(ms).toISOString();
const enc = encodeURIComponent;

const of = (agreement: AgreementView['id'], rest: string): string => `exchange/${enc(agreement)}/${rest}`;

export interface WatchLogQuery {
  from?: number | null; to?: number | null; kind?: string | null; officer?: string | null; q?: string | null; limit?: number;
}

export const api = {
  me: () => get<Me>('me'),
  signIn: async (token: string): Promise<void> => { await ask('session', {}, sending('POST', { token })); },
  signOut: async (): Promise<void> => { await ask('session', {}, sending('DELETE')); },
  status: () => get<Status>('status'),
  vessels: (at: number | null, staleMin: number, signal?: AbortSignal) =>
    get<VesselColumns>('vessels', { at: iso(at), stale_min: staleMin }, signal),
  positions: (from: number, to: number, signal?: AbortSignal) =>
    get<PositionColumns>('positions', { from: iso(from), to: iso(to) }, signal),
  vessel: (mmsi: number, signal?: AbortSignal) => get<Vessel>(`vessels/${mmsi}`, {}, signal),
  track: (mmsi: number, from: number, to: number, signal?: AbortSignal) =>
    get<Track>(`vessels/${mmsi}/track`, { from: iso(from), to: iso(to) }, signal),
  events: (from: number | null, to: number | null, kinds: readonly EventKind[], limit?: number) =>
    get<BehaviourEvent[]>('events', { from: iso(from), to: iso(to), kind: kinds.join(','), limit }),
  provisionalEvents: () => get<BehaviourEvent[]>('events/provisional'),
  leads: (state: 'open' | 'closed' | 'all', limit?: number) => get<LeadSummary[]>('leads', { state, limit }),
  lead: (id: string, signal?: AbortSignal) => get<Lead>(`leads/${enc(id)}`, {}, signal),
  decide: async (id: string, decision: NewDecision): Promise<Decision> =>
    (await (await ask(`leads/${enc(id)}/decisions`, {}, sending('POST', decision))).json()) as Decision,
  watchlog: (query: WatchLogQuery = {}, signal?: AbortSignal) =>
    get<WatchLogEntry[]>('watchlog', { ...query, from: iso(query.from), to: iso(query.to) }, signal),
  addNote: async (text: string, lead: string | null = null): Promise<WatchLogEntry> =>
    (await (await ask('watchlog', {}, sending('POST', lead ? { text, lead } : { text }))).json()) as WatchLogEntry,
  logHead: () => get<LogHead>('log'),
  logEntry: (index: number) => get<LogEntry>(`log/entries/${index}`),
  logEntries: (before: number | null, limit: number) => get<LogEntry[]>('log/entries', { before, limit }),
  density: (from: number, to: number, bins: number, signal?: AbortSignal) =>
    get<Density>('density', { from: iso(from), to: iso(to), bins }, signal),
  quarantine: (limit: number) => get<Quarantine>('quarantine', { limit }),
  rawLine: (source: string, line: number, offset: number | null, observed: string | null) =>
    get<RawLine>(`evidence/${enc(source)}/${line}`, { offset, observed }),
  /** The file itself with the name that the node gives it. */
  exportFile: async (body: NewExport): Promise<{ blob: Blob; name: string }> => {
    const response = await ask('exports', {}, sending('POST', body));
    const name = /filename="?([^";]+)"?/.exec(response.headers.get('content-disposition') ?? '')?.[1];
    return { blob: await response.blob(), name: name ?? `${body.what}.${body.format}` };
  },

  exchange: () => get<ExchangeOverview>('exchange'),
  exchangeDecisions: (agreement: string, before: number | null, limit: number) =>
    get<DecisionView[]>(of(agreement, 'decisions'), { before, limit }),
  exchangeLog: (agreement: string, before: number | null, limit: number) =>
    get<ExchangeLeaf[]>(of(agreement, 'log'), { before, limit }),
  exchangeLeaf: (agreement: string, index: number) => get<ExchangeLeafProof>(of(agreement, `log/${index}`)),
  offers: (agreement: string) => get<OfferView[]>(of(agreement, 'offers')),
  received: (agreement: string) => get<ReceivedItem[]>(of(agreement, 'received')),
  ask: (agreement: string, question: Ask, signal?: AbortSignal) => post<Answer>(of(agreement, 'ask'), question, signal),
  release: (agreement: string, what: Ask) => post<DecisionView>(of(agreement, 'release'), what),
  openReceived: (agreement: string, release: string, boarding: boolean) =>
    post<ReceivedItem>(of(agreement, `received/${enc(release)}/open`), { boarding }),
  previewStop: (agreement: string, scope: StopScope, exceptions: string[], signal?: AbortSignal) =>
    post<StopPreview>(of(agreement, 'stop/preview'), { scope, exceptions }, signal),
  stop: (agreement: string, act: NewStop) => post<SuspensionView>(of(agreement, 'stop'), act),
  interval: (agreement: string, suspension: string) =>
    get<IntervalReport>(of(agreement, `suspensions/${enc(suspension)}/interval`)),
  previewResume: (agreement: string, suspension: string, scope: StopScope, signal?: AbortSignal) =>
    post<ResumePreview>(of(agreement, `suspensions/${enc(suspension)}/resume/preview`), { scope }, signal),
  /** `waiting`: one officer has signed, the second has not; nothing flows yet. */
  resume: async (agreement: string, suspension: string, act: NewResume): Promise<'signed' | 'waiting'> =>
    (await ask(of(agreement, `suspensions/${enc(suspension)}/resume`), {}, sending('POST', act))).status === 202 ? 'waiting' : 'signed',
  port: () => get<PortView>('port'),
  portContainer: async (number: string, signal?: AbortSignal): Promise<PortContainer> => {
    const found = await get<PortContainer>(`port/containers/${enc(number)}`, {}, signal);
    return { ...found, events: found.events.map(settled) };
  },
  portDraw: () => get<PortDraw | null>('port/draw'),
  portRecord: () => get<DrawRecord | null>('port/draw/record'),
  recordScan: (result: NewScanResult) => post<PickResult>('port/draw/results', result),
  portWhatIf: (hours: number, signal?: AbortSignal) => get<WhatIf | null>('port/what-if', { hours }, signal),
  /** The public file itself, for a link that saves it. */
  portBundle: address('port/draw/bundle'),

  accounts: (as_of: string | null, place: string | null) => get<AccountsView>('accounts', { as_of, place }),
  commitment: (id: string, as_of: string | null, place: string | null) => get<Commitment>(`accounts/commitments/${enc(id)}`, { as_of, place }),
  observation: (id: number) => get<Observation>(`accounts/observations/${id}`),
  indicators: () => get<Indicator[]>('accounts/indicators'),
  accountsChart: (indicator: string, as_of: string | null, place: string | null, pooled: boolean) =>
    get<Chart>(`accounts/charts/${enc(indicator)}`, { as_of, place, pooled: pooled ? 'true' : undefined }),
  programmes: (as_of: string | null, place: string | null) => get<Programme[]>('accounts/programmes', { as_of, place }),
  claims: (as_of: string | null) => get<Claim[]>('accounts/claims', { as_of }),
  meetings: () => get<Meeting[]>('accounts/meetings'),
  putMeeting: (what: NewMeeting) => post<Meeting>('accounts/meetings', what),
  addAction: (meeting: string, what: NewAction) => post<Meeting>(`accounts/meetings/${enc(meeting)}/actions`, what),
  moveAction: (meeting: string, action: string, move: ActionMove) => post<Meeting>(`accounts/meetings/${enc(meeting)}/actions/${enc(action)}`, move),
  moved: (from: string, to: string) => get<Moved>('accounts/moved', { from, to }),
  lint: () => get<LintFinding[]>('accounts/lint'),
  readText: (what: NewReading) => post<Reading>('accounts/read', what),
  acceptReading: (what: Acceptance) => post<Accepted>('accounts/accept', what),
  /** Addresses of files, for links that save them. */
  accountsFile: {
    report: (as_of: string | null, place: string | null, lang: ReportLang, format: 'pdf' | 'html', since: string | null) =>
      address('accounts/report', { as_of, place, lang, format, since }),
    bundle: (as_of: string | null, place: string | null) => address('accounts/bundle', { as_of, place }),
    verdicts: (as_of: string | null, place: string | null) => address('accounts/verdicts.csv', { as_of, place }),
    export: (format: ExportFormat, as_of: string | null, series: string | null = null) => address('accounts/export', { format, as_of, series }),
    chart: (indicator: string, as_of: string | null, place: string | null) => address(`accounts/charts/${enc(indicator)}/csv`, { as_of, place }),
  },

  inboxClaims: (query: ClaimQuery = {}) => get<ClaimList>('claims', { ...query }),
  inboxClaim: (id: string) => get<InboxClaim>(`claims/${enc(id)}`),
  actOnClaim: (id: string, act: NewClaimAct) => post<InboxClaim>(`claims/${enc(id)}/acts`, act),
  incidents: () => get<Incident[]>('incidents'),
  reportIncident: (what: NewIncident) => post<Incident>('incidents', what),
  changeIncident: (id: string, change: NewStatus) => post<Incident>(`incidents/${enc(id)}/status`, change),
};
