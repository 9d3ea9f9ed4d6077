/** Changes by hand: two officers of the commitment signed each, and none stands twice. They never change a pick. */
import { signed } from './curve';
import { canonical, type Published } from './document';
import { FORMAT } from './terms';
import { need } from './wrong';

export function checkOverrides(draw: Published, hash: string, tell: () => void): void {
  const keys = new Map(draw.commitment.officers.map(({ officer, key }) => [officer, key]));
  const seen = new Set<string>();
  draw.overrides.forEach(({ action, container, reason, signatures, slot }, override) => {
    const name = `${slot} ${action} ${container}`;
    need(!seen.has(name), 'overrides', 'repeated', { override, container });
    seen.add(name);
    need(signatures[0]!.officer < signatures[1]!.officer, 'overrides', 'two_officers', { override, container });
    const text = canonical({ action, commitment: hash, container, format: FORMAT, reason, slot });
    for (const { officer, signature } of signatures) {
      const key = keys.get(officer);
      need(key !== undefined, 'overrides', 'officer', { override, container });
      need(signed(key, text, signature), 'overrides', 'signature', { override, container });
    }
    tell();
  });
}
