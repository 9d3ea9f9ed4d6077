/**
 * The verifier against values it did not make: the RFC 6962 test tree of the Certificate Transparency reference
 * code, the signed note printed in the documentation of Go's sumdb/note, and a log signed here by node:crypto.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../core/model';
import { climb, leafHash, readHash, recordLeafHash, toHex, type Bytes } from './merkle';
import { checkSignature, readCheckpoint, readNote, readVerifierKey } from './note';
import { digest, readRecord } from './record';
import { verifyEntry } from './verify';

const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOT = '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328';
const bytes = (hex: string): Bytes => new Uint8Array(Buffer.from(hex, 'hex'));
const hash = (hex: string): Bytes => readHash(hex) as Bytes;

/** [leaf, tree size, root, path] as in the reference implementation's tests. */
const PROOFS: [number, number, string, string[]][] = [
  [0, 1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', []],
  [0, 8, ROOT, [
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ]],
  [5, 8, ROOT, [
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]],
  [2, 3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77', [
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  ]],
  [1, 5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4', [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  ]],
];

describe('inclusion', () => {
  it.each(PROOFS)('leaf %i of %i reaches the known root', async (index, size, root, path) => {
    const leaf = await leafHash(bytes(LEAVES[index] ?? ''));
    const steps = await climb(leaf, index, size, path.map(hash));
    expect(steps).not.toBeNull();
    expect(toHex(steps?.at(-1)?.result ?? leaf)).toBe(root);
  });

  it('a changed record, place or sibling never reaches the root', async () => {
    const [, size, root, path] = PROOFS[2] as [number, number, string, string[]];
    const reach = async (data: string, index: number, siblings: string[]): Promise<string | null> => {
      const steps = await climb(await leafHash(bytes(data)), index, size, siblings.map(hash));
      return steps === null ? null : toHex(steps.at(-1)?.result ?? new Uint8Array());
    };
    expect(await reach('40414243', 5, path)).toBe(root);
    expect(await reach('40414244', 5, path)).not.toBe(root);
    expect(await reach('40414243', 4, path)).not.toBe(root);
    expect(await reach('40414243', 5, [...path].reverse())).not.toBe(root);
  });

  it('a path of the wrong length or a place outside the tree is refused', async () => {
    const leaf = await leafHash(bytes(''));
    const path = (PROOFS[1]?.[3] ?? []).map(hash);
    expect(await climb(leaf, 0, 8, path.slice(1))).toBeNull();
    expect(await climb(leaf, 0, 8, [...path, ...path.slice(0, 1)])).toBeNull();
    for (const [index, size] of [[8, 8], [-1, 8], [0, 0], [0.5, 8], [Number.NaN, 8]] as const) {
      expect(await climb(leaf, index, size, path)).toBeNull();
    }
  });

  it('a log past 2^32 leaves keeps its place arithmetic exact', async () => {
    const leaf = await leafHash(bytes('00'));
    // The last leaf of 2^33 + 1 leaves has one sibling: the root of all the others.
    const steps = await climb(leaf, 2 ** 33, 2 ** 33 + 1, [hash(ROOT)]);
    expect(steps?.map((step) => step.side)).toEqual(['left']);
  });
});

describe('signed note', () => {
  const KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const NOTE = 'If you think cryptography is the answer to your problem,\n'
    + 'then you don\'t know what your problem is.\n\n'
    + '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

  it('the note printed in the documentation holds, and an edited one does not', async () => {
    const key = await readVerifierKey(KEY);
    const note = readNote(NOTE);
    expect(await checkSignature(note!, key!)).toBe('holds');
    expect(await checkSignature(readNote(NOTE.replace('your problem,', 'his problem,'))!, key!)).toBe('broken');
  });

  it('a key whose id does not belong to it is refused', async () => {
    expect(await readVerifierKey(KEY.replace('c74f20a3', 'c74f20a4'))).toBeNull();
    expect(await readVerifierKey('nonsense')).toBeNull();
  });

  it('text without signatures, or a size with a leading zero, is no checkpoint', () => {
    expect(readNote('origin\n1\nAAAA\n')).toBeNull();
    expect(readCheckpoint(`o\n01\n${'A'.repeat(43)}=\n`)).toBeNull();
    expect(readCheckpoint(`o\n1\n${'A'.repeat(43)}=\n`)?.size).toBe(1);
  });
});

describe('a whole entry', () => {
  const RECORD = '{"action":"accept","salt":"00ff","what":"decision"}';
  const ORIGIN = 'example.org/log';
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const typed = Buffer.concat([Buffer.of(1), raw]);
  const keyId = createHash('sha256').update(`${ORIGIN}\n`).update(typed).digest().subarray(0, 4);
  const vkey = `${ORIGIN}+${keyId.toString('hex')}+${typed.toString('base64')}`;
  const sha = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

  function signedEntry(): LogEntry {
    const leaf = sha(Buffer.of(0), sha(Buffer.from(RECORD)));
    const sibling = Buffer.alloc(32, 7);
    const root = sha(Buffer.of(1), sibling, leaf);
    const text = `${ORIGIN}\n2\n${root.toString('base64')}\n`;
    const line = Buffer.concat([keyId, sign(null, Buffer.from(text), privateKey)]).toString('base64');
    return {
      index: 1, kind: 'decision', recorded: '2026-03-01T00:00:00Z', record: RECORD,
      leaf_hash: leaf.toString('hex'),
      proof: { size: 2, root: root.toString('hex'), path: [sibling.toString('hex')] },
      checkpoint: `${text}\n— ${ORIGIN} ${line}\n`,
    };
  }

  it('every link holds on an honest log', async () => {
    const found = await verifyEntry(signedEntry(), vkey);
    expect(found).toMatchObject({ leaf: 'holds', path: 'holds', checkpoint: 'holds', signature: 'holds', overall: 'holds' });
    expect(found.computedLeaf).toBe(toHex(await recordLeafHash(RECORD)));
  });

  it('one changed letter of the record breaks leaf and path', async () => {
    const found = await verifyEntry({ ...signedEntry(), record: RECORD.replace('accept', 'Accept') }, vkey);
    expect(found).toMatchObject({ leaf: 'broken', path: 'broken', overall: 'broken' });
  });

  it('a checkpoint of another tree never passes, even when the node names the same root twice', async () => {
    const entry = signedEntry();
    const other = entry.checkpoint!.replace('\n2\n', '\n3\n');
    expect(await verifyEntry({ ...entry, checkpoint: other }, vkey))
      .toMatchObject({ path: 'holds', checkpoint: 'broken', signature: 'broken', overall: 'broken' });
  });

  it('another log\'s key does not vouch for it', async () => {
    const key = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    expect((await verifyEntry(signedEntry(), key)).signature).toBe('broken');
  });

  it('what could not be checked is absent, not held', async () => {
    const found = await verifyEntry({ ...signedEntry(), proof: null, checkpoint: null }, null);
    expect(found).toMatchObject({ leaf: 'holds', path: 'absent', checkpoint: 'absent', signature: 'absent', overall: 'absent' });
  });
});

describe('reading a record', () => {
  const RECORD_TEXT = '{"body":{"act":{"action":"accept","lead":"x","note":"patrulla"},"officer_name":"Tte. Ejemplo"},"kind":"decision","salt":"00"}';

  it('flattens it for people without losing a member', () => {
    expect(readRecord(RECORD_TEXT)).toEqual([
      ['body.act.action', 'accept'], ['body.act.lead', 'x'], ['body.act.note', 'patrulla'], ['body.officer_name', 'Tte. Ejemplo'],
      ['kind', 'decision'], ['salt', '00'],
    ]);
    expect(readRecord('not json')).toBeNull();
  });

  it('digests who did what, and nothing from what is no record', () => {
    expect(digest(RECORD_TEXT)).toEqual({ officer: 'Tte. Ejemplo', codes: ['accept'], words: ['patrulla'] });
    expect(digest('[')).toEqual({ officer: null, codes: [], words: [] });
  });
});
