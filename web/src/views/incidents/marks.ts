/** The shape of an incident's status; the word always stands beside it. */
import type { IncidentStatus } from '../../core/exchange';
import type { Mark } from '../exchange/wording';

export const STATUS_MARK: Record<IncidentStatus, Mark> = {
  alleged: { icon: 'diamond', tone: 'warn' }, corroborated: { icon: 'half-diamond', tone: 'warn' }, verified: { icon: 'tick', tone: 'stop' },
  disputed: { icon: 'half-disc', tone: '' }, unfounded: { icon: 'dashed-diamond', tone: '' },
};
