import { expect, test } from 'vitest';
import { eventNumbers } from './wording';

test('a place that has a name is not shown by its number', () => {
  const numbers = { duration_h: 2, anchorage: 4, confidence: 3 };
  expect(eventNumbers({ numbers, place: 'Cartagena berths' })).toEqual({ duration_h: 2, confidence: 3 });
  expect(eventNumbers({ numbers, place: null })).toEqual(numbers);
});
