import { describe, expect, it } from 'vitest';
import { destination, mercatorX, mercatorY, rangeBearing } from './geo';

describe('ellipsoid', () => {
  it('agrees with the printed Vincenty test line', () => {
    // Flinders Peak to Buninyong, GDA94 technical manual: 54 972.271 m, 306° 52' 05.37" (GRS80, below a millimetre from WGS 84).
    const from = { lat: -(37 + 57 / 60 + 3.7203 / 3600), lon: 144 + 25 / 60 + 29.5244 / 3600 };
    const to = { lat: -(37 + 39 / 60 + 10.1561 / 3600), lon: 143 + 55 / 60 + 35.3839 / 3600 };
    const r = rangeBearing(from, to);
    expect(r.nm * 1852).toBeCloseTo(54972.271, 2);
    expect(r.bearing).toBeCloseTo(306 + 52 / 60 + 5.37 / 3600, 5);
    const back = destination(from, 54972.271 / 1852, r.bearing);
    expect(back.lat).toBeCloseTo(to.lat, 7);
    expect(back.lon).toBeCloseTo(to.lon, 7);
  });
  it('has sixty miles to a degree on the equator, nearly', () => expect(rangeBearing({ lat: 0, lon: 0 }, { lat: 0, lon: 1 }).nm).toBeCloseTo(60.1077, 3));
  it('crosses the date line the short way', () => {
    const r = rangeBearing({ lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 });
    expect(r.nm).toBeCloseTo(60.1077, 3);
    expect(r.bearing).toBeCloseTo(90, 6);
  });
  it('answers for the same and for opposite points', () => {
    expect(rangeBearing({ lat: 10, lon: 20 }, { lat: 10, lon: 20 })).toEqual({ nm: 0, bearing: 0 });
    expect(rangeBearing({ lat: 0, lon: 0 }, { lat: 0.1, lon: 179.9 }).nm).toBeGreaterThan(10_700);
  });
});

it('counts the Mercator plane from the north-west corner', () => {
  expect(mercatorX(-180)).toBe(0);
  expect(mercatorX(0)).toBe(0.5);
  expect(mercatorY(0)).toBeCloseTo(0.5, 12);
  expect(mercatorY(85.05112877)).toBeCloseTo(0, 4);
});
