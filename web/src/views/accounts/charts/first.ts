/** Which indicators stand beside the matrix before an officer chooses: those with rivals, most figures first. */
import type { Indicator } from '../../../core/accounts';

export function firstCharts(indicators: readonly Indicator[], most = 2): string[] {
  const rivals = indicators.filter((i) => i.methods.length > 1);
  const order = new Map(indicators.map((one, i) => [one.id, i]));
  const chosen = [...(rivals.length > 0 ? rivals : indicators)].sort((a, b) => b.figures - a.figures).slice(0, most);
  return chosen.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0)).map((one) => one.id);
}
