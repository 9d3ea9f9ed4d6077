/**
 * RFC 6962 hashing and inclusion proofs, computed in the browser with WebCrypto, so that an officer need not
 * believe the node that shows the entry. Never fetches, never trusts a hash that it can compute itself.
 */

export type Bytes = Uint8Array<ArrayBuffer>;

/** One step from the leaf towards the root. */
export interface Step {
  /** Where the sibling stands, seen from the node on the path. */
  side: 'left' | 'right';
  sibling: Bytes;
  /** What the two hash to. */
  result: Bytes;
}

export async function sha256(...parts: Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)));
}

export function concat(...parts: Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** RFC 6962 2.1: MTH({d0}) = SHA-256(0x00 || d0). */
export function leafHash(data: Uint8Array): Promise<Bytes> {
  return sha256(Uint8Array.of(0), data);
}

/** RFC 6962 2.1: an inner node is SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(Uint8Array.of(1), left, right);
}

/** The ledger's leaf: its data is the SHA-256 of the canonical record, so a record can stay sealed. */
export async function recordLeafHash(record: string): Promise<Bytes> {
  return leafHash(await sha256(new TextEncoder().encode(record)));
}

/**
 * RFC 9162 2.1.3.2: the steps from leaf `index` to the root of a tree of `size` leaves; null when the path has
 * the wrong length for that place (it then proves nothing, whatever it hashes to).
 */
export async function climb(
  leaf: Bytes, index: number, size: number, path: readonly Bytes[],
): Promise<Step[] | null> {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return null;
  // Division instead of shifts: a log may pass 2^31 leaves.
  let fn = index;
  let sn = size - 1;
  let node = leaf;
  const steps: Step[] = [];
  for (const sibling of path) {
    if (sn === 0) return null;
    const left = fn % 2 === 1 || fn === sn;
    node = left ? await nodeHash(sibling, node) : await nodeHash(node, sibling);
    steps.push({ side: left ? 'left' : 'right', sibling, result: node });
    if (left) {
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 ? steps : null;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A 32-byte hash as 64 hex digits (the API) or standard base64 (C2SP checkpoints); null for anything else. */
export function readHash(text: string): Bytes | null {
  if (/^[0-9a-fA-F]{64}$/.test(text)) {
    return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
  }
  const bytes = fromBase64(text);
  return bytes?.length === 32 ? bytes : null;
}

export function fromBase64(text: string): Bytes | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
