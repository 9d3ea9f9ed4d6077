/** What stands of what the node told: the newest of each id. Keeps no state. */
import type { BehaviourEvent } from './model';

/** Facts are never edited: a later revision stands in the place of the earlier one. */
export function newestRevisions<T extends { id: string; revision: number }>(old: readonly T[], more: readonly T[]): T[] {
  const byId = new Map(old.map((x) => [x.id, x]));
  for (const x of more) {
    const known = byId.get(x.id);
    if (!known || x.revision >= known.revision) byId.set(x.id, x);
  }
  return [...byId.values()];
}

/** As they are told: what is provisional gives way to whatever comes next, and what is withdrawn is gone. */
export function standing(old: readonly BehaviourEvent[], told: readonly BehaviourEvent[]): BehaviourEvent[] {
  const byId = new Map(old.map((e) => [e.id, e]));
  for (const e of told) {
    const known = byId.get(e.id);
    const older = known !== undefined && !known.provisional && !e.provisional && e.revision < known.revision;
    if (older) continue;
    if (e.withdrawn) byId.delete(e.id);
    else byId.set(e.id, e);
  }
  return [...byId.values()];
}
