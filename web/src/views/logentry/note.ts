/**
 * C2SP signed notes, tlog checkpoints and their time-stamped cosignatures: reads them and checks an Ed25519 signature
 * with WebCrypto. Knows one key at a time; says "unsupported" rather than "bad" where the browser lacks Ed25519.
 */
import { concat, fromBase64, readHash, sha256, type Bytes } from './merkle';

export interface Checkpoint { origin: string; size: number; root: Bytes }
export interface SignatureLine { name: string; keyId: Bytes; signature: Bytes }
export interface Note { /** The signed text, with its last newline. */ text: string; signatures: SignatureLine[] }
/** What the key signs: signed-note type 0x01 is the note itself, tlog-cosignature type 0x04 the note and a time. */
export type KeyType = 'note' | 'cosignature';
export interface VerifierKey { name: string; type: KeyType; keyId: Bytes; key: Bytes }
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

/** `name+keyid+base64(type || public key)`; the id must be the hash of the rest, or the key is refused. */
export async function readVerifierKey(vkey: string): Promise<VerifierKey | null> {
  // The base64 part may itself hold plus signs, the name may not.
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey.trim());
  const typed = match?.[3] === undefined ? null : fromBase64(match[3]);
  if (match?.[1] === undefined || typed === null || typed.length !== 33) return null;
  const type: KeyType | null = typed[0] === 1 ? 'note' : typed[0] === 4 ? 'cosignature' : null;
  if (type === null) return null;
  const named = new TextEncoder().encode(`${match[1]}\n`);
  const keyId = (await sha256(concat(named, typed))).slice(0, 4);
  const said = match[2] ?? '';
  const found = Array.from(keyId, (b) => b.toString(16).padStart(2, '0')).join('');
  return said === found ? { name: match[1], type, keyId, key: typed.slice(1) } : null;
}

function lineOf(note: Note, key: VerifierKey): SignatureLine | undefined {
  return note.signatures.find((s) => s.name === key.name && s.keyId.every((byte, i) => byte === key.keyId[i]));
}

/** The log's own signature: Ed25519 over the note's text. */
export async function checkSignature(note: Note, key: VerifierKey): Promise<SignatureResult> {
  if (key.type !== 'note') return 'no_signature';
  const line = lineOf(note, key);
  return line ? verify(key, line.signature, note.text) : 'no_signature';
}

/** Milliseconds of the time that the cosigner states; null unless the cosignature holds. */
export interface Cosignature { result: SignatureResult; at: number | null }

/**
 * tlog-cosignature "Format" and "Ed25519 signed message": the line holds a big-endian u64 of POSIX seconds and the
 * signature, which is over `cosignature/v1`, the time, and the note's text.
 */
export async function checkCosignature(note: Note, key: VerifierKey): Promise<Cosignature> {
  if (key.type !== 'cosignature') return { result: 'no_signature', at: null };
  const line = lineOf(note, key);
  if (!line) return { result: 'no_signature', at: null };
  if (line.signature.length !== 8 + 64) return { result: 'broken', at: null };
  const seconds = new DataView(line.signature.buffer, line.signature.byteOffset, 8).getBigUint64(0);
  const at = Number(seconds) * 1000;
  // A time past what a date can hold is no time; the spec's own bound (2^63 - 1) is far beyond it.
  if (Number.isNaN(new Date(at).getTime())) return { result: 'broken', at: null };
  const result = await verify(key, line.signature.slice(8), `cosignature/v1\ntime ${seconds}\n${note.text}`);
  return { result, at: result === 'holds' ? at : null };
}

async function verify(key: VerifierKey, signature: Bytes, message: string): Promise<SignatureResult> {
  try {
    const imported = await crypto.subtle.importKey('raw', key.key, { name: 'Ed25519' }, false, ['verify']);
    const good = await crypto.subtle.verify({ name: 'Ed25519' }, imported, signature, new TextEncoder().encode(message));
    return good ? 'holds' : 'broken';
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'NotSupportedError') return 'unsupported';
    return 'broken';
  }
}
