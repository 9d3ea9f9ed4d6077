/** The verifier in a thread of its own, so that a long list does not hold up the page. Fetches nothing: it is given the document. */
import { rederive, type Outcome, type Progress } from './rederive';

export interface Task { bytes: Uint8Array; expected: string | null }
export type Report = { kind: 'progress'; progress: Progress } | { kind: 'outcome'; outcome: Outcome } | { kind: 'stopped'; why: string };

/** Between two reports of progress. */
const TELL_MS = 80;

/** The page's types know windows, not workers. */
interface Scope { onmessage: ((event: MessageEvent<Task>) => void) | null; postMessage(report: Report): void }
const scope = globalThis as unknown as Scope;

scope.onmessage = ({ data }) => {
  let last = 0;
  rederive(data.bytes, data.expected, (progress) => {
    const now = performance.now();
    if (progress.done > 0 && now - last < TELL_MS) return;
    last = now;
    scope.postMessage({ kind: 'progress', progress });
  }).then(
    (outcome) => scope.postMessage({ kind: 'outcome', outcome }),
    (cause: unknown) => scope.postMessage({ kind: 'stopped', why: String(cause) }),
  );
};
