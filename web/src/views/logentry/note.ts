/**
 * C2SP signed notes and tlog checkpoints: reads them and checks an Ed25519 signature with WebCrypto.
 * Knows one key at a time; says "unsupported" rather than "bad" where the browser lacks Ed25519.
 */
import { concat, fromBase64, readHash, sha256, type Bytes } from './merkle';

export interface Checkpoint { origin: string; size: number; root: Bytes }
export interface SignatureLine { name: string; keyId: Bytes; signature: Bytes }
export interface Note { /** The signed text, with its last newline. */ text: string; signatures: SignatureLine[] }
export interface VerifierKey { name: string; keyId: Bytes; key: Bytes }
export type SignatureResult = 'holds' | 'broken' | 'no_signature' | 'unsupported';

/** Signature lines begin with an em dash (U+2014) and a space, after the last blank line. */
const LINE = /^\u2014 (\S+) (\S+)$/;

export function readNote(note: string): Note | null {
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) return null;
  const signatures: SignatureLine[] = [];
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const match = LINE.exec(line);
    const bytes = match?.[2] === undefined ? null : fromBase64(match[2]);
    if (match?.[1] === undefined || bytes === null || bytes.length < 5) return null;
    signatures.push({ name: match[1], keyId: bytes.slice(0, 4), signature: bytes.slice(4) });
  }
  return { text: note.slice(0, split + 1), signatures };
}

/** tlog-checkpoint: origin, tree size in decimal without leading zero, base64 root; extension lines may follow. */
export function readCheckpoint(text: string): Checkpoint | null {
  const [origin, size, root] = text.split('\n');
  if (!origin || size === undefined || root === undefined || !/^(0|[1-9][0-9]*)$/.test(size)) return null;
  const hash = readHash(root);
  const count = Number(size);
  return hash === null || !Number.isSafeInteger(count) ? null : { origin, size: count, root: hash };
}

/** `name+keyid+base64(0x01 || public key)`; the id must be the hash of the rest, or the key is refused. */
export async function readVerifierKey(vkey: string): Promise<VerifierKey | null> {
  // The base64 part may itself hold plus signs, the name may not.
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey.trim());
  const typed = match?.[3] === undefined ? null : fromBase64(match[3]);
  if (match?.[1] === undefined || typed === null || typed.length !== 33 || typed[0] !== 1) return null;
  const named = new TextEncoder().encode(`${match[1]}\n`);
  const keyId = (await sha256(concat(named, typed))).slice(0, 4);
  const said = match[2] ?? '';
  const found = Array.from(keyId, (b) => b.toString(16).padStart(2, '0')).join('');
  return said === found ? { name: match[1], keyId, key: typed.slice(1) } : null;
}

export async function checkSignature(note: Note, key: VerifierKey): Promise<SignatureResult> {
  const line = note.signatures.find(
    (s) => s.name === key.name && s.keyId.every((byte, i) => byte === key.keyId[i]),
  );
  if (!line) return 'no_signature';
  try {
    const imported = await crypto.subtle.importKey('raw', key.key, { name: 'Ed25519' }, false, ['verify']);
    const good = await crypto.subtle.verify(
      { name: 'Ed25519' }, imported, line.signature, new TextEncoder().encode(note.text),
    );
    return good ? 'holds' : 'broken';
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'NotSupportedError') return 'unsupported';
    return 'broken';
  }
}
