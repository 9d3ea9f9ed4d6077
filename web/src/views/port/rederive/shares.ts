/**
 * The attempts at each slot: whose share was asked for, whose came, whether each holds, and the seed of the attempt at which
 * none was missing. A seed follows from the shares alone, so no pick is needed here.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { vrfValue } from './curve';
import { BODIES, type Published, type SlotRecord } from './document';
import { sha256Hex } from './hash';
import { FORMAT, THRESHOLD } from './terms';
import { need } from './wrong';

export interface Missing { slot: number; round: number; body: string }
/** round and seed: null where the slot is not drawn. */
export interface Opened { round: number | null; seed: string | null; missing: Missing[]; waits: number }

export function openSlots(draw: Published, hash: string, values: ReadonlyMap<number, string>, tell: () => void): Opened[] {
  return draw.slots.map((record, slot) => {
    need(record.slot === slot, 'shares', 'slot_order', { slot });
    return openSlot(draw, hash, values, record, tell);
  });
}

function openSlot(draw: Published, hash: string, values: ReadonlyMap<number, string>, record: SlotRecord, tell: () => void): Opened {
  const { slot } = record, first = draw.commitment.slots[slot]!.round;
  const opened: Opened = { round: null, seed: null, missing: [], waits: 0 };
  let asked: readonly string[] = BODIES;
  record.attempts.forEach(({ round, shares }, attempt) => {
    need(round === first + attempt && opened.seed === null, 'shares', 'attempt', { slot, attempt });
    const value = values.get(round);
    need(value !== undefined, 'shares', 'round_missing', { slot, round });
    const given = shares.map(({ body }) => body);
    // Each body asked at most once, in the bodies' order, and nobody else.
    need(asked.filter((body) => given.includes(body)).join() === given.join(), 'shares', 'share_order', { slot, attempt });
    const question = utf8ToBytes(`${FORMAT} share\n${hash}\n${slot}\n${round}\n`);
    let text = `${FORMAT} seed\n${hash}\n${slot}\n${round}\n${value}\n`;
    for (const { body, proof } of shares) {
      const share = vrfValue(draw.commitment.bodies.find((b) => b.body === body)!.key, question, proof);
      need(share !== null, 'shares', 'share', { slot, round, body });
      text += `${body} ${share}\n`;
      tell();
    }
    if (given.length === asked.length) {
      opened.round = round;
      opened.seed = sha256Hex(text);
      return;
    }
    opened.missing.push(...asked.filter((body) => !given.includes(body)).map((body) => ({ slot, round, body })));
    if (given.length < THRESHOLD) opened.waits += 1;
    asked = given.length >= THRESHOLD ? given : BODIES;
  });
  return opened;
}
