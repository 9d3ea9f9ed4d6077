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

/** Who and what, for a line in a list: the officer's name and the words of the act. Codes stay codes. */
export interface Digest { officer: string | null; codes: string[]; words: string[] }

const CODES = ['action', 'what', 'format', 'reason'] as const;
const WORDS = ['lead_number', 'note', 'text', 'purpose'] as const;

export function digest(record: string): Digest {
  const out: Digest = { officer: null, codes: [], words: [] };
  let value: unknown;
  try {
    value = JSON.parse(record);
  } catch {
    return out;
  }
  const body = member(value, 'body');
  const name = member(body, 'officer_name');
  out.officer = typeof name === 'string' ? name : null;
  const act = member(body, 'act') ?? body;
  const text = (key: string): string[] => {
    const found = member(act, key);
    return typeof found === 'string' && found !== '' ? [found] : [];
  };
  out.codes = CODES.flatMap(text);
  out.words = WORDS.flatMap(text);
  return out;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
