/**
 * Arrow keys over the rows of a table: one row is in the tab order, arrows, Home, End and Page keys move, Enter opens
 * the row's main link. Never selects by itself.
 */
const STEP: Record<string, (at: number, last: number) => number> = {
  ArrowDown: (at, last) => Math.min(at + 1, last),
  ArrowUp: (at) => Math.max(at - 1, 0),
  PageDown: (at, last) => Math.min(at + 12, last),
  PageUp: (at) => Math.max(at - 12, 0),
  Home: () => 0,
  End: (_, last) => last,
};

/** For the table's `onkeydown`; rows carry `data-row`, the thing that Enter opens `data-main`. */
export function rowKeys(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  if (!(event.target instanceof HTMLElement) || event.ctrlKey || event.altKey || event.metaKey) return;
  const row = event.target.closest<HTMLElement>('[data-row]');
  if (!row) return;
  if (event.key === 'Enter' && event.target === row) {
    const main = row.querySelector<HTMLElement>('[data-main]');
    if (main) {
      event.preventDefault();
      event.stopPropagation();
      main.click();
    }
    return;
  }
  const step = STEP[event.key];
  if (!step) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
  const next = rows[step(rows.indexOf(row), rows.length - 1)];
  if (next) {
    event.preventDefault();
    // The page's own keys (map pan, lead queue) must not act as well.
    event.stopPropagation();
    next.focus();
  }
}
