/** The leaf of the node's log that fixed a draw: what it commits to, and whether its proof and signature hold. Judges no time. */
import type { LogEntry } from '../../../core/model';
import { verifyEntry, type Verdict } from '../../logentry/verify';

/** `commitment`: null where the leaf is no draw's. `proof`: of the leaf in the log, of the log under its key. */
export interface Fixed { leaf: number; commitment: string | null; recorded: string; proof: Verdict }

export async function fixedBy(entry: LogEntry, publicKey: string | null): Promise<Fixed> {
  const { commitment, recorded } = readRecord(entry.record);
  let proof: Verdict = 'unsupported';
  try {
    proof = (await verifyEntry(entry, publicKey)).overall;
  } catch {
    // Outside a secure context the browser offers no hashing: not checked, which is neither.
  }
  return { leaf: entry.index, commitment, recorded, proof };
}

function readRecord(record: string): { commitment: string | null; recorded: string } {
  try {
    const { kind, recorded, body } = JSON.parse(record) as { kind?: unknown; recorded?: unknown; body?: { commitment?: unknown } };
    const commitment = kind === 'port_draw' && typeof body?.commitment === 'string' ? body.commitment : null;
    return { commitment, recorded: typeof recorded === 'string' ? recorded : '' };
  } catch {
    return { commitment: null, recorded: '' };
  }
}
