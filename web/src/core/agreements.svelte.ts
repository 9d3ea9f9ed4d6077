/**
 * The agreements of this node and the state of each partner, for every view: a suspension must be seen wherever an
 * officer works. Asked again when the stream says that something changed; never guesses a state in between.
 */
import { api, ApiFailure } from './api';
import type { AgreementView, ExchangeOverview, SuspensionView } from './exchange';

/** Several changes within this time are asked for once. */
const CALM_MS = 300;
/** Heartbeats of a partner make no message of their own. */
const ASK_MS = 15_000;

class Agreements {
  overview = $state.raw<ExchangeOverview | null>(null);
  failure = $state.raw<ApiFailure | null>(null);
  /** Counts the answers: whoever shows decisions or leaves asks again with it. */
  version = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: ReturnType<typeof setInterval> | undefined;
  /** Only the answer to the last question counts. */
  #asked = 0;

  start(): void {
    if (this.#asking !== undefined) return;
    this.#asking = setInterval(() => void this.load(), ASK_MS);
    void this.load();
  }

  stop(): void {
    clearInterval(this.#asking);
    clearTimeout(this.#timer);
    this.#asking = undefined;
    this.#timer = undefined;
    this.#asked += 1;
    this.overview = null;
    this.failure = null;
  }

  /** Something changed: ask once the stir has settled. */
  soon(): void {
    if (this.#asking === undefined) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, CALM_MS);
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const found = await api.exchange();
      if (asked !== this.#asked) return;
      this.overview = found;
      this.failure = null;
    } catch (cause) {
      if (asked !== this.#asked) return;
      this.failure = cause instanceof ApiFailure ? cause : new ApiFailure(0, { error: 'unknown' });
    }
    this.version += 1;
  }

  /** After a stop of our own, so that no view shows the time before it while the next answer is on its way. */
  put(id: string, made: SuspensionView): void {
    if (!this.overview) return;
    const all = this.overview.agreements.map((a): AgreementView => (a.id === id && !a.suspensions.some((s) => s.id === made.id)
      ? { ...a, state: a.state === 'suspended' ? a.state : 'part_suspended', suspensions: [made, ...a.suspensions] } : a));
    this.overview = { ...this.overview, agreements: all };
  }

  get me(): string { return this.overview?.me ?? ''; }
  get all(): readonly AgreementView[] { return this.overview?.agreements ?? []; }
}
export const agreements = new Agreements();

export type Stopped = 'none' | 'out' | 'in' | 'both';

/** Which way this agreement is stopped, by the flows themselves. */
export function stoppedWays(agreement: AgreementView, me: string): Stopped {
  const out = agreement.flows.some((flow) => flow.from === me && flow.state === 'stopped');
  const back = agreement.flows.some((flow) => flow.to === me && flow.state === 'stopped');
  return out ? (back ? 'both' : 'out') : back ? 'in' : 'none';
}
