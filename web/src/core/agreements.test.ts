/** The overview under answers that come late, fail or come after the session: on a mock fetch, no node. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agreementOf, suspension } from '../views/exchange/fixture';
import { agreements } from './agreements.svelte';
import { Asked } from './asked.svelte';
import type { ExchangeOverview } from './exchange';

const overview = (version: number): ExchangeOverview => ({ me: 'CO', agreements: [agreementOf({ id: 'CO-US-MAR', version })] });
type Answer = (response: Response) => void;
let waiting: Answer[] = [];
const answer = async (i: number, body: unknown, status = 200): Promise<void> => {
  waiting[i]?.(new Response(JSON.stringify(body), { status }));
  await vi.advanceTimersByTimeAsync(0);
};

beforeEach(() => {
  vi.useFakeTimers();
  waiting = [];
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => waiting.push(resolve)));
});
afterEach(() => {
  agreements.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the agreements', () => {
  it('an older answer that comes late does not undo a newer one', async () => {
    agreements.start();
    void agreements.load();
    await answer(1, overview(2));
    await answer(0, overview(1));
    expect(agreements.all[0]?.version).toBe(2);
  });
  it('keep what was known when the node does not answer, and say so', async () => {
    agreements.start();
    await answer(0, overview(1));
    void agreements.load();
    await answer(1, { error: 'starting', detail: '' }, 503);
    expect(agreements.all).toHaveLength(1);
    expect(agreements.failure?.code).toBe('starting');
  });
  it('ask once for several changes within the calm', async () => {
    agreements.start();
    await answer(0, overview(1));
    agreements.soon();
    agreements.soon();
    await vi.advanceTimersByTimeAsync(1000);
    agreements.soon();
    await vi.advanceTimersByTimeAsync(1000);
    expect(waiting).toHaveLength(3);
  });
  it('nothing of the session before is left when it ends, not even by a late answer', async () => {
    agreements.start();
    agreements.stop();
    await answer(0, overview(1));
    expect(agreements.overview).toBeNull();
    agreements.soon();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(waiting).toHaveLength(1);
  });
  it('a stop of our own is shown from its answer on, and once', async () => {
    agreements.start();
    await answer(0, overview(1));
    const made = suspension({ id: 'S-9', leaf: null });
    agreements.put('CO-US-MAR', made);
    agreements.put('CO-US-MAR', made);
    expect(agreements.all[0]?.suspensions.map((s) => s.id)).toEqual(['S-9']);
    expect(agreements.all[0]?.state).toBe('part_suspended');
  });
});

describe('one question', () => {
  it('forgets an answer to what is no longer asked', async () => {
    const asked = new Asked<number>();
    let tell: (n: number) => void = () => undefined;
    const first = asked.ask(() => new Promise<number>((resolve) => { tell = resolve; }));
    asked.forget();
    tell(1);
    await first;
    expect(asked.value).toBeNull();
    await asked.ask(() => Promise.resolve(2));
    expect([asked.value, asked.busy]).toEqual([2, false]);
  });
});
