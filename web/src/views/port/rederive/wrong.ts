/**
 * What a published draw can fail at: the step, the fault as a code, and the place. Words stand in the message tables;
 * here are codes and numbers only.
 */
export const STEPS = ['text', 'commitment', 'list', 'rounds', 'shares', 'picks', 'overrides'] as const;
export type StepName = (typeof STEPS)[number];

export const FAULTS = [
  'too_large', 'not_json', 'canonical', 'members', 'number', 'characters', 'too_many',
  'version', 'bodies', 'officers', 'hash', 'other_hash',
  'count', 'order', 'marginal', 'capacity', 'incoming', 'root',
  'beacon_key', 'round_chain', 'round_order', 'round_parts', 'round_signature',
  'slot_order', 'attempt', 'round_missing', 'share_order', 'share', 'picks',
  'repeated', 'two_officers', 'officer', 'signature',
] as const;
export type Fault = (typeof FAULTS)[number];

/** Where it fails; only what applies is there. `path` leads to a member of the document. */
export interface Place {
  path?: string; slot?: number; attempt?: number; round?: number; body?: string; party?: number; container?: string;
  /** Place among the overrides, from 0. */
  override?: number;
}

export class Wrong extends Error {
  constructor(readonly step: StepName, readonly fault: Fault, readonly place: Place = {}) {
    super(`${step}: ${fault} ${JSON.stringify(place)}`);
  }
}

export function need(holds: boolean, step: StepName, fault: Fault, place: Place = {}): asserts holds {
  if (!holds) throw new Wrong(step, fault, place);
}
