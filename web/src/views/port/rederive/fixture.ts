/**
 * Draws made for tests: keys, shares, rounds and lists from a number. Holds the half that the page never needs, proving, so
 * nothing outside tests reads it.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { vrfValue } from './curve';
import { BODIES, canonical, GRID, type Beacon, type Entry, type Published, type Round } from './document';
import { sha256Hex, treeRoot } from './hash';
import { columns, picksOf } from './lots';
import { FORMAT } from './terms';

const { Point } = ed25519, ORDER = Point.Fn.ORDER;

/** Known numbers (SplitMix64), the same on every machine. */
export function numbers(seed: number): (n: number) => number {
  let state = BigInt(seed);
  const mask = (1n << 64n) - 1n;
  return (n) => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
    return Number((z ^ (z >> 31n)) % BigInt(n));
  };
}

/** ECVRF_prove (RFC 9381, section 5.1), key and proof in hexadecimal. */
export interface Prover { key: string; prove: (input: string) => string }
export function prover(seed: Uint8Array): Prover {
  const hashed = sha512(seed), low = hashed.slice(0, 32);
  low[0]! &= 248;
  low[31] = (low[31]! & 127) | 64;
  const x = bytesToNumberLE(low) % ORDER, key = Point.BASE.multiply(x).toBytes();
  return {
    key: bytesToHex(key),
    prove: (input) => {
      const h = tried(key, utf8ToBytes(input)), gamma = h.multiply(x);
      const nonce = bytesToNumberLE(sha512(concatBytes(hashed.subarray(32), h.toBytes()))) % ORDER;
      const points = [key, h.toBytes(), gamma.toBytes(), Point.BASE.multiply(nonce).toBytes(), h.multiply(nonce).toBytes()];
      const challenge = sha512(concatBytes(Uint8Array.of(3, 2), ...points, Uint8Array.of(0))).subarray(0, 16);
      const response = (nonce + bytesToNumberLE(challenge) * x) % ORDER;
      return bytesToHex(concatBytes(gamma.toBytes(), challenge, numberToBytesLE(response, 32)));
    },
  };
}
export function tried(key: Uint8Array, input: Uint8Array): InstanceType<typeof Point> {
  for (let counter = 0; ; counter += 1) {
    try {
      return Point.fromBytes(sha512(concatBytes(Uint8Array.of(3, 1), key, input, Uint8Array.of(counter, 0))).subarray(0, 32)).clearCofactor();
    } catch {
      // Not on the curve: the next try.
    }
  }
}

const bodyKeys = [1, 2, 3].map((n) => prover(new Uint8Array(32).fill(n)));
const partyKeys = [0x40, 0x41, 0x42].map((n) => prover(new Uint8Array(32).fill(n)));
const officers = [0x81, 0x82, 0x83].map((n) => {
  const secret = new Uint8Array(32).fill(n);
  return { officer: `off-${n.toString(16).repeat(10)}`, secret, key: bytesToHex(ed25519.getPublicKey(secret)) };
});
const TIMES = { first: 1_790_000_000, period: 600 }, ANCHOR = 500;

/** Filled slot by slot, so that at most one container reaches from a slot into the next. */
export function listOf(count: number, slots: number, capacity: number, seed: number): Entry[] {
  const below = numbers(seed);
  let slot = 0, room = 0;
  const fill = (): number => Math.floor((capacity * GRID) / 2) + below(Math.floor((capacity * GRID) / 2) || 1);
  room = fill();
  return Array.from({ length: count }, (_, place) => {
    let marginal = Math.min(GRID, 1 + below(Math.max(1, Math.floor((2 * slots * capacity * GRID) / count))));
    const first = slot, plan: [number, number][] = [];
    while (marginal > 0 && slot < slots) {
      const units = Math.min(marginal, room);
      if (units > 0) plan.push([slot, units]);
      marginal -= units;
      room -= units;
      if (room > 0) break;
      slot += 1;
      room = fill();
    }
    const from = Math.min(first, slots - 1);
    return { container: `XYZU${String(place).padStart(7, '0')}`, first: from, last: Math.min(slots - 1, plan.at(-1)?.[0] ?? from), marginal: plan.reduce((sum, [, units]) => sum + units, 0), plan };
  });
}

export interface Wish {
  count: number; slots: number; capacity: number; seed: number;
  /** Rounds of a slot before the next begins; 0: all slots share the first. */
  step?: number;
  /** Without it an own beacon of three parties, its rounds made here. */
  drand?: { beacon: Beacon; round: Round; value: string };
  /** Slots that are not tried yet, from the end. */
  sealed?: number;
  present?: (slot: number, attempt: number, body: string) => boolean;
}

/** A draw as published, with what follows from its keys in place. */
export function published({ count, slots, capacity, seed, step = 4, drand, sealed = 0, present = () => true }: Wish): Published {
  const list = listOf(count, slots, capacity, seed);
  const beacon: Beacon = drand?.beacon ?? { chain: 'three_party', from: { round: ANCHOR, value: '09'.repeat(32) }, keys: partyKeys.map(({ key }) => key), times: TIMES };
  const first = drand?.round.round ?? ANCHOR + 1;
  const commitment = {
    beacon, bodies: BODIES.map((body, i) => ({ body, key: bodyKeys[i]!.key })), format: FORMAT,
    list: { count: list.length, root: treeRoot(list.map(canonical)) }, model: 'slot game 1, priors assumed',
    officers: officers.map(({ key, officer }) => ({ key, officer })), port: 'XXABC', rules: 'rules 3', shift: '2026-11-22 night',
    slots: Array.from({ length: slots }, (_, slot) => ({ capacity, round: first + slot * (drand ? 0 : step) })), threshold: 2, units: GRID,
  };
  const hash = sha256Hex(canonical(commitment));
  const { rounds, values } = drand ? { rounds: [drand.round], values: new Map([[first, drand.value]]) } : ownRounds(first, slots * step + 4, seed);
  const draw: Published = { commitment, hash, list, overrides: [], rounds, slots: [] };
  const drawn = new Set<number>(), scanned = new Set<number>(), lots = columns(list, slots);
  for (let slot = 0; slot < slots - sealed; slot += 1) {
    let asked: string[] = [...BODIES];
    const record: Published['slots'][number] = { attempts: [], picks: [], slot };
    for (let attempt = 0; ; attempt += 1) {
      const round = commitment.slots[slot]!.round + attempt, value = values.get(round);
      if (value === undefined) break;
      const question = `${FORMAT} share\n${hash}\n${slot}\n${round}\n`;
      const given = asked.filter((body) => present(slot, attempt, body));
      const shares = given.map((body) => ({ body, proof: bodyKeys[BODIES.indexOf(body as never)]!.prove(question) }));
      record.attempts.push({ round, shares });
      if (given.length < asked.length) {
        asked = given.length >= 2 ? given : [...BODIES];
        continue;
      }
      const told = shares.map(({ body, proof }) => `${body} ${vrfValue(bodyKeys[BODIES.indexOf(body as never)]!.key, utf8ToBytes(question), proof)}\n`);
      const places = picksOf(lots[slot]!, drawn, scanned, sha256Hex(`${FORMAT} seed\n${hash}\n${slot}\n${round}\n${value}\n${told.join('')}`));
      drawn.add(slot);
      for (const place of places) scanned.add(place);
      record.picks = places.map((place) => list[place]!.container);
      break;
    }
    draw.slots.push(record);
  }
  draw.overrides.push(overrideOf(hash, 0, 'add', list.at(-1)!.container, 'sello roto, según el guardia'));
  return draw;
}

export function overrideOf(commitment: string, slot: number, action: 'add' | 'remove', container: string, reason: string): Published['overrides'][number] {
  const text = utf8ToBytes(canonical({ action, commitment, container, format: FORMAT, reason, slot }));
  return { action, container, reason, signatures: officers.slice(0, 2).map(({ officer, secret }) => ({ officer, signature: bytesToHex(ed25519.sign(text, secret)) })), slot };
}

function ownRounds(first: number, count: number, seed: number): { rounds: Round[]; values: Map<number, string> } {
  const values = new Map<number, string>(), rounds: Round[] = [];
  let before = '09'.repeat(32);
  for (let round = first; round < first + count; round += 1) {
    const question = `${FORMAT} beacon\n${round}\n${before}\n`;
    // Now and then a party is away.
    const parts = [0, 1, 2].filter((party) => (round + seed) % 4 !== 0 || party !== 1).map((party) => ({ party, proof: partyKeys[party]!.prove(question) }));
    const told = parts.map(({ party, proof }) => `${party} ${vrfValue(partyKeys[party]!.key, utf8ToBytes(question), proof)}\n`);
    before = sha256Hex(`${FORMAT} round\n${round}\n${before}\n${told.join('')}`);
    values.set(round, before);
    rounds.push({ chain: 'three_party', parts, round });
  }
  return { rounds, values };
}

export const bytesOf = (draw: unknown): Uint8Array => utf8ToBytes(canonical(draw));
export const hexOf = hexToBytes;
