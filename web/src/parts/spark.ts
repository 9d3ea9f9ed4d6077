/** Geometry of the bars of a flow's last four hours and of the instant at which it was stopped. */

export interface Bar { x: number; y: number; width: number; height: number }
export const SPARK = { width: 120, height: 20, binMs: 5 * 60_000 } as const;

/** One bar a bin, on the flow's own scale; an empty bin draws nothing. */
export function sparkBars(bins: readonly number[], most: number): Bar[] {
  const step = SPARK.width / Math.max(1, bins.length);
  return bins.flatMap((count, i) => {
    if (count <= 0 || most <= 0) return [];
    const height = Math.max(2, (count / most) * (SPARK.height - 2));
    return [{ x: i * step, y: SPARK.height - height, width: Math.max(1, step - 0.7), height }];
  });
}

/** Where on the spark the stop stands; null when it lies before its four hours or ahead of them. */
export function sparkStop(bins: number, stopped: number, now: number): number | null {
  const span = bins * SPARK.binMs;
  const at = SPARK.width * (1 - (now - stopped) / span);
  if (!Number.isFinite(at) || at > SPARK.width) return null;
  return Math.max(0, at);
}
