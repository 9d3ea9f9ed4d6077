/** SHA-256 over texts, and the tree over the list. Synchronous: the page may be served where the browser gives no WebCrypto. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

export { sha256, bytesToHex };

export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** RFC 6962, section 2.1: the root over these texts, level by level; a node without a sibling goes up as it is. */
export function treeRoot(texts: readonly string[]): string {
  let level = texts.map((text) => sha256(concatBytes(Uint8Array.of(0), utf8ToBytes(text))));
  if (level.length === 0) return bytesToHex(sha256(new Uint8Array()));
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i]!, right = level[i + 1];
      above.push(right ? sha256(concatBytes(Uint8Array.of(1), left, right)) : left);
    }
    level = above as typeof level;
  }
  return bytesToHex(level[0]!);
}
