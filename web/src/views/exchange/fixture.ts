/** Invented agreement, flows and log for the tests of this folder. Never part of the page: only tests read it. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { AgreementView, ExchangeLeafProof, FlowView, StopPreview, SuspensionView } from '../../core/exchange';

const text = (s: string): { es: string; en: string } => ({ es: s, en: s });

export function flow(over: Partial<FlowView> = {}): FlowView {
  return {
    clause: '3.1', from: 'CO', to: 'US', items: ['lead'], title: text('Sea leads'), areas: ['a2'], purposes: ['seizure', 'arrest'], standing: true,
    officers: 1, delay_s: 0, grid_m: 0, cut: [], per_day: null, today: 0, spark: [], sent_24h: 0, sent_since_stop: 0, held: 0, in_flight: 0,
    receipt_lag_s: null, state: 'flowing', exception: null, stopped_by: null, ...over,
  };
}
export const FLOWS: FlowView[] = [
  flow({ clause: '4.1', from: 'US', to: 'CO' }),
  flow(), flow({ clause: '3.2', items: ['track'], areas: ['a2', 'a3'], purposes: ['seizure'] }),
  flow({ clause: '9.1', items: ['distress'], areas: [], purposes: ['rescue'], exception: 'safety_of_life' }),
];
export const agreementOf = (over: Partial<AgreementView> = {}): Pick<AgreementView, 'flows' | 'suspensions' | 'state'> & AgreementView =>
  ({ flows: FLOWS, suspensions: [], state: 'flowing', ...over }) as AgreementView;

export function suspension(over: Partial<SuspensionView>): SuspensionView {
  return {
    id: 'S-1', by: 'CO', scope: { from: 'CO', to: 'US', items: [], areas: [], purposes: [] }, exceptions: ['9.1'], reason: text('r'),
    condition: { text: text('c'), rule: null, progress: null }, incident: null, officers: [], leaf: 1, declared: '2026-03-01T00:00:00Z',
    gate_closed: '2026-03-01T00:00:00Z', gate_closed_ms: 1, leaf_durable: null, partner_informed: null, proven_by: null, resumptions: [], ended: null, ...over,
  };
}
export const PREVIEW: StopPreview = {
  stops: [{ clause: '3.1', title: text('Sea leads'), in_flight: 1 }], stays: [{ clause: '9.1', title: text('Distress'), exception: 'safety_of_life', removable: false }],
  untouched: [{ clause: '3.1', from: 'US', to: 'CO', title: text('Sea leads') }], queued_held: 0, lease_ends_within_s: 900,
  cost: { given: [], received: [], leads: 0, boardings: 0, seizures: 0, in_progress: [] },
};

const sha = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
interface Key { name: string; id: Buffer; secret: KeyObject; vkey: string }
function makeKey(name: string, type: 1 | 4): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const typed = Buffer.concat([Buffer.of(type), publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)]);
  const id = sha(Buffer.from(`${name}\n`), typed).subarray(0, 4);
  return { name, id, secret: privateKey, vkey: `${name}+${id.toString('hex')}+${typed.toString('base64')}` };
}
const line = (key: Key, signature: Buffer): string => `— ${key.name} ${Buffer.concat([key.id, signature]).toString('base64')}\n`;

export const ORIGIN = 'bitacora/CO-US-MAR/CO';
export const RECORD = '{"body":{"payload":"eyJraW5kIjoicmVsZWFzZSJ9"},"kind":"release","salt":"00ff"}';
const LOG_KEY = makeKey(ORIGIN, 1);
export const PARTNER = makeKey('bitacora/CO-US-MAR/US', 4);
export const WITNESS = makeKey('witness.example/oversight', 4);

/** A note of type 0x04 as tlog-cosignature lays it out: u64 seconds, then the signature over prefix, time and text. */
export function cosign(key: Key, checkpoint: string, seconds: bigint, said = seconds): string {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(said);
  return line(key, Buffer.concat([time, sign(null, Buffer.from(`cosignature/v1\ntime ${seconds}\n${checkpoint}`), key.secret)]));
}

/** The second of two leaves, under a checkpoint signed by the log, the partner (at 1000 s) and a witness (at 1003 s). */
export function signedLeaf(): ExchangeLeafProof {
  const leaf = sha(Buffer.of(0), sha(Buffer.from(RECORD)));
  const sibling = Buffer.alloc(32, 7);
  const root = sha(Buffer.of(1), sibling, leaf);
  const checkpoint = `${ORIGIN}\n2\n${root.toString('base64')}\n`;
  return {
    index: 1, recorded: '2026-03-01T00:00:00Z', kind: 'release', what: '', clause: '3.1', leaf_hash: leaf.toString('hex'), cosigned: [], decision: null,
    record: RECORD, proof: { size: 2, root: root.toString('hex'), path: [sibling.toString('hex')] },
    checkpoint: `${checkpoint}\n${line(LOG_KEY, sign(null, Buffer.from(checkpoint), LOG_KEY.secret))}${cosign(PARTNER, checkpoint, 1000n)}${cosign(WITNESS, checkpoint, 1003n)}`,
    keys: [LOG_KEY.vkey, PARTNER.vkey, WITNESS.vkey],
  };
}
