/** Flows grouped by direction, ours first. Order only; what flows is the node's word. */
import type { FlowView, Purpose } from '../../core/exchange';

export interface FlowGroup { from: string; to: string; purposes: Purpose[]; flows: FlowView[] }

export function byDirection(flows: readonly FlowView[], me: string): FlowGroup[] {
  const groups = new Map<string, FlowGroup>();
  for (const flow of flows) {
    const key = `${flow.from} ${flow.to}`;
    const group = groups.get(key) ?? { from: flow.from, to: flow.to, purposes: [], flows: [] };
    group.flows.push(flow);
    // An exception has a purpose of its own; the heading speaks of what the agreement is for.
    if (flow.exception === null) for (const p of flow.purposes) if (!group.purposes.includes(p)) group.purposes.push(p);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => Number(b.from === me) - Number(a.from === me));
}
