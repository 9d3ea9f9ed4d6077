/**
 * Judges a log entry: record to leaf, leaf to root, root to checkpoint, checkpoint to key. Each judgement is
 * separate, so the page can say which link failed. Never turns "could not check" into "holds".
 */
import type { LogEntry } from '../../core/model';
import { climb, readHash, recordLeafHash, same, toHex, type Bytes, type Step } from './merkle';
import { checkSignature, readCheckpoint, readNote, readVerifierKey } from './note';

export type Verdict = 'holds' | 'broken' | 'unsupported' | 'absent';
export interface Verification {
  /** The record hashes to the leaf the node names. */
  leaf: Verdict;
  /** The path leads from the leaf to the root the node names. */
  path: Verdict;
  /** The checkpoint carries that size and root. */
  checkpoint: Verdict;
  /** The checkpoint is signed by the log's key. */
  signature: Verdict;
  overall: Verdict;
  computedLeaf: string;
  steps: Step[];
}

export async function verifyEntry(entry: LogEntry, publicKey: string | null): Promise<Verification> {
  const leafBytes = await recordLeafHash(entry.record);
  const claimed = readHash(entry.leaf_hash);
  const leaf: Verdict = claimed !== null && same(claimed, leafBytes) ? 'holds' : 'broken';
  const { verdict: path, steps, root } = await judgePath(entry, leafBytes);
  const { checkpoint, signature } = await judgeCheckpoint(entry, root, publicKey);
  return {
    leaf, path, checkpoint, signature, overall: worst([leaf, path, checkpoint, signature]),
    computedLeaf: toHex(leafBytes), steps,
  };
}

async function judgePath(
  entry: LogEntry, leaf: Bytes,
): Promise<{ verdict: Verdict; steps: Step[]; root: Bytes | null }> {
  if (entry.proof === null) return { verdict: 'absent', steps: [], root: null };
  const path = entry.proof.path.map(readHash);
  const root = readHash(entry.proof.root);
  if (root === null || path.some((hash) => hash === null)) return { verdict: 'broken', steps: [], root: null };
  const steps = await climb(leaf, entry.index, entry.proof.size, path as Bytes[]);
  if (steps === null) return { verdict: 'broken', steps: [], root: null };
  const reached = steps.at(-1)?.result ?? leaf;
  // The computed root goes on to the checkpoint, not the one the node named.
  return { verdict: same(reached, root) ? 'holds' : 'broken', steps, root: reached };
}

async function judgeCheckpoint(
  entry: LogEntry, root: Bytes | null, publicKey: string | null,
): Promise<{ checkpoint: Verdict; signature: Verdict }> {
  if (entry.checkpoint === null) return { checkpoint: 'absent', signature: 'absent' };
  const note = readNote(entry.checkpoint);
  const said = note === null ? null : readCheckpoint(note.text);
  if (note === null || said === null) return { checkpoint: 'broken', signature: 'broken' };
  const agrees = root !== null && said.size === entry.proof?.size && same(said.root, root);
  const checkpoint: Verdict = entry.proof === null ? 'absent' : agrees ? 'holds' : 'broken';
  if (publicKey === null) return { checkpoint, signature: 'absent' };
  const key = await readVerifierKey(publicKey);
  // tlog-checkpoint: the log's own signature bears the origin as its key name.
  if (key === null || key.name !== said.origin) return { checkpoint, signature: 'broken' };
  const result = await checkSignature(note, key);
  return { checkpoint, signature: result === 'no_signature' ? 'broken' : result };
}

/** One broken link breaks the chain; one unchecked link leaves it unproved. */
function worst(verdicts: Verdict[]): Verdict {
  for (const verdict of ['broken', 'absent', 'unsupported'] as const) {
    if (verdicts.includes(verdict)) return verdict;
  }
  return 'holds';
}
