import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { signed, vrfValue } from './curve';
import { hexOf, prover, tried } from './fixture';

// RFC 9381, appendix B.3, examples 16, 17 and 18: secret key, public key, input, proof, value.
const VECTORS = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', '',
    '8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f26f8a57ccaed74ee1b190bed1f479d9727d2d0f9b005a6e456a35d4fb0daab1268a1b0db10836d9826a528ca76567805',
    '90cf1df3b703cce59e2a35b925d411164068269d7b2d29f3301c03dd757876ff66b71dda49d2de59d03450451af026798e8f81cd2e333de5cdf4f3e140fdd8ae',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', '72',
    'f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed5933bf0864a62558b3ed7f2fea45c92a465301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02',
    'eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb5e33821bc613efb94db5e5b54c70a848a0bef4553a41befc57663b56373a5031',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7', 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', 'af82',
    '9bc0f79119cc5604bf02d23b4caede71393cedfbb191434dd016d30177ccbf8096bb474e53895c362d8628ee9f9ea3c0e52c7a5c691b6c18c9979866568add7a2d41b00b05081ed0f58ee5e31b3a970e',
    '645427e5d00c62a23fb703732fa5d892940935942101e456ecca7bb217c61c452118fec1219202a0edcf038bb6373241578be7217ba85a2687f7a0310b2df19f',
  ],
] as const;
const flipped = (hex: string, at: number, bit: number): string => {
  const byte = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16) ^ (1 << bit);
  return hex.slice(0, 2 * at) + byte.toString(16).padStart(2, '0') + hex.slice(2 * at + 2);
};

describe('ECVRF-EDWARDS25519-SHA512-TAI', () => {
  it.each(VECTORS)('gives the value of RFC 9381 (key %#)', (_, key, input, proof, value) => expect(vrfValue(key, hexOf(input), proof)).toBe(value));
  it.each(VECTORS)('refuses a proof, a key or an input that differs by a bit (key %#)', (_, key, input, proof) => {
    const held: string[] = [];
    for (let at = 0; at < 80; at += 1) if (vrfValue(key, hexOf(input), flipped(proof, at, at % 8)) !== null) held.push(`proof ${at}`);
    for (let at = 0; at < 32; at += 1) if (vrfValue(flipped(key, at, at % 8), hexOf(input), proof) !== null) held.push(`key ${at}`);
    if (vrfValue(key, hexOf(`${input}00`), proof) !== null) held.push('input');
    expect(held).toEqual([]);
  });
  it('refuses a response that is the same number in another form', () => {
    const [, key, input, proof] = VECTORS[0];
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = BigInt(`0x${proof.slice(96).match(/../g)!.reverse().join('')}`) + order;
    const more = s.toString(16).padStart(64, '0').match(/../g)!.reverse().join('');
    expect(vrfValue(key, hexOf(input), proof.slice(0, 96) + more)).toBeNull();
  });
  it('refuses the neutral key, under which anybody could prove a value', () => {
    const key = hexOf(`01${'00'.repeat(31)}`), input = new Uint8Array([7]), h = tried(key, input), nonce = 5n;
    const points = concatBytes(key, h.toBytes(), key, ed25519.Point.BASE.multiply(nonce).toBytes(), h.multiply(nonce).toBytes());
    const challenge = sha512(concatBytes(Uint8Array.of(3, 2), points, Uint8Array.of(0))).subarray(0, 16);
    expect(vrfValue(bytesToHex(key), input, bytesToHex(concatBytes(key, challenge)) + `05${'00'.repeat(31)}`)).toBeNull();
  });
  it.each(['01', 'ec', 'ed', 'ee'])('refuses a key of small order or in another form (%s)', (first) => {
    const proof = VECTORS[0][3];
    for (const rest of ['00'.repeat(31), `${'00'.repeat(30)}80`, `${'ff'.repeat(30)}7f`, 'ff'.repeat(31)]) expect(vrfValue(first + rest, new Uint8Array(), proof)).toBeNull();
  });
  it('the prover of the tests makes the proofs of RFC 9381', () =>
    expect(VECTORS.map(([secret, , input]) => prover(hexOf(secret)).prove(input === '72' ? 'r' : ''))[1]).toBe(VECTORS[1][3]));
});

describe('Ed25519', () => {
  // RFC 8032, section 7.1, test 2: the message is one byte, `r`.
  const key = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
  const signature = '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
  it('holds for the vector of RFC 8032', () => expect(signed(key, 'r', signature)).toBe(true));
  it('and for nothing that differs by a bit', () => {
    const held = Array.from({ length: 64 }, (_, at) => at).filter((at) => signed(key, 'r', flipped(signature, at, at % 8)));
    expect(held).toEqual([]);
    expect(signed(key, 's', signature)).toBe(false);
    expect(signed(flipped(key, 3, 1), 'r', signature)).toBe(false);
  });
  it('refuses a key of small order, under which anybody could sign', () => {
    const neutral = `01${'00'.repeat(31)}`;
    expect(signed(neutral, 'r', neutral + '00'.repeat(32))).toBe(false);
  });
});
