/** Cells and rows for tests: the promise of Plan Colombia as SIMCI and the United States measured it (GAO-09-71, ODC 2019). */
import type { Cell, CurvePoint, MatrixRow } from '../../core/accounts';

export function cell(change: Partial<Cell>): Cell {
  return { method: 'simci', vintage: '2019-09', end: 'point', verdict: 'met', value: '-52.3119', unit: '%', progress: null, reason: 'measured', mark: 'judged', status: 'measured', named: true, observations: [1], ...change };
}
export function row(change: Partial<MatrixRow>): MatrixRow {
  return {
    commitment: 'plan-colombia-50pct', title: { es: 'Plan Colombia', en: 'Plan Colombia' }, baseline: { label: '2000', stated: true }, first_of_commitment: true,
    target: '-50', target_high: null, unit: '%', direction: 'change', deadline: '2006-12-31', stability: 0.5, flips: ['method'], why: null,
    cells: [cell({}), cell({ method: 'us_government', vintage: '2008-10', verdict: 'missed', value: '15' })], ...change,
  };
}
export function point(year: number, value: string, change: Partial<CurvePoint> = {}): CurvePoint {
  return { year, value, low: null, high: null, status: 'measured', vintage: 'unknown', observation: year, series: 's', ...change };
}
