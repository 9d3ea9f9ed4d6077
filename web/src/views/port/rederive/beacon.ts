/** The value of each round that the document gives, after its signature or its parts were checked against the committed keys. */
import { vrfValue } from './curve';
import type { Commitment, DrandBeacon, OwnBeacon, Round } from './document';
import { bytesToHex, sha256, sha256Hex } from './hash';
import { need } from './wrong';
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

export async function roundValues(commitment: Commitment, rounds: readonly Round[], tell: () => void): Promise<Map<number, string>> {
  const { beacon } = commitment;
  let last = 0;
  for (const { chain, round } of rounds) {
    need(chain === beacon.chain, 'rounds', 'round_chain', { round });
    need(round > last, 'rounds', 'round_order', { round });
    last = round;
  }
  return beacon.chain === 'three_party' ? ownValues(beacon, rounds, tell, commitment.format) : drandValues(beacon, rounds, tell);
}

async function drandValues(beacon: DrandBeacon, rounds: readonly Round[], tell: () => void): Promise<Map<number, string>> {
  const { drandChecker } = await import('./bls');
  const holds = drandChecker(beacon);
  need(holds !== null, 'rounds', 'beacon_key', { path: 'commitment.beacon.key' });
  const values = new Map<number, string>();
  for (const round of rounds) {
    need(round.chain !== 'three_party' && holds(round), 'rounds', 'round_signature', { round: round.round });
    values.set(round.round, bytesToHex(sha256(hexToBytes(round.signature))));
    tell();
  }
  return values;
}

/** Each round asks over the value before it, so rounds follow each other without a gap from the committed one on. */
function ownValues(beacon: OwnBeacon, rounds: readonly Round[], tell: () => void, format: string): Map<number, string> {
  need(new Set(beacon.keys).size === 3, 'rounds', 'beacon_key', { path: 'commitment.beacon.keys' });
  const values = new Map<number, string>();
  let before = beacon.from;
  for (const given of rounds) {
    const { round } = given;
    need(round === before.round + 1, 'rounds', 'round_order', { round });
    const parts = given.chain === 'three_party' ? given.parts : [];
    need(parts.length >= 2, 'rounds', 'round_parts', { round });
    const question = utf8ToBytes(`${format} beacon\n${round}\n${before.value}\n`);
    let text = `${format} round\n${round}\n${before.value}\n`, above = -1;
    for (const { party, proof } of parts) {
      need(party > above, 'rounds', 'round_parts', { round, party });
      above = party;
      const value = vrfValue(beacon.keys[party] ?? '', question, proof);
      need(value !== null, 'rounds', 'round_signature', { round, party });
      text += `${party} ${value}\n`;
    }
    before = { round, value: sha256Hex(text) };
    values.set(round, before.value);
    tell();
  }
  return values;
}
