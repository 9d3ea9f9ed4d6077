/**
 * The published document, read into types: exactly the members of docs/port-draw.md, in canonical JSON (RFC 8785), within
 * its bounds. Proves nothing by itself, and never mends what it reads.
 */
import { need, type Fault } from './wrong';

export const BODIES = ['customs', 'police', 'port'] as const;
export type Body = (typeof BODIES)[number];
export const DRAND = { drand_chained: { key: 48, signature: 96 }, drand_unchained: { key: 48, signature: 96 }, drand_quicknet: { key: 96, signature: 48 } } as const;
export type DrandChain = keyof typeof DRAND;

export interface Times { first: number; period: number }
export interface DrandBeacon { chain: DrandChain; key: string; times: Times }
export interface OwnBeacon { chain: 'three_party'; from: { round: number; value: string }; keys: string[]; times: Times }
export type Beacon = DrandBeacon | OwnBeacon;
export interface Commitment {
  beacon: Beacon; bodies: { body: string; key: string }[]; format: string; list: { count: number; root: string }; model: string;
  officers: { key: string; officer: string }[]; port: string; rules: string; shift: string;
  slots: { capacity: number; round: number }[]; threshold: number; units: number;
}
/** Chances in units of 10^-15; `plan`: slot and units. */
export interface Entry { container: string; first: number; last: number; marginal: number; plan: [number, number][] }
export interface Override { action: 'add' | 'remove'; container: string; reason: string; signatures: { officer: string; signature: string }[]; slot: number }
export interface DrandRound { chain: DrandChain; round: number; signature: string; previous?: string }
export interface OwnRound { chain: 'three_party'; round: number; parts: { party: number; proof: string }[] }
export type Round = DrandRound | OwnRound;
export interface Attempt { round: number; shares: { body: string; proof: string }[] }
export interface SlotRecord { attempts: Attempt[]; picks: string[]; slot: number }
export interface Published { commitment: Commitment; hash: string; list: Entry[]; overrides: Override[]; rounds: Round[]; slots: SlotRecord[] }

const MOST_BYTES = 64 * 1024 * 1024;
export const GRID = 10 ** 15;
/** The first second of the year 2100. */
const LATEST = 4_102_444_800;
const MOST = { slots: 336, officers: 200, containers: 200_000, scans: 10_000, attempts: 64, rounds: 25_000, overrides: 10_000, reason: 500 };
const CONTAINER = /^[A-Z0-9-]{1,32}$/, OFFICER = /^off-[0-9a-f]{20}$/, PLAIN = /^[ -~]{1,100}$/;
/** One line: no control character, not only blanks, every surrogate in its pair. */
const REASON = /^[^\u0000-\u001f\u007f-\u009f]+$/u, BLANK = /^\p{White_Space}*$/u, HALF = /\p{Surrogate}/u;

export function readPublished(bytes: Uint8Array): Published {
  need(bytes.length <= MOST_BYTES, 'text', 'too_large');
  let text: string, value: unknown;
  try {
    // A byte order mark is no part of the canonical form, so it is not passed over.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    need(false, 'text', 'not_json');
  }
  const draw = published(value);
  // After the shape, so that nothing unbounded is walked. Larger and fractional numbers, doubled members and other spellings differ here.
  need(canonical(draw) === text, 'text', 'canonical');
  return draw;
}

/** RFC 8785, for what a draw holds: no fractions, member names of plain ASCII. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical((value as Named)[name])}`).join(',')}}`;
}

type Named = Record<string, unknown>;
const check = (holds: boolean, fault: Fault, path: string): void => need(holds, 'text', fault, { path });

function members(value: unknown, names: string, path: string): Named {
  check(typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).sort().join(' ') === names, 'members', path);
  return value as Named;
}
function items(value: unknown, least: number, most: number, path: string): unknown[] {
  check(Array.isArray(value), 'members', path);
  const list = value as unknown[];
  check(list.length >= least && list.length <= most, 'too_many', path);
  return list;
}
function number(value: unknown, least: number, most: number, path: string): number {
  check(Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most, 'number', path);
  return value as number;
}
function words(value: unknown, form: RegExp, path: string): string {
  check(typeof value === 'string' && form.test(value), 'characters', path);
  return value as string;
}
function one<T extends string>(value: unknown, of: readonly T[], path: string): T {
  check(of.includes(value as T), 'characters', path);
  return value as T;
}
function hex(value: unknown, size: number, path: string): string {
  check(typeof value === 'string' && value.length === 2 * size && /^[0-9a-f]*$/.test(value), 'characters', path);
  return value as string;
}

function published(value: unknown): Published {
  const m = members(value, 'commitment hash list overrides rounds slots', '');
  const commitment = readCommitment(m['commitment']);
  const slots = commitment.slots.length;
  return {
    commitment,
    hash: hex(m['hash'], 32, 'hash'),
    list: items(m['list'], 0, MOST.containers, 'list').map((e, i) => readEntry(e, slots, `list[${i}]`)),
    overrides: items(m['overrides'], 0, MOST.overrides, 'overrides').map((o, i) => readOverride(o, slots, `overrides[${i}]`)),
    rounds: items(m['rounds'], 0, MOST.rounds, 'rounds').map((r, i) => readRound(r, `rounds[${i}]`)),
    slots: items(m['slots'], 0, slots, 'slots').map((s, i) => readSlot(s, `slots[${i}]`)),
  };
}

function readCommitment(value: unknown): Commitment {
  const at = 'commitment';
  const m = members(value, 'beacon bodies format list model officers port rules shift slots threshold units', at);
  const list = members(m['list'], 'count root', `${at}.list`);
  return {
    beacon: readBeacon(m['beacon'], `${at}.beacon`),
    bodies: items(m['bodies'], 3, 3, `${at}.bodies`).map((b, i) => {
      const path = `${at}.bodies[${i}]`, body = members(b, 'body key', path);
      return { body: one(body['body'], BODIES, `${path}.body`), key: hex(body['key'], 32, `${path}.key`) };
    }),
    format: words(m['format'], PLAIN, `${at}.format`),
    list: { count: number(list['count'], 0, MOST.containers, `${at}.list.count`), root: hex(list['root'], 32, `${at}.list.root`) },
    model: words(m['model'], PLAIN, `${at}.model`),
    officers: items(m['officers'], 0, MOST.officers, `${at}.officers`).map((o, i) => {
      const path = `${at}.officers[${i}]`, officer = members(o, 'key officer', path);
      return { key: hex(officer['key'], 32, `${path}.key`), officer: words(officer['officer'], OFFICER, `${path}.officer`) };
    }),
    port: words(m['port'], PLAIN, `${at}.port`),
    rules: words(m['rules'], PLAIN, `${at}.rules`),
    shift: words(m['shift'], PLAIN, `${at}.shift`),
    slots: items(m['slots'], 0, MOST.slots, `${at}.slots`).map((s, i) => {
      const path = `${at}.slots[${i}]`, slot = members(s, 'capacity round', path);
      return { capacity: number(slot['capacity'], 0, MOST.scans, `${path}.capacity`), round: number(slot['round'], 1, Number.MAX_SAFE_INTEGER, `${path}.round`) };
    }),
    threshold: number(m['threshold'], 0, GRID, `${at}.threshold`),
    units: number(m['units'], 0, GRID, `${at}.units`),
  };
}

function readBeacon(value: unknown, at: string): Beacon {
  const own = (value as Named | null)?.['chain'] === 'three_party';
  const m = members(value, own ? 'chain from keys times' : 'chain key times', at);
  const t = members(m['times'], 'first period', `${at}.times`);
  const times = { first: number(t['first'], 0, LATEST, `${at}.times.first`), period: number(t['period'], 1, 86_400, `${at}.times.period`) };
  if (own) {
    const from = members(m['from'], 'round value', `${at}.from`);
    return {
      chain: 'three_party', times,
      from: { round: number(from['round'], 0, Number.MAX_SAFE_INTEGER, `${at}.from.round`), value: hex(from['value'], 32, `${at}.from.value`) },
      keys: items(m['keys'], 3, 3, `${at}.keys`).map((k, i) => hex(k, 32, `${at}.keys[${i}]`)),
    };
  }
  const chain = one(m['chain'], Object.keys(DRAND) as DrandChain[], `${at}.chain`);
  return { chain, key: hex(m['key'], DRAND[chain].key, `${at}.key`), times };
}

function readEntry(value: unknown, slots: number, at: string): Entry {
  const m = members(value, 'container first last marginal plan', at);
  const first = number(m['first'], 0, slots - 1, `${at}.first`), last = number(m['last'], first, slots - 1, `${at}.last`);
  let open = first;
  return {
    container: words(m['container'], CONTAINER, `${at}.container`), first, last,
    marginal: number(m['marginal'], 0, GRID, `${at}.marginal`),
    plan: items(m['plan'], 0, MOST.slots, `${at}.plan`).map((p, i): [number, number] => {
      const path = `${at}.plan[${i}]`, mass = items(p, 2, 2, path);
      // Ascending, within the window.
      const slot = number(mass[0], open, last, path);
      open = slot + 1;
      return [slot, number(mass[1], 1, GRID, path)];
    }),
  };
}

function readRound(value: unknown, at: string): Round {
  const named = value as Named | null;
  if (named?.['chain'] === 'three_party') {
    const m = members(value, 'chain parts round', at);
    return {
      chain: 'three_party',
      parts: items(m['parts'], 0, 3, `${at}.parts`).map((p, i) => {
        const path = `${at}.parts[${i}]`, part = members(p, 'party proof', path);
        return { party: number(part['party'], 0, 2, `${path}.party`), proof: hex(part['proof'], 80, `${path}.proof`) };
      }),
      round: number(m['round'], 1, Number.MAX_SAFE_INTEGER, `${at}.round`),
    };
  }
  const chained = named?.['chain'] === 'drand_chained';
  const m = members(value, chained ? 'chain previous round signature' : 'chain round signature', at);
  const chain = one(m['chain'], Object.keys(DRAND) as DrandChain[], `${at}.chain`);
  return {
    chain, round: number(m['round'], 1, Number.MAX_SAFE_INTEGER, `${at}.round`),
    signature: hex(m['signature'], DRAND[chain].signature, `${at}.signature`),
    ...(chained ? { previous: hex(m['previous'], 96, `${at}.previous`) } : {}),
  };
}

function readSlot(value: unknown, at: string): SlotRecord {
  const m = members(value, 'attempts picks slot', at);
  return {
    attempts: items(m['attempts'], 0, MOST.attempts, `${at}.attempts`).map((a, i) => {
      const path = `${at}.attempts[${i}]`, attempt = members(a, 'round shares', path);
      return {
        round: number(attempt['round'], 1, Number.MAX_SAFE_INTEGER, `${path}.round`),
        shares: items(attempt['shares'], 0, 3, `${path}.shares`).map((s, j) => {
          const share = members(s, 'body proof', `${path}.shares[${j}]`);
          return { body: one(share['body'], BODIES, `${path}.shares[${j}].body`), proof: hex(share['proof'], 80, `${path}.shares[${j}].proof`) };
        }),
      };
    }),
    picks: items(m['picks'], 0, MOST.containers, `${at}.picks`).map((p, i) => words(p, CONTAINER, `${at}.picks[${i}]`)),
    slot: number(m['slot'], 0, MOST.slots, `${at}.slot`),
  };
}

function readOverride(value: unknown, slots: number, at: string): Override {
  const m = members(value, 'action container reason signatures slot', at);
  const reason = words(m['reason'], REASON, `${at}.reason`);
  check(!BLANK.test(reason) && !HALF.test(reason) && new TextEncoder().encode(reason).length <= MOST.reason, 'characters', `${at}.reason`);
  return {
    action: one(m['action'], ['add', 'remove'], `${at}.action`), container: words(m['container'], CONTAINER, `${at}.container`), reason,
    signatures: items(m['signatures'], 2, 2, `${at}.signatures`).map((s, i) => {
      const path = `${at}.signatures[${i}]`, signed = members(s, 'officer signature', path);
      return { officer: words(signed['officer'], OFFICER, `${path}.officer`), signature: hex(signed['signature'], 64, `${path}.signature`) };
    }),
    slot: number(m['slot'], 0, slots - 1, `${at}.slot`),
  };
}
