import { describe, expect, it } from 'vitest';
import type { Incident } from '../../core/exchange';
import { awaitsSignature, EMPTY, isGrading, ordered, readDraft, type Draft } from './incidents';

const incident = (id: string, at: string, history: Incident['history'] = []): Incident => ({
  id, number: id, kind: 'strike', at, text: { es: '', en: '' }, lat: null, lon: null, dead: null, injured: null, status: 'alleged', sources: [], history, cited_by: [],
});
const officer = { id: 'o', name: 'O', role: 'release' as const };
const change = (what: Incident['history'][number]['what'], by: typeof officer | null): Incident['history'][number] =>
  ({ at: '', what, status: 'corroborated', officer: by, note: '', leaf: null });

describe('the register', () => {
  it('a machine\'s proposal awaits a signature until an officer signs', () => {
    expect(awaitsSignature(incident('a', '', [change('proposed', null)]))).toBe(true);
    expect(awaitsSignature(incident('a', '', [change('proposed', null), change('status_changed', officer)]))).toBe(false);
    expect(awaitsSignature(incident('a', ''))).toBe(false);
  });
  it('shows what awaits a signature first, then the newest', () => {
    const all = [incident('old', '2026-01-01'), incident('new', '2026-02-01'), incident('asks', '2025-01-01', [change('proposed', null)])];
    expect(ordered(all).map((i) => i.id)).toEqual(['asks', 'new', 'old']);
  });
});

describe('a report', () => {
  const DRAFT: Draft = { ...EMPTY, at: '2026-11-09 04:20Z', text: { es: 'uno', en: 'one' }, source: 'Coast guard', grading: 'b2', position: '13°10′N 074°52′W' };
  it('is read into what the node takes', () => {
    const read = readDraft(DRAFT);
    expect(read).toMatchObject({ at: '2026-11-09T04:20:00.000Z', grading: 'B2', dead: null, injured: null, source: { name: 'Coast guard', published: null } });
    expect((read as { lat: number }).lat).toBeCloseTo(13.1667, 3);
  });
  it('missing is not zero', () => {
    expect(readDraft({ ...DRAFT, dead: '0' })).toMatchObject({ dead: 0, injured: null });
  });
  it.each([
    [{ at: 'yesterday' }, 'badTime'], [{ published: '32/13' }, 'badTime'], [{ position: '99 999' }, 'badPosition'], [{ dead: '-1' }, 'badNumber'],
    [{ injured: '1.5' }, 'badNumber'], [{ grading: 'G7' }, 'badGrading'], [{ text: { es: 'uno', en: ' ' } }, 'missing'], [{ source: '' }, 'missing'],
  ] as const)('refuses %j as %s', (over, why) => expect(readDraft({ ...DRAFT, ...over })).toBe(why));
  it('grades sources A to F and information 1 to 6', () => {
    expect(['A1', 'f6', ' C3 '].every(isGrading)).toBe(true);
    expect(['A0', 'A7', 'G1', 'A', '11', 'A11'].some(isGrading)).toBe(false);
  });
});
