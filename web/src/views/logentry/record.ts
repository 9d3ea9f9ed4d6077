/** A canonical record flattened to names and values for reading. The proof is over the raw text, never over this. */

/** `[["kind","decision"],["body.action","accept"], …]`; null when the text is not a JSON object. */
export function readRecord(record: string): [string, string][] | null {
  let value: unknown;
  try {
    value = JSON.parse(record);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const rows: [string, string][] = [];
  flatten('', value, rows);
  return rows;
}

function flatten(path: string, value: unknown, rows: [string, string][]): void {
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    if (members.length === 0) rows.push([path, Array.isArray(value) ? '[]' : '{}']);
    for (const [name, member] of members) flatten(path ? `${path}.${name}` : name, member, rows);
    return;
  }
  rows.push([path, typeof value === 'string' ? value : JSON.stringify(value)]);
}
