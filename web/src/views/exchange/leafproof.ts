/**
 * Judges a leaf of the exchange's log in the browser: the chain of `logentry`, and then each cosignature with the time
 * that it proves. Reads the keys that the answer names; which keys to believe is for the reader to compare.
 */
import type { ExchangeLeafProof } from '../../core/exchange';
import { readHash, sha256, type Bytes } from '../logentry/merkle';
import { checkCosignature, readCheckpoint, readNote, readVerifierKey, type VerifierKey } from '../logentry/note';
import { verifyEntry, type Verdict, type Verification } from '../logentry/verify';

export interface CosignerVerdict { name: string; verdict: Verdict; /** Epoch milliseconds that its cosignature proves. */ at: number | null }
export interface LeafVerification extends Verification { cosigners: CosignerVerdict[]; /** The earliest proven time. */ provenBy: number | null }

export async function verifyLeaf(leaf: ExchangeLeafProof, origin: string): Promise<LeafVerification> {
  const keys = (await Promise.all(leaf.keys.map(readVerifierKey))).flatMap((key, i) => (key ? [{ key, text: leaf.keys[i] ?? '' }] : []));
  const logKey = keys.find(({ key }) => key.type === 'note' && key.name === origin)?.text ?? null;
  const chain = await verifyEntry({ ...leaf }, logKey);
  const cosigners = await Promise.all(keys.filter(({ key }) => key.type === 'cosignature').map(({ key }) => judge(leaf.checkpoint, key)));
  // A cosignature vouches for the tree; where the leaf does not hang on that tree, it proves no time for the leaf.
  const anchored = chain.leaf === 'holds' && chain.path === 'holds' && chain.checkpoint === 'holds';
  const times = cosigners.flatMap((c) => (c.verdict === 'holds' && c.at !== null ? [c.at] : []));
  // A key of a kind that this page does not know vouches for nothing, and speaks against nothing.
  const unread = keys.length !== leaf.keys.length;
  const broken = cosigners.some((c) => c.verdict === 'broken');
  return {
    ...chain, cosigners, overall: broken ? 'broken' : chain.overall === 'holds' && unread ? 'unsupported' : chain.overall,
    provenBy: anchored && times.length > 0 ? Math.min(...times) : null,
  };
}

async function judge(checkpoint: string, key: VerifierKey): Promise<CosignerVerdict> {
  const note = readNote(checkpoint);
  if (note === null || readCheckpoint(note.text) === null) return { name: key.name, verdict: 'broken', at: null };
  const { result, at } = await checkCosignature(note, key);
  return { name: key.name, verdict: result === 'no_signature' ? 'absent' : result, at };
}

/**
 * The proof as a file that other checkers read: C2SP tlog-proof v1. It holds hashes only, never the record: `extra` is
 * the commitment (SHA-256 of the record) whose leaf hash the path starts from. Null when a hash cannot be read.
 */
export async function tlogProof(leaf: ExchangeLeafProof): Promise<string | null> {
  const path = leaf.proof.path.map(readHash);
  if (path.some((hash) => hash === null)) return null;
  const commitment = await sha256(new TextEncoder().encode(leaf.record));
  return [
    'c2sp.org/tlog-proof@v1', `extra ${base64(commitment)}`, `index ${leaf.index}`,
    ...(path as Bytes[]).map(base64), '', leaf.checkpoint,
  ].join('\n');
}

function base64(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes));
}

/** `bitacora-CO-US-MAR-CO-leaf-48213.tlog-proof` */
export function proofName(origin: string, index: number): string {
  return `${origin.replace(/[^A-Za-z0-9]+/g, '-')}-leaf-${index}.tlog-proof`;
}

/** The statement inside a record's DSSE envelope, as JSON text, for reading; null where there is none. */
export function statementOf(record: string): string | null {
  try {
    const value = JSON.parse(record) as { body?: { payload?: unknown } };
    const payload = value.body?.payload;
    if (typeof payload !== 'string') return null;
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // A record that is no envelope is shown as it stands; the proof is over its raw text either way.
    return null;
  }
}
