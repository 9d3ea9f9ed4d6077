/**
 * drand's signatures over BLS12-381. Loaded only where a draw's beacon is a drand chain: its arithmetic is most of what
 * this verifier weighs.
 */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import type { DrandBeacon, DrandRound } from './document';

const { G1, G2 } = bls12_381;
const G1Point = G1.Point, G2Point = G2.Point;
// The ciphersuites that drand takes from the IETF's draft on BLS signatures (section 4.2.1).
const ON_G1 = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_', ON_G2 = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_';

interface Decodes<T> { fromBytes(bytes: Uint8Array): T }
interface Decoded { is0(): boolean; assertValidity(): void; toBytes(compressed?: boolean): Uint8Array }

/** A point of the right group, not the neutral one, in its one compressed encoding; null for any other bytes. */
function point<T extends Decoded>(group: Decodes<T>, hex: string): T | null {
  const bytes = hexToBytes(hex);
  try {
    const read = group.fromBytes(bytes);
    read.assertValidity();
    return !read.is0() && read.toBytes(true).every((byte, i) => byte === bytes[i]) ? read : null;
  } catch {
    return null;
  }
}

/** What drand signs: the hash of the signature before, where rounds are chained, and the round's number in 8 bytes. */
function message(round: DrandRound): Uint8Array {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, BigInt(round.round));
  return sha256(concatBytes(hexToBytes(round.previous ?? ''), number));
}

/** What tells whether a round is signed by the beacon's key; null where the key is none. */
export function drandChecker(beacon: DrandBeacon): ((round: DrandRound) => boolean) | null {
  if (beacon.chain === 'drand_quicknet') {
    const key = point(G2Point, beacon.key), scheme = bls12_381.shortSignatures;
    if (key === null) return null;
    return (round) => {
      const signature = point(G1Point, round.signature);
      return signature !== null && scheme.verify(signature, scheme.hash(message(round), ON_G1), key);
    };
  }
  const key = point(G1Point, beacon.key), scheme = bls12_381.longSignatures;
  if (key === null) return null;
  return (round) => {
    const signature = point(G2Point, round.signature);
    return signature !== null && scheme.verify(signature, scheme.hash(message(round), ON_G2), key);
  };
}
