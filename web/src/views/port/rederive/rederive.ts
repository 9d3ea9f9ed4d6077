/**
 * Derives every pick of a published draw again, from the document alone: each step holds, fails at a place, or was not
 * reached. Written from docs/port-draw.md, apart from the node's own verifier; says nothing of when the document was made.
 */
import { roundValues } from './beacon';
import { readPublished, type Beacon, type Published } from './document';
import { columns, picksOf } from './lots';
import { checkOverrides } from './overrides';
import { openSlots, type Missing } from './shares';
import { checkCommitment, checkList } from './terms';
import { need, STEPS, Wrong, type Fault, type Place, type StepName } from './wrong';

export type Verdict = 'holds' | 'fails' | 'unchecked';
export interface StepResult { step: StepName; verdict: Verdict }
/** `sealed`: slots that nobody has tried yet. `waiting`: tried, and a share was missing each time. */
export interface Derived {
  hash: string; port: string; shift: string; containers: number; chain: Beacon['chain'];
  slots: { capacity: number; round: number | null; attempts: number; missing: number; waits: number; picks: string[] }[];
  picks: number; rounds: number; shares: number; sealed: number; waiting: number; missing: Missing[];
  overrides: { slot: number; action: string; container: string }[];
}
export interface Outcome {
  steps: StepResult[];
  fault: { step: StepName; fault: Fault; place: Place } | null;
  /** Only where every step holds. */
  draw: Derived | null;
}
export interface Progress { step: StepName; done: number; of: number }
type Tell = (progress: Progress) => void;

/** `expected`: the commitment's hash as the log has it, where it is known. */
export async function rederive(bytes: Uint8Array, expected: string | null = null, tell: Tell = () => undefined): Promise<Outcome> {
  const held: StepName[] = [];
  try {
    const draw = await derive(bytes, expected, tell, held);
    return { steps: STEPS.map((step) => ({ step, verdict: 'holds' })), fault: null, draw };
  } catch (cause) {
    // Anything else is a fault of this program: it says nothing of the draw, and is not told as if it did.
    if (!(cause instanceof Wrong)) throw cause;
    const { step, fault, place } = cause;
    const verdict = (one: StepName): Verdict => (one === step ? 'fails' : held.includes(one) ? 'holds' : 'unchecked');
    return { steps: STEPS.map((one) => ({ step: one, verdict: verdict(one) })), fault: { step, fault, place }, draw: null };
  }
}

async function derive(bytes: Uint8Array, expected: string | null, tell: Tell, held: StepName[]): Promise<Derived> {
  const step = async <T>(name: StepName, of: number, act: (told: () => void) => T | Promise<T>): Promise<T> => {
    let done = 0;
    tell({ step: name, done, of });
    const made = await act(() => tell({ step: name, done: ++done, of }));
    held.push(name);
    return made;
  };
  const draw = await step('text', 1, () => readPublished(bytes));
  const c = draw.commitment;
  const shares = draw.slots.flatMap((slot) => slot.attempts).reduce((sum, attempt) => sum + attempt.shares.length, 0);
  const hash = await step('commitment', 1, () => checkCommitment(draw, expected));
  await step('list', 1, () => checkList(c, draw.list));
  const values = await step('rounds', draw.rounds.length, (told) => roundValues(c, draw.rounds, told));
  const opened = await step('shares', shares, (told) => openSlots(draw, hash, values, told));
  const picks = await step('picks', draw.slots.length, (told) => derivePicks(draw, opened.map(({ seed }) => seed), told));
  await step('overrides', draw.overrides.length, (told) => checkOverrides(draw, hash, told));
  return {
    hash, port: c.port, shift: c.shift, containers: draw.list.length, chain: c.beacon.chain,
    slots: opened.map(({ round, missing, waits }, slot) => ({
      capacity: c.slots[slot]!.capacity, round, attempts: draw.slots[slot]!.attempts.length, missing: missing.length, waits, picks: picks[slot]!,
    })),
    picks: picks.flat().length, rounds: draw.rounds.length, shares,
    sealed: c.slots.length - draw.slots.filter(({ attempts }) => attempts.length > 0).length,
    waiting: opened.filter(({ round }, slot) => round === null && draw.slots[slot]!.attempts.length > 0).length,
    missing: opened.flatMap(({ missing }) => missing),
    overrides: draw.overrides.map(({ slot, action, container }) => ({ slot, action, container })),
  };
}

function derivePicks(draw: Published, seeds: readonly (string | null)[], told: () => void): string[][] {
  const lots = columns(draw.list, draw.commitment.slots.length);
  const drawn = new Set<number>(), scanned = new Set<number>();
  return draw.slots.map((record, slot) => {
    const seed = seeds[slot] ?? null;
    const places = seed === null ? [] : picksOf(lots[slot]!, drawn, scanned, seed);
    if (seed !== null) drawn.add(slot);
    for (const place of places) scanned.add(place);
    const names = places.map((place) => draw.list[place]!.container);
    const at = Math.max(names.length, record.picks.length);
    for (let i = 0; i < at; i += 1) {
      const container = record.picks[i] ?? names[i];
      need(names[i] === record.picks[i], 'picks', 'picks', { slot, ...(container ? { container } : {}) });
    }
    told();
    return names;
  });
}

/** One line per slot, pick and override: the bytes that every verifier prints. */
export function lines(draw: Derived): string {
  const slots = draw.slots.flatMap(({ capacity, round, attempts, missing, waits, picks }, slot) => [
    `slot ${slot} capacity ${capacity} round ${round ?? '-'} attempts ${attempts} missing ${missing} waits ${waits} picks ${picks.length}`,
    ...picks.map((name) => `pick ${slot} ${name}`),
  ]);
  const overrides = draw.overrides.map(({ slot, action, container }) => `override ${slot} ${action} ${container}`);
  return [`draw ${draw.hash}`, ...slots, ...overrides].map((line) => `${line}\n`).join('');
}
