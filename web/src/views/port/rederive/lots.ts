/**
 * From a seed to the picks of a slot, in whole numbers: the random order, the comb, and for the container that may have
 * been scanned before the split of the masses between both cases (docs/port-draw.md, "Why the chances are exact").
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { GRID, type Entry } from './document';
import { bytesToHex, sha256 } from './hash';

const WHOLE = BigInt(GRID), BLOCKS = 2n ** 256n;
const least = (...values: bigint[]): bigint => values.reduce((a, b) => (b < a ? b : a));
const most = (...values: bigint[]): bigint => values.reduce((a, b) => (b > a ? b : a));
const total = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
/** The next whole number; `by` is above 0. BigInt division goes towards 0. */
const ceiling = (n: bigint, by: bigint): bigint => (n > 0n ? (n + by - 1n) / by : n / by);

/** Numbers below n from a seed: the counter sampler of R. Rivest; the topmost blocks are skipped, so that all are as likely. */
export function sampler(seed: string): (n: bigint) => bigint {
  let counter = 0;
  return (n) => {
    for (;;) {
      counter += 1;
      const block = BigInt(`0x${bytesToHex(sha256(utf8ToBytes(`${seed},${counter}`)))}`);
      if (block < BLOCKS - (BLOCKS % n)) return block % n;
    }
  };
}

/** A container's mass in a slot, and what it has in earlier slots. */
export interface Lot { place: number; mass: bigint; earlier: [number, bigint][] }

export function columns(list: readonly Entry[], slots: number): Lot[][] {
  const out: Lot[][] = Array.from({ length: slots }, () => []);
  list.forEach(({ plan }, place) => {
    const masses = plan.map(([slot, units]): [number, bigint] => [slot, BigInt(units)]);
    masses.forEach(([slot, mass], at) => out[slot]?.push({ place, mass, earlier: masses.slice(0, at) }));
  });
  return out;
}

/**
 * What each mass weighs if the lot at `at` was scanned before, which has the chance `before` of `WHOLE`; what is left of it
 * weighs if not. Both sums stay between the floor and the ceiling of the slot's, and as little moves as can.
 */
export function split(masses: readonly bigint[], at: number, before: bigint): bigint[] {
  const rest = WHOLE - before, sum = total(masses);
  const low = masses.map((m, j) => (j === at ? 0n : most(0n, m - rest)));
  const high = masses.map((m, j) => (j === at ? 0n : least(before, m)));
  const parts = masses.map((m, j) => least(most((m * before) / WHOLE, low[j]!), high[j]!));
  const floor = sum / WHOLE, ceil = ceiling(sum, WHOLE);
  const from = most(total(low), sum - ceil * rest, floor * before), to = least(total(high), ceil * before, sum - floor * rest);
  const held = total(parts), goal = least(most(held, from), to);
  const up = goal > held, amount = up ? goal - held : held - goal;
  const room = parts.map((p, j) => (up ? high[j]! - p : p - low[j]!)), whole = total(room);
  const moved = room.map((r) => (whole > 0n ? (r * amount) / whole : 0n));
  let left = amount - total(moved);
  return parts.map((p, j) => {
    const more = least(left, room[j]! - moved[j]!);
    left -= more;
    return up ? p + moved[j]! + more : p - moved[j]! - more;
  });
}

/** The places of the picked containers, ascending. `drawn`: slots drawn before; `scanned`: places picked in them. */
export function picksOf(column: readonly Lot[], drawn: ReadonlySet<number>, scanned: ReadonlySet<number>, seed: string): number[] {
  let weights = column.map(({ mass }) => mass), spacing = WHOLE;
  // At most one has mass in an earlier slot: the list was checked for it. Slots never drawn scanned nobody.
  const earlier = column.map((lot) => total(lot.earlier.filter(([slot]) => drawn.has(slot)).map(([, units]) => units)));
  const at = earlier.findIndex((units) => units > 0n);
  if (at >= 0) {
    const before = earlier[at]!, parts = split(weights, at, before);
    const held = scanned.has(column[at]!.place);
    weights = held ? parts : weights.map((m, j) => m - parts[j]!);
    spacing = held ? before : WHOLE - before;
  }
  const below = sampler(seed), order = column.map((_, j) => j);
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Number(below(BigInt(last + 1)));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return touched(weights, order, spacing, below(spacing)).map((j) => column[j]!.place).sort((a, b) => a - b);
}

/** The lots that a comb touches: they lie end to end in this order, its teeth stand at offset, offset + spacing, ... */
export function touched(weights: readonly bigint[], order: readonly number[], spacing: bigint, offset: bigint): number[] {
  let point = 0n;
  return order.filter((j) => {
    const teeth = ceiling(point - offset, spacing);
    point += weights[j]!;
    return ceiling(point - offset, spacing) > teeth;
  });
}
