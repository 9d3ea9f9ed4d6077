/** Cost of an update, kept for the bench only: nothing is exposed unless the page is opened with `?bench=1`. */
const costs: number[] = [];
const on = typeof location !== 'undefined' && new URLSearchParams(location.search).get('bench') === '1';
if (on) Object.assign(globalThis, { __bitacora: { updateCost: costs } });

let started: number | null = null;

export function updateStarts(): void {
  if (on) started ??= performance.now();
}
export function updateEnds(): void {
  if (started === null) return;
  costs.push(performance.now() - started);
  started = null;
}
