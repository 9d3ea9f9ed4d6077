import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../core/model';
import { fixedBy } from './ledger';

/** A leaf as a node serves it, with the log's key. */
const KEY = 'bitacora/CO-DEMO-1/own+b5601a28+AQJG5Qgn6WeiqOBeGVHa8ns4+kFy/Fx/gVYJH5Y0FtDW';
const ENTRY: LogEntry = {
  index: 0, kind: 'port_draw', recorded: '2026-03-14T00:00:00Z',
  record: '{"body":{"commitment":"baaa11805579064b45aa41310788af6809127a8522f5eb3fd493e51cb90db55f","committed":"2026-03-14T00:00:00Z","containers":219,"shift":"2026-03-14"},"kind":"port_draw","recorded":"2026-03-14T00:00:00Z","salt":"82ea5cfb8d7277f62bc5e5a6ff99fd0f"}',
  leaf_hash: '011e9497e6f2c11d13bae277fc4adbd249b1e22a045b52b04f189ce7336b76d2',
  proof: { size: 2, root: 'f204c6ea01120fecfcb2a4b9799ce9dce040873bb394eb87903f8a7fae64dc61', path: ['e4ce8fa13ec1ea13805aa92eb81a085bd376f00eebe8eb3e20da9cec3569e888'] },
  checkpoint: 'bitacora/CO-DEMO-1/own\n2\n8gTG6gESD+z8sqS5eZzp3OBAhzuzlOuHkD+Kf65k3GE=\n\n— bitacora/CO-DEMO-1/own tWAaKLiJgIolV7CFzGVBvl1XvFm1UTizqxPOfkV5wjDeJ1BZHwUV88f4JtaRek9or1LbPN0WQpGpABGfkahaMUrfHgQ=\n',
};
const COMMITMENT = 'baaa11805579064b45aa41310788af6809127a8522f5eb3fd493e51cb90db55f';

describe('the leaf that fixed a draw', () => {
  it('commits to its hash, under the log’s key', async () =>
    expect(await fixedBy(ENTRY, KEY)).toEqual({ leaf: 0, commitment: COMMITMENT, recorded: '2026-03-14T00:00:00Z', proof: 'holds' }));
  it('does not hold with another hash in it', async () => {
    const found = await fixedBy({ ...ENTRY, record: ENTRY.record.replace('baaa', 'baab') }, KEY);
    expect([found.proof, found.commitment]).toEqual(['broken', COMMITMENT.replace('baaa', 'baab')]);
  });
  it('is not said to hold without the key, or without a proof', async () => {
    expect((await fixedBy(ENTRY, null)).proof).toBe('absent');
    expect((await fixedBy({ ...ENTRY, proof: null, checkpoint: null }, KEY)).proof).toBe('absent');
  });
  it.each(['{', 'null', '{"kind":"decision","body":{"commitment":"00"}}', '{"kind":"port_draw"}'])('is none where the record is another: %s', async (record) =>
    expect((await fixedBy({ ...ENTRY, record }, KEY)).commitment).toBeNull());
});
