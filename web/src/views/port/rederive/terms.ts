/** What was fixed before the first round: terms, keys and list, and that the chances keep within what the draw can hold. */
import { BODIES, GRID, canonical, type Commitment, type Entry, type Published } from './document';
import { sha256Hex, treeRoot } from './hash';
import { need } from './wrong';

export const FORMAT = 'bitacora-draw-1';
export const THRESHOLD = 2;

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** The commitment's hash. `expected`: the one that the log has, where it is known. */
export function checkCommitment({ commitment: c, hash }: Published, expected: string | null): string {
  need(c.format === FORMAT && c.threshold === THRESHOLD && c.units === GRID, 'commitment', 'version', { path: 'commitment.format' });
  need(c.bodies.every(({ body }, i) => body === BODIES[i]) && distinct(c.bodies.map(({ key }) => key)), 'commitment', 'bodies', { path: 'commitment.bodies' });
  need(distinct(c.officers.map(({ key }) => key)) && distinct(c.officers.map(({ officer }) => officer)), 'commitment', 'officers', { path: 'commitment.officers' });
  const derived = sha256Hex(canonical(c));
  need(derived === hash, 'commitment', 'hash', { path: 'hash' });
  need(expected === null || derived === expected, 'commitment', 'other_hash', { path: 'hash' });
  return derived;
}

export function checkList(c: Commitment, list: readonly Entry[]): void {
  need(list.length === c.list.count, 'list', 'count', { path: 'list' });
  // A slot's sum may pass what a JavaScript number holds exactly.
  const sums = c.slots.map(() => 0n), incoming = c.slots.map(() => 0);
  let before = '';
  for (const { container, marginal, plan } of list) {
    need(before < container, 'list', 'order', { container });
    before = container;
    let done = 0;
    for (const [slot, units] of plan) {
      sums[slot] = (sums[slot] ?? 0n) + BigInt(units);
      if (done > 0) incoming[slot] = (incoming[slot] ?? 0) + 1;
      done += units;
      // Each step stays exact: a sum beyond certainty is refused before the next is added.
      need(done <= marginal, 'list', 'marginal', { container });
    }
    need(done === marginal, 'list', 'marginal', { container });
  }
  c.slots.forEach(({ capacity }, slot) => {
    need((sums[slot] ?? 0n) <= BigInt(capacity) * BigInt(GRID), 'list', 'capacity', { slot });
    need((incoming[slot] ?? 0) < 2, 'list', 'incoming', { slot });
  });
  need(treeRoot(list.map(canonical)) === c.list.root, 'list', 'root', { path: 'commitment.list.root' });
}
