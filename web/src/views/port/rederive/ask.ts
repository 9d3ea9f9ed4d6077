/** Gets the public data, the leaf of the log that fixed the draw, and what the page shows, and has the data checked in a worker. */
import { api, ApiFailure } from '../../../core/api';
import { fixedBy, type Fixed } from './ledger';
import type { Outcome, Progress } from './rederive';
import { firstDiffering } from './shown';
import type { Report, Task } from './worker';

/** `fixed`: null where the log has no leaf of the draw, or did not give it. `differs`: the first slot whose list on the page is another. */
export interface Answer { outcome: Outcome; fixed: Fixed | null; differs: number | null; ms: number }

/** `signal` ends the worker. */
export async function ask(tell: (progress: Progress) => void, signal: AbortSignal): Promise<Answer> {
  const answer = await once(tell, signal);
  // A slot or an override that came between the two answers differs once; a list that is another differs again.
  return answer.differs === null ? answer : once(tell, signal);
}

async function once(tell: (progress: Progress) => void, signal: AbortSignal): Promise<Answer> {
  // Asked anew: the day may have changed since the page last looked.
  const [shown, response] = await Promise.all([api.portDraw(), fetch(api.portBundle, { credentials: 'same-origin', cache: 'no-store', signal })]);
  if (!response.ok) throw new ApiFailure(response.status, {});
  const bytes = new Uint8Array(await response.arrayBuffer());
  const fixed = shown === null || shown.leaf === null ? null : await leafOf(shown.leaf);
  const began = performance.now();
  // A leaf that names no draw commits to nothing that could agree.
  const expected = fixed === null ? (shown?.commitment ?? null) : (fixed.commitment ?? '');
  const outcome = await inWorker({ bytes, expected }, tell, signal);
  const differs = shown && outcome.draw ? firstDiffering(shown, outcome.draw) : null;
  return { outcome, fixed, differs, ms: performance.now() - began };
}

/** Without the leaf the picks can still be derived; that it was not checked is said. */
async function leafOf(leaf: number): Promise<Fixed | null> {
  try {
    const [entry, head] = await Promise.all([api.logEntry(leaf), api.logHead()]);
    return await fixedBy(entry, head.public_key);
  } catch (cause) {
    if (cause instanceof ApiFailure) return null;
    throw cause;
  }
}

function inWorker(task: Task, tell: (progress: Progress) => void, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    const end = (act: () => void): void => {
      worker.terminate();
      signal.removeEventListener('abort', stop);
      act();
    };
    const stop = (): void => end(() => reject(new DOMException('stopped', 'AbortError')));
    signal.addEventListener('abort', stop);
    // A worker that does not start, or runs out of memory, has found nothing out: neither that the draw holds nor that it does not.
    worker.onerror = (event) => end(() => reject(new Error(event.message)));
    worker.onmessageerror = () => end(() => reject(new Error('message')));
    worker.onmessage = ({ data }: MessageEvent<Report>) => {
      if (data.kind === 'progress') tell(data.progress);
      else if (data.kind === 'outcome') end(() => resolve(data.outcome));
      else end(() => reject(new Error(data.why)));
    };
    if (signal.aborted) stop();
    else worker.postMessage(task);
  });
}
