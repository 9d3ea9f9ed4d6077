/**
 * The live picture: what the node streams, kept as it comes. Views read it; none changes it. Vessel columns are not
 * reactive, `version` is: whoever draws them depends on `version` and reads the columns once.
 */
import { api } from './api';
import { updateStarts } from './bench';
import type { ExchangeChanged } from './exchange';
import { newestRevisions, standing } from './revisions';
import type { BehaviourEvent, LeadSummary, Status, VesselColumns, WatchLogEntry } from './model';
import { NOTED, ROUTINE } from './model';
import { openStream, type LinkState } from './stream';
import { toMs } from './time';
import { VesselTable, type Moved } from './vessel-table';

/** A vessel unheard for longer is no longer fetched nor drawn; half an hour makes it stale on the map. */
export const KEEP_MINUTES = 180;
export const STALE_MS = 30 * 60_000;
/** The node sends its status about once a second. */
export const SILENT_MS = 6000;
/** Without a new status the clock is carried on no longer than this. */
const CARRY_MS = 2000;
export const OPEN_STATES: ReadonlySet<string> = new Set(['new', 'acknowledged', 'accepted']);

class Picture {
  readonly table = new VesselTable();
  version = $state(0);
  leads = $state.raw<LeadSummary[]>([]);
  events = $state.raw<BehaviourEvent[]>([]);
  status = $state.raw<Status | null>(null);
  link = $state<LinkState>('connecting');
  #statusAt = 0;
  /** performance.now() of the last message of any kind. */
  heard = $state(0);
  /** Newest first; only what arrived since the page was opened. */
  log = $state.raw<WatchLogEntry[]>([]);
  /** What changed last between the parties; whoever shows it asks again. */
  exchanged = $state.raw<ExchangeChanged | null>(null);
  /** Counts what the node says changed in the inbox; whoever shows claims asks again. */
  claimed = $state(0);
  /** Counts what the node says changed in the port; whoever shows the port asks again. */
  ported = $state(0);
  /** The lead that arrived last, for the one polite announcement. */
  arrived = $state.raw<LeadSummary | null>(null);
  loaded = $state(false);
  failure = $state.raw<unknown>(null);
  /** Whoever draws trails is told of each move. Owned by the map while it is on the page. */
  onMove: Moved | undefined;
  #stop: (() => void) | undefined;
  #waiting: VesselColumns[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * The picture's own time; wall time until the node has spoken. Carried on from the last status, which comes once a
   * second: a replay at 600 lives ten minutes in between, and its fixes must not look as if they lay ahead.
   */
  get now(): number {
    const status = this.status;
    if (!status) return Date.now();
    // With nothing stored and no feed there is no other time than the wall's.
    if (this.blank) return toMs(status.clock.wall);
    const told = toMs(status.clock.now);
    if (status.clock.mode === 'still' || this.ended) return told;
    return told + Math.min(performance.now() - this.#statusAt, CARRY_MS) * status.clock.speed;
  }
  /** Nothing stored and nothing connected: there is no picture yet. */
  get blank(): boolean {
    return this.status !== null && this.status.clock.mode === 'still' && this.status.archive === null;
  }
  /** Every recording has been played to its end: nothing moves any more. */
  get ended(): boolean {
    const feeds = this.status?.feeds ?? [];
    return feeds.length > 0 && feeds.every((f) => f.state === 'ended');
  }

  #tell(status: Status): void {
    this.status = status;
    this.#statusAt = performance.now();
  }

  start(): void {
    if (this.#stop) return;
    const hear = (): void => { this.heard = performance.now(); };
    this.#stop = openStream({
      state: (state) => {
        this.link = state;
        hear();
        // A stream that breaks does not say why; a question does, and ends the session if that is the reason.
        if (state === 'lost') void api.status().catch(() => undefined);
      },
      reopened: () => void this.load(),
      on: {
        vessels: (m) => { hear(); this.take(m); },
        status: (m) => { hear(); this.#tell(m); },
        event: (m) => { hear(); this.#event(m); },
        lead: (m) => { hear(); this.#lead(m); },
        log: (m) => { hear(); this.log = [m, ...this.log].slice(0, 500); },
        claims: () => { hear(); this.claimed += 1; },
        exchange: (m) => { hear(); this.exchanged = m; },
        port: () => { hear(); this.ported += 1; },
      },
    });
    void this.load();
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
    clearTimeout(this.#timer);
  }

  async load(): Promise<void> {
    try {
      this.#tell(await api.status());
      const since = this.now - 72 * 3_600_000;
      const [vessels, leads, noted, routine, provisional] = await Promise.all([
        api.vessels(null, KEEP_MINUTES), api.leads('all', 500), api.events(since, null, NOTED, 2000),
        // Apart, so that ordinary acts never crowd out what may matter.
        api.events(since, null, [...ROUTINE], 1000),
        api.provisionalEvents(),
      ]);
      this.table.apply(vessels);
      this.leads = newestRevisions(this.leads, leads);
      const facts = this.events.filter((e) => !e.provisional);
      this.events = standing(newestRevisions(facts, [...noted, ...routine]), provisional);
      this.version += 1;
      this.loaded = true;
      this.failure = null;
    } catch (cause) {
      this.failure = cause;
    }
  }

  /** Several small deltas within a quarter of a second are drawn once. */
  take(columns: VesselColumns): void {
    this.#waiting.push(columns);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      updateStarts();
      for (const c of this.#waiting) this.table.apply(c, this.onMove);
      this.#waiting = [];
      this.version += 1;
    }, 250);
  }

  #event(m: BehaviourEvent): void {
    this.events = standing(this.events, [m]);
  }

  #lead(m: LeadSummary): void {
    if (!this.leads.some((x) => x.id === m.id)) this.arrived = m;
    this.leads = newestRevisions(this.leads, [m]);
  }

  /** After a decision of our own, so that the card does not wait for the stream. */
  putLead(m: LeadSummary): void {
    this.leads = newestRevisions(this.leads, [m]);
  }

  lead(id: string | null): LeadSummary | null {
    return id === null ? null : (this.leads.find((x) => x.id === id) ?? null);
  }
}

export const picture = new Picture();
