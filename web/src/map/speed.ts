/** Five classes of speed, each a colour and a width: slow is thin and cool. */
export const SPEED_BOUNDS: readonly number[] = [3, 8, 14, 22];
export const SPEED_WIDTHS: readonly number[] = [1.2, 1.5, 1.9, 2.4, 3];

export function speedClass(knots: number | null): number {
  if (knots === null || !Number.isFinite(knots)) return 0;
  let k = 0;
  for (const bound of SPEED_BOUNDS) if (knots >= bound) k += 1;
  return k;
}
