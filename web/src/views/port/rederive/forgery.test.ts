/** What must never happen: a changed draw that holds. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canonical, type OwnRound, type Published } from './document';
import { bytesOf, overrideOf, published } from './fixture';
import { sha256Hex, treeRoot } from './hash';
import { rederive } from './rederive';
import type { Fault, Place, StepName } from './wrong';

const GOLDEN = readFileSync(new URL('../../../../../fuzz/corpus/draw/finished.json', import.meta.url));
const good = (): Published => JSON.parse(GOLDEN.toString()) as Published;

type Path = (string | number)[];
function walk(value: unknown, path: Path, see: (path: Path, value: unknown) => void): void {
  see(path, value);
  if (typeof value === 'object' && value !== null) for (const [name, inner] of Object.entries(value)) walk(inner, [...path, Array.isArray(value) ? Number(name) : name], see);
}
function changed(path: Path, edit: (holder: Record<string, unknown>, name: string) => void): Uint8Array {
  const draw = good();
  let holder = draw as unknown as Record<string, unknown>;
  for (const name of path.slice(0, -1)) holder = holder[name] as Record<string, unknown>;
  edit(holder, String(path.at(-1)));
  return bytesOf(draw);
}
/** Another character of the same kind, so that the form still fits and only the meaning differs. */
function other(char: string): string {
  if (/[0-9]/.test(char)) return String((Number(char) + 1) % 10);
  if (/[a-f]/.test(char)) return char === 'f' ? 'a' : String.fromCharCode(char.charCodeAt(0) + 1);
  return char === 'A' ? 'B' : char >= 'A' && char <= 'Z' ? 'A' : char === 'x' ? 'y' : 'x';
}

const leaves: [Path, string | number][] = [], lists: Path[] = [], objects: Path[] = [];
walk(good(), [], (path, value) => {
  if (typeof value === 'string' || typeof value === 'number') leaves.push([path, value]);
  else if (Array.isArray(value)) lists.push(path);
  else if (path.length > 0) objects.push(path);
});

describe('a changed draw', () => {
  it('is refused, whichever number differs by one and whichever text by one character', async () => {
    const held: string[] = [];
    let tried = 0;
    for (const [path, value] of leaves) {
      const ways = typeof value === 'number' ? [value + 1, value - 1] : [...new Set([0, value.length >> 1, value.length - 1])].map((at) => value.slice(0, at) + other(value[at]!) + value.slice(at + 1));
      for (const way of ways) {
        tried += 1;
        if ((await rederive(changed(path, (holder, name) => { holder[name] = way; }))).draw !== null) held.push(`${path.join('.')}: ${value} -> ${way}`);
      }
    }
    expect(held).toEqual([]);
    expect(leaves.length).toBeGreaterThan(120);
    expect(tried).toBeGreaterThan(300);
  }, 120_000);
  it('is refused, whichever item or member is gone, doubled or added', async () => {
    const held: string[] = [];
    const look = async (path: Path, what: string, edit: (holder: Record<string, unknown>, name: string) => void): Promise<void> => {
      if ((await rederive(changed(path, edit))).draw !== null) held.push(`${path.join('.')} ${what}`);
    };
    for (const path of lists) {
      const list = path.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], good()) as unknown[];
      if (list.length > 0) await look(path, 'shorter', (h, n) => { (h[n] as unknown[]).shift(); });
      if (list.length > 0) await look(path, 'doubled', (h, n) => { (h[n] as unknown[]).push(structuredClone((h[n] as unknown[])[0])); });
    }
    for (const path of objects) await look(path, 'member added', (h, n) => { (h[n] as Record<string, unknown>)['zz'] = 0; });
    for (const [path] of leaves) if (typeof path.at(-1) === 'string') await look(path, 'gone', (h, n) => { delete h[n]; });
    // What can be left out: an override altogether, and a share of an attempt that lacked others all the same.
    expect(held).toEqual(['overrides shorter', 'slots.1.attempts.0.shares shorter']);
  }, 120_000);
  it('that leaves out a share of an attempt which failed all the same counts it as missing, with the body’s name', async () => {
    const before = (await rederive(GOLDEN)).draw!, less = good(), gone = less.slots[1]!.attempts[0]!.shares.shift()!;
    const { draw } = await rederive(bytesOf(less));
    expect(draw!.missing.filter((one) => !before.missing.some((m) => canonical(m) === canonical(one)))).toEqual([{ slot: 1, round: 505, body: gone.body }]);
    expect(draw!.slots.map(({ picks }) => picks)).toEqual(before.slots.map(({ picks }) => picks));
  });
});

describe('another spelling of the same draw', () => {
  const text = GOLDEN.toString();
  const twice = text.replace('"threshold":2', '"threshold":2,"threshold":2');
  it.each([
    ['a line feed at the end', `${text}\n`], ['a blank', text.replace(':', ': ')], ['a fraction', text.replace('"threshold":2', '"threshold":2.0')],
    ['an exponent', text.replace('"units":1000000000000000', '"units":1e15')], ['a member twice', twice], ['a byte order mark', `\ufeff${text}`],
    ['an escape', text.replace('sello', '\\u0073ello')], ['upper case', text.replace(/"hash":"[^"]*"/, (hash) => hash.toUpperCase().replace('HASH', 'hash'))],
    ['members out of order', text.replace(/"threshold":2,"units":(\d+)/, '"units":$1,"threshold":2')],
  ])('is refused: %s', async (_, spelling) => {
    expect(spelling).not.toBe(text);
    expect((await rederive(new TextEncoder().encode(spelling))).fault?.step).toBe('text');
  });
  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()], ['no JSON', new TextEncoder().encode('{')], ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['another JSON', new TextEncoder().encode('null')], ['deep brackets', new TextEncoder().encode('['.repeat(200_000) + ']'.repeat(200_000))],
    ['its own prototype', new TextEncoder().encode('{"__proto__":{}}')],
  ])('and so is what is no draw: %s', async (_, bytes) => expect((await rederive(bytes)).fault?.step).toBe('text'));
});

describe('the first thing that differs is named', () => {
  const sample = published({ count: 30, slots: 3, capacity: 2, seed: 8, present: (slot, attempt, body) => slot !== 1 || attempt > 0 || body !== 'police' });
  const part = (draw: Published, round: number): OwnRound => draw.rounds[round] as OwnRound;
  const refit = (draw: Published): void => {
    draw.commitment.list.root = treeRoot(draw.list.map(canonical));
    draw.hash = sha256Hex(canonical(draw.commitment));
  };
  const cases: [StepName, Fault, Place | null, (draw: Published) => void][] = [
    ['text', 'number', { path: 'list[2].last' }, (d) => { d.list[2]!.last = 3; }],
    ['commitment', 'version', null, (d) => { d.commitment.threshold = 1; }],
    ['commitment', 'bodies', null, (d) => { d.commitment.bodies[1]!.key = d.commitment.bodies[0]!.key; }],
    ['commitment', 'officers', null, (d) => { d.commitment.officers[1]!.key = d.commitment.officers[0]!.key; }],
    ['commitment', 'hash', { path: 'hash' }, (d) => { d.commitment.model += 'x'; }],
    ['commitment', 'hash', { path: 'hash' }, (d) => { d.commitment.slots[1]!.round += 1; }],
    ['list', 'count', null, (d) => { d.list.pop(); }],
    ['list', 'order', { container: 'XYZU0000000' }, (d) => { d.list.splice(0, 2, d.list[1]!, d.list[0]!); }],
    ['list', 'marginal', { container: 'XYZU0000003' }, (d) => { d.list[3]!.marginal += 1; }],
    ['list', 'root', null, (d) => { d.list[3]!.container = 'XYZU0000003-'; }],
    ['list', 'capacity', { slot: 0 }, (d) => { d.commitment.slots[0]!.capacity = 0; refit(d); }],
    ['list', 'incoming', { slot: 1 }, (d) => {
      const both = ['A', 'B'].map((container): Published['list'][number] => ({ container, first: 0, last: 1, marginal: 2, plan: [[0, 1], [1, 1]] }));
      d.list = [...both, ...d.list.slice(2).map((e) => ({ ...e, marginal: 0, plan: [] }))];
      refit(d);
    }],
    ['rounds', 'round_order', { round: 502 }, (d) => { d.rounds.shift(); }],
    ['rounds', 'round_parts', { round: 502 }, (d) => { part(d, 1).parts.splice(1); }],
    ['rounds', 'round_parts', { round: 501, party: 1 }, (d) => { part(d, 0).parts.reverse(); }],
    ['rounds', 'round_signature', { round: 502, party: 1 }, (d) => { part(d, 1).parts[1]!.proof = part(d, 1).parts[0]!.proof; }],
    ['shares', 'slot_order', { slot: 0 }, (d) => { d.slots.shift(); }],
    ['shares', 'attempt', { slot: 2, attempt: 1 }, (d) => { d.slots[2]!.attempts.push(structuredClone(d.slots[2]!.attempts[0]!)); }],
    // A slot that is drawn is not tried again, though the next round is out.
    ['shares', 'attempt', { slot: 2, attempt: 1 }, (d) => { d.slots[2]!.attempts.push({ round: 510, shares: [] }); }],
    ['shares', 'round_missing', { slot: 2, round: 509 }, (d) => { d.rounds = d.rounds.filter(({ round }) => round < 509); }],
    ['shares', 'share_order', { slot: 2, attempt: 0 }, (d) => { d.slots[2]!.attempts[0]!.shares.reverse(); }],
    // Police gave none at the first attempt, so it is not asked at the second.
    ['shares', 'share_order', { slot: 1, attempt: 1 }, (d) => { d.slots[1]!.attempts[1]!.shares = structuredClone(d.slots[0]!.attempts[0]!.shares); }],
    ['shares', 'share', { slot: 2, round: 509, body: 'police' }, (d) => { d.slots[2]!.attempts[0]!.shares[1]!.proof = d.slots[0]!.attempts[0]!.shares[1]!.proof; }],
    ['picks', 'picks', { slot: 1, container: sample.slots[1]!.picks[0]! }, (d) => { d.slots[1]!.picks = []; }],
    ['picks', 'picks', { slot: 1, container: 'ZZZZ9999999' }, (d) => { d.slots[1]!.picks.push('ZZZZ9999999'); }],
    ['overrides', 'signature', { override: 0, container: 'XYZU0000029' }, (d) => { d.overrides[0]!.slot = 1; }],
    ['overrides', 'repeated', { override: 1, container: 'XYZU0000029' }, (d) => { d.overrides.push(structuredClone(d.overrides[0]!)); }],
    ['overrides', 'two_officers', { override: 0, container: 'XYZU0000029' }, (d) => { d.overrides[0]!.signatures.reverse(); }],
    ['overrides', 'officer', { override: 0, container: 'XYZU0000029' }, (d) => { d.overrides[0]!.signatures[1]!.officer = `off-${'f'.repeat(20)}`; }],
  ];
  it('and the draw holds as it was made', async () => expect((await rederive(bytesOf(sample))).fault).toBeNull());
  it.each(cases)('%s: %s %j', async (step, fault, place, edit) => {
    const draw = structuredClone(sample);
    edit(draw);
    const found = await rederive(bytesOf(draw));
    expect(found.fault).toMatchObject({ step, fault, ...(place ? { place } : {}) });
    expect(found.steps.map(({ verdict }) => verdict)).toEqual(found.steps.map((_, i, all) => {
      const at = all.findIndex((one) => one.step === step);
      return i < at ? 'holds' : i === at ? 'fails' : 'unchecked';
    }));
  });
  it.each<[string, (draw: Published) => void]>([
    ['a container renamed', (d) => { d.list[0]!.container = 'AAAA0000000'; }],
    ['a chance less', (d) => { const e = d.list.find(({ plan }) => plan.length > 0)!; e.marginal -= 1; e.plan[0]![1] -= 1; }],
    ['a place more', (d) => { d.commitment.slots[0]!.capacity += 1; }],
    ['another rule', (d) => { d.commitment.rules += 'b'; }],
    ['another body’s key', (d) => { d.commitment.bodies[2]!.key = d.commitment.officers[0]!.key; }],
  ])('a commitment made to fit afterwards fails at the shares, for want of the bodies’ keys: %s', async (_, edit) => {
    const draw = structuredClone(sample);
    edit(draw);
    refit(draw);
    expect((await rederive(bytesOf(draw))).fault).toMatchObject({ step: 'shares', fault: 'share', place: { slot: 0 } });
  });
  it.each(['', ' \u00a0\u3000', 'a\u0085b', 'a\nb', 'a\ud800', 'x'.repeat(501), 'ü'.repeat(251)])('a reason that is none is refused (%#)', async (reason) => {
    const draw = structuredClone(sample);
    draw.overrides = [overrideOf(draw.hash, 0, 'remove', 'XYZU0000001', reason)];
    expect((await rederive(bytesOf(draw))).fault).toMatchObject({ step: 'text', fault: 'characters', place: { path: 'overrides[0].reason' } });
  });
  it('a reason at the bound is one', async () => {
    const draw = structuredClone(sample);
    draw.overrides = [overrideOf(draw.hash, 0, 'remove', 'XYZU0000001', 'ü'.repeat(250))];
    expect((await rederive(bytesOf(draw))).fault).toBeNull();
  });
});
