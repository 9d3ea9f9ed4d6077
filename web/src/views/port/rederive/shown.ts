/** Whether the page's own list is the derived one: a node could publish honest data and show another list. */
import type { Derived } from './rederive';

export interface ShownSlot { n: number; state: string; picks: readonly { container: string }[] }

/**
 * The first open slot whose list differs from its derived picks with the overrides applied; null where none does. A slot that
 * only one side has yet was drawn between both answers.
 */
export function firstDiffering(shown: { slots: readonly ShownSlot[] }, derived: Derived): number | null {
  for (const slot of [...shown.slots].sort((a, b) => a.n - b.n)) {
    const own = derived.slots[slot.n];
    if (slot.state !== 'open' || !own || own.round === null) continue;
    const due = new Set(own.picks);
    // In their order, as they were signed.
    for (const { action, container } of derived.overrides.filter((o) => o.slot === slot.n)) {
      if (action === 'add') due.add(container);
      else due.delete(container);
    }
    const listed = new Set(slot.picks.map(({ container }) => container));
    if (listed.size !== due.size || [...due].some((container) => !listed.has(container))) return slot.n;
  }
  return null;
}
