/**
 * edwards25519: officers' signatures (RFC 8032) and the verifiable random function ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381).
 * Verifies only; holds no secret key, so its time need not be constant.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;
const ORDER = Point.Fn.ORDER;

/** RFC 8032, section 5.1.3: the one encoding of a point; null for any other. */
function decode(bytes: Uint8Array): Point | null {
  try {
    return Point.fromBytes(bytes, false);
  } catch {
    return null;
  }
}
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Section 5.1.7, without the cofactor, and with no point of small order. */
export function signed(keyHex: string, message: string, signatureHex: string): boolean {
  const key = hexToBytes(keyHex), signature = hexToBytes(signatureHex);
  const a = decode(key), r = decode(signature.subarray(0, 32)), s = bytesToNumberLE(signature.subarray(32));
  if (a === null || r === null || s >= ORDER || a.isSmallOrder() || r.isSmallOrder()) return false;
  const k = bytesToNumberLE(sha512(concatBytes(signature.subarray(0, 32), key, utf8ToBytes(message)))) % ORDER;
  return same(Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k)).toBytes(), signature.subarray(0, 32));
}

const SUITE = 3, ENCODE = 1, CHALLENGE = 2, OUTPUT = 3, BACK = 0;

/** ECVRF_encode_to_curve_try_and_increment (RFC 9381, section 5.4.1.1), with the key as salt. */
function encodeToCurve(key: Uint8Array, input: Uint8Array): Point | null {
  for (let counter = 0; counter < 256; counter += 1) {
    const tried = decode(sha512(concatBytes(Uint8Array.of(SUITE, ENCODE), key, input, Uint8Array.of(counter, BACK))).subarray(0, 32));
    if (tried !== null && !tried.isSmallOrder()) return tried.clearCofactor();
  }
  return null;
}

/** ECVRF_verify (section 5.3) with validation of the key: the value that the proof shows, in hexadecimal, or null. */
export function vrfValue(keyHex: string, input: Uint8Array, proofHex: string): string | null {
  const key = hexToBytes(keyHex), proof = hexToBytes(proofHex);
  const gammaBytes = proof.subarray(0, 32), challenge = proof.subarray(32, 48);
  const y = decode(key), gamma = decode(gammaBytes), c = bytesToNumberLE(challenge), s = bytesToNumberLE(proof.subarray(48));
  if (y === null || gamma === null || s >= ORDER || y.isSmallOrder()) return null;
  const h = encodeToCurve(key, input);
  if (h === null) return null;
  const u = Point.BASE.multiplyUnsafe(s).subtract(y.multiplyUnsafe(c));
  const v = h.multiplyUnsafe(s).subtract(gamma.multiplyUnsafe(c));
  const points = concatBytes(key, h.toBytes(), gammaBytes, u.toBytes(), v.toBytes());
  const expected = sha512(concatBytes(Uint8Array.of(SUITE, CHALLENGE), points, Uint8Array.of(BACK))).subarray(0, 16);
  if (!same(expected, challenge)) return null;
  return bytesToHex(sha512(concatBytes(Uint8Array.of(SUITE, OUTPUT), gamma.clearCofactor().toBytes(), Uint8Array.of(BACK))));
}
