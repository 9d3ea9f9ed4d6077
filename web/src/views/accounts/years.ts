/** Years as runs: `1999–2002, 2007`. */
export function yearRuns(years: readonly number[]): string {
  const out: [number, number][] = [];
  for (const year of [...new Set(years)].sort((a, b) => a - b)) {
    const run = out.at(-1);
    if (run && year === run[1] + 1) run[1] = year;
    else out.push([year, year]);
  }
  return out.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(', ');
}
