/**
 * Which vintages of which methods stand as columns, and which cell of a row stands in each. Verdicts are the node's; here
 * is only chosen what is shown at one look, and nothing that is left out is lost: the explanation below lists all.
 */
import type { Cell, End, MatrixRow, Verdict, Vintage } from '../../core/accounts';

/** How a column finds its cell: at one vintage for all rows, or by the row's own first, changed and last ones. */
export type Slot = { kind: 'vintage'; vintage: Vintage } | { kind: 'first' } | { kind: 'change'; nth: number } | { kind: 'last' };
export interface Column { method: string; slot: Slot; firstOfMethod: boolean }
export interface Shown {
  cell: Cell | null;
  /** The cell was known before the column's vintage and still stood then. */
  carried: boolean;
  /** Nothing of this row was published by then, but was later. */
  later: boolean;
  /** The row has figures by this method, and no other verdict to show here than its last. */
  same: boolean;
}
export type MarkName = Verdict | 'pending' | 'same' | 'absent';

export const UNDATED = 'unknown';
/** A cell that rests on no figure has no vintage: it says why the method gives no verdict. */
export const isDated = (cell: Cell): boolean => cell.vintage !== '-';
/** Most vintages of one method that stand side by side as they are. */
const MOST = 4;

/** Months and years stand before the days in them; what has no date stands last. */
export function byVintage(a: Vintage, b: Vintage): number {
  if (a === b) return 0;
  if (a === UNDATED) return 1;
  if (b === UNDATED) return -1;
  return a < b ? -1 : 1;
}

export const rowKey = (row: MatrixRow): string => (row.baseline ? `${row.commitment}~${row.baseline.label}` : row.commitment);

/** The cells of a method in the order in which they became known, at one end of the published intervals. */
export function cellsOf(row: MatrixRow, method: string, end: End): Cell[] {
  const mine = row.cells.filter((cell) => cell.method === method && isDated(cell));
  const vintages = [...new Set(mine.map((cell) => cell.vintage))].sort(byVintage);
  return vintages.flatMap((vintage) => {
    const here = mine.filter((cell) => cell.vintage === vintage);
    // Where no interval was published the point stands for both ends.
    const one = here.find((cell) => cell.end === end) ?? here.find((cell) => cell.end === 'point') ?? here[0];
    return one ? [one] : [];
  });
}

/** Cells at which the verdict is another than at the one before. */
export function changesOf(cells: readonly Cell[]): Cell[] {
  return cells.filter((cell, i) => i > 0 && cells[i - 1]?.verdict !== cell.verdict);
}

function inner(cells: readonly Cell[]): Cell[] {
  const [first, last] = [cells[0], cells.at(-1)];
  return changesOf(cells).filter((cell) => cell !== first && cell !== last);
}

function slotsOf(rows: readonly MatrixRow[], method: string, end: End, most: number): Slot[] {
  const lists = rows.map((row) => cellsOf(row, method, end)).filter((cells) => cells.length > 0);
  const vintages = [...new Set(lists.flatMap((cells) => cells.map((cell) => cell.vintage)))].sort(byVintage);
  if (vintages.length <= Math.min(most, MOST)) return vintages.map((vintage) => ({ kind: 'vintage', vintage }));
  if (most <= 1 || lists.every((cells) => cells.length === 1)) return [{ kind: 'last' }];
  const between = Math.min(most - 2, Math.max(0, ...lists.map((cells) => inner(cells).length)));
  return [{ kind: 'first' }, ...Array.from({ length: between }, (_, nth): Slot => ({ kind: 'change', nth })), { kind: 'last' }];
}

/** As many columns as have room: four a method at most, then three, two, and at last the newest alone. */
export function columnsOf(rows: readonly MatrixRow[], methods: readonly string[], end: End, room: number): Column[] {
  let columns: Column[] = [];
  for (const most of [MOST, 3, 2, 1]) {
    columns = methods.flatMap((method) => slotsOf(rows, method, end, most).map((slot, i) => ({ method, slot, firstOfMethod: i === 0 })));
    if (columns.length <= room) break;
  }
  return columns;
}

const NOTHING: Shown = { cell: null, carried: false, later: false, same: false };
/** A cell alone, outside the columns. */
export const alone = (cell: Cell): Shown => ({ ...NOTHING, cell });
const orSame = (cell: Cell | undefined): Shown => (cell ? alone(cell) : { ...NOTHING, same: true });

export function shownIn(row: MatrixRow, column: Column, end: End): Shown {
  const cells = cellsOf(row, column.method, end);
  if (cells.length === 0) {
    const none = row.cells.find((cell) => cell.method === column.method && !isDated(cell));
    return none ? alone(none) : NOTHING;
  }
  const { slot } = column;
  if (slot.kind === 'first') return orSame(cells.length > 1 ? cells[0] : undefined);
  if (slot.kind === 'last') return orSame(cells.at(-1));
  if (slot.kind === 'change') return orSame(inner(cells)[slot.nth]);
  const exact = cells.find((cell) => cell.vintage === slot.vintage);
  if (exact) return alone(exact);
  if (slot.vintage === UNDATED) return NOTHING;
  const before = cells.filter((cell) => cell.vintage !== UNDATED && byVintage(cell.vintage, slot.vintage) < 0).at(-1);
  return before ? { ...alone(before), carried: true } : { ...NOTHING, later: cells.some((cell) => cell.vintage !== UNDATED) };
}

/** "Not yet published" is told apart from "does not apply": only the first may still become a verdict. */
export function markOf(shown: Shown): MarkName {
  const { cell } = shown;
  if (!cell) return shown.later ? 'pending' : shown.same ? 'same' : 'absent';
  if (cell.verdict === 'met' || cell.verdict === 'missed') return cell.verdict;
  if (cell.mark === 'not_yet') return 'pending';
  return cell.mark === 'does_not_apply' ? 'absent' : cell.verdict;
}

/** Vintages that the columns do not show, so that the row can say that there are more. */
export function hiddenOf(row: MatrixRow, columns: readonly Column[], end: End): number {
  const seen = new Set(columns.flatMap((column) => {
    const { cell } = shownIn(row, column, end);
    return cell ? [`${cell.method} ${cell.vintage}`] : [];
  }));
  return [...new Set(row.cells.filter(isDated).map((cell) => `${cell.method} ${cell.vintage}`))].filter((key) => !seen.has(key)).length;
}

/** Rows of one reading of the baseline; promises without one do not depend on it. */
export function rowsOf(groups: readonly { rows: MatrixRow[] }[], base: string | null): MatrixRow[] {
  return groups.flatMap((group) => group.rows).filter((row) => base === null || row.baseline === null || row.baseline.label === base);
}
export function baselinesOf(groups: readonly { rows: MatrixRow[] }[]): string[] {
  return [...new Set(groups.flatMap((group) => group.rows.flatMap((row) => (row.baseline ? [row.baseline.label] : []))))].sort();
}

/** Where the arrow keys lead from a place in a table of so many rows and columns; null leaves the key to others. */
export function stepTo(key: string, at: { row: number; column: number }, rows: number, columns: number): { row: number; column: number } | null {
  const clamp = (n: number, last: number): number => Math.max(0, Math.min(last, n));
  switch (key) {
    case 'ArrowUp': return { row: clamp(at.row - 1, rows - 1), column: at.column };
    case 'ArrowDown': return { row: clamp(at.row + 1, rows - 1), column: at.column };
    case 'ArrowLeft': return { row: at.row, column: clamp(at.column - 1, columns - 1) };
    case 'ArrowRight': return { row: at.row, column: clamp(at.column + 1, columns - 1) };
    case 'PageUp': return { row: clamp(at.row - 8, rows - 1), column: at.column };
    case 'PageDown': return { row: clamp(at.row + 8, rows - 1), column: at.column };
    case 'Home': return { row: at.row, column: 0 };
    case 'End': return { row: at.row, column: columns - 1 };
    default: return null;
  }
}
