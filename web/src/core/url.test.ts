import { describe, expect, it } from 'vitest';
import { DEFAULTS, format, parse, type PageState } from './url.svelte';

const FULL: PageState = {
  view: 'guard', lead: 'ld-7', vessel: 299107919, event: 'ev 1/ñ', leaf: 12, t: Date.UTC(2026, 10, 21, 16, 0, 9), play: 60, win: 12,
  camera: { lat: 12.5, lon: -77.25, zoom: 6.5 }, follow: true, labels: true, rings: true, measure: [{ lat: 9.8015, lon: -77.648 }, { lat: 12, lon: -80 }],
  q: 'orión & co', classes: ['cargo', 'unknown'], minKn: 0, maxKn: 22.5, kinds: ['gap', 'encounter'], states: ['new'], about: ['container'], sort: 'oldest',
  palette: 'night', lang: 'en', position: 'dms', time: 'dtg', extra: { w_kind: 'note' },
};

describe('the URL is the state', () => {
  it('comes back whole', () => expect(parse(format(FULL))).toEqual(FULL));
  it('is empty for the defaults', () => {
    expect(format(DEFAULTS)).toBe('#');
    expect(parse('')).toEqual(DEFAULTS);
  });
  it('keeps an empty measure apart from none', () => expect(parse(format({ ...DEFAULTS, measure: [] })).measure).toEqual([]));
  it('is the same for the same state', () => expect(format(parse(format(FULL)))).toBe(format(FULL)));
  it('ignores what it does not understand', () => {
    const s = parse('#view=moon&pal=pink&lang=fr&c=99,0,5&min=-4&win=9999&vessel=x&class=cargo,submarine&t=yesterday&play=1e9');
    expect(s).toEqual({ ...DEFAULTS, classes: ['cargo'] });
  });
  it('never keeps a sign-in token in the next link', () => {
    const s = parse('#signin=SECRET');
    expect(s.view).toBe('signin');
    expect(format(s)).not.toContain('SECRET');
  });
  it('takes a fragment written as a path', () => expect(parse('#/view=log&leaf=12').leaf).toBe(12));
});
