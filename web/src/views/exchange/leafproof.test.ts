/**
 * Leaf, path, checkpoint and cosignatures, on a log signed here by node:crypto; and the cosignature check alone on a
 * checkpoint of a public log that a public witness cosigned, so that the judge is not ourselves.
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkCosignature, checkSignature, readNote, readVerifierKey } from '../logentry/note';
import { cosign, ORIGIN, PARTNER, RECORD, signedLeaf, WITNESS } from './fixture';
import { proofName, statementOf, tlogProof, verifyLeaf } from './leafproof';

describe('a cosignature of a public witness', () => {
  const KEY = 'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2';
  const NOTE = 'arche2025h1.staging.ct.transparency.dev\n1432088532\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n'
    + '— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n'
    + '— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==\n';

  it('holds, with the time that it states', async () => {
    const key = await readVerifierKey(KEY);
    expect(key?.type).toBe('cosignature');
    // 0x6a122120 seconds, as the eight bytes after the key id say.
    expect(await checkCosignature(readNote(NOTE)!, key!)).toEqual({ result: 'holds', at: 0x6a122120 * 1000 });
  });
  it('does not hold for another size, and proves no time then', async () => {
    const key = await readVerifierKey(KEY);
    expect(await checkCosignature(readNote(NOTE.replace('1432088532', '42'))!, key!)).toEqual({ result: 'broken', at: null });
  });
  it('is never taken for the log\'s own signature', async () => {
    const key = await readVerifierKey(KEY);
    expect(await checkSignature(readNote(NOTE)!, key!)).toBe('no_signature');
  });
});

describe('a whole leaf', () => {
  it('every link holds on an honest log, and the earliest cosignature proves the time', async () => {
    const found = await verifyLeaf(signedLeaf(), ORIGIN);
    expect(found).toMatchObject({ leaf: 'holds', path: 'holds', checkpoint: 'holds', signature: 'holds', overall: 'holds', provenBy: 1_000_000 });
    expect(found.cosigners).toEqual([
      { name: PARTNER.name, verdict: 'holds', at: 1_000_000 }, { name: WITNESS.name, verdict: 'holds', at: 1_003_000 },
    ]);
  });

  it('a cosignature whose time was moved is broken, and breaks the whole', async () => {
    const leaf = signedLeaf();
    const text = leaf.checkpoint.slice(0, leaf.checkpoint.indexOf('\n\n') + 1);
    const lines = leaf.checkpoint.split('\n').filter((l) => !l.startsWith(`— ${PARTNER.name}`)).join('\n');
    const found = await verifyLeaf({ ...leaf, checkpoint: lines + cosign(PARTNER, text, 1000n, 900n) }, ORIGIN);
    expect(found).toMatchObject({ overall: 'broken', provenBy: 1_003_000 });
    expect(found.cosigners[0]).toEqual({ name: PARTNER.name, verdict: 'broken', at: null });
  });

  it('one that is not there yet is absent, and breaks nothing', async () => {
    const leaf = signedLeaf();
    const checkpoint = leaf.checkpoint.split('\n').filter((l) => !l.startsWith(`— ${WITNESS.name}`)).join('\n');
    const found = await verifyLeaf({ ...leaf, checkpoint }, ORIGIN);
    expect(found).toMatchObject({ overall: 'holds', provenBy: 1_000_000 });
    expect(found.cosigners[1]).toEqual({ name: WITNESS.name, verdict: 'absent', at: null });
  });

  it('cosignatures prove no time for a leaf that does not hang on the tree', async () => {
    const found = await verifyLeaf({ ...signedLeaf(), record: RECORD.replace('00ff', '00fe') }, ORIGIN);
    expect(found).toMatchObject({ leaf: 'broken', overall: 'broken', provenBy: null });
    expect(found.cosigners.map((c) => c.verdict)).toEqual(['holds', 'holds']);
  });

  it('without the log\'s key it is incomplete, never held', async () => {
    const leaf = signedLeaf();
    expect((await verifyLeaf({ ...leaf, keys: leaf.keys.slice(1) }, ORIGIN)).overall).toBe('absent');
    expect((await verifyLeaf(leaf, 'bitacora/CO-US-MAR/US')).overall).not.toBe('holds');
  });

  it('a key of a kind that the page does not know leaves it incomplete', async () => {
    const leaf = signedLeaf();
    expect((await verifyLeaf({ ...leaf, keys: [...leaf.keys, 'pq.example+5893dc2c+BtMc'] }, ORIGIN)).overall).toBe('unsupported');
  });

  it('a time past the end of dates is broken, not a proof', async () => {
    const leaf = signedLeaf();
    const text = leaf.checkpoint.slice(0, leaf.checkpoint.indexOf('\n\n') + 1);
    const lines = leaf.checkpoint.split('\n').filter((l) => !l.startsWith(`— ${PARTNER.name}`)).join('\n');
    const found = await verifyLeaf({ ...leaf, checkpoint: lines + cosign(PARTNER, text, 2n ** 63n) }, ORIGIN);
    expect(found.cosigners[0]).toMatchObject({ verdict: 'broken', at: null });
  });
});

describe('the proof as a file', () => {
  it('is a tlog-proof whose parts lead from the commitment to the signed root', async () => {
    const leaf = signedLeaf();
    const file = (await tlogProof(leaf))!;
    const [head, checkpoint] = [file.slice(0, file.indexOf('\n\n')).split('\n'), file.slice(file.indexOf('\n\n') + 2)];
    expect(head[0]).toBe('c2sp.org/tlog-proof@v1');
    expect(head[2]).toBe('index 1');
    expect(checkpoint).toBe(leaf.checkpoint);
    const sha = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
    const commitment = Buffer.from(head[1]!.replace('extra ', ''), 'base64');
    expect(commitment.equals(sha(Buffer.from(RECORD)))).toBe(true);
    const root = sha(Buffer.of(1), Buffer.from(head[3]!, 'base64'), sha(Buffer.of(0), commitment));
    expect(root.toString('base64')).toBe(checkpoint.split('\n')[2]);
  });
  it('never holds the record', async () => expect(await tlogProof(signedLeaf())).not.toContain('release'));
  it('is refused when a hash cannot be read', async () => {
    const leaf = signedLeaf();
    expect(await tlogProof({ ...leaf, proof: { ...leaf.proof, path: ['xx'] } })).toBeNull();
  });
  it('has a name without slashes', () => expect(proofName(ORIGIN, 48213)).toBe('bitacora-CO-US-MAR-CO-leaf-48213.tlog-proof'));
  it('reads the statement of an envelope, and nothing from what is none', () => {
    expect(statementOf(RECORD)).toBe('{"kind":"release"}');
    expect(statementOf('{"body":{"payload":"%%"}}')).toBeNull();
    expect(statementOf('[')).toBeNull();
  });
});
