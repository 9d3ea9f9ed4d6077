/** What the inbox needs to say of a claim. */
import type { ClaimMarking, ClaimNamed, ClaimSaid } from '../../core/claims';
import type { Source } from '../../messages/es';
import type { Words } from '../../messages/words';

type Inbox = Words<Source>['inbox'];

/** "TLP:AMBER+STRICT"; "no TLP" is said too, since it is no permission. */
export const tlpWord = (tlp: string | null, t: Inbox): string => (tlp === null ? t.noTlp : `TLP:${tlp.toUpperCase()}`);

/** Whoever is named, by what an officer can look up. */
export function namedWords(named: ClaimNamed): string {
  return [
    named.name, named.mmsi === null ? null : `MMSI ${named.mmsi}`, named.imo === null ? null : `IMO ${named.imo}`, named.container, named.call_sign, named.flag,
  ].filter(Boolean).join(' · ');
}

/** One line for the list: who, or the title, or the first words. */
export function subject(said: ClaimSaid, t: Inbox): string {
  const who = said.about.map(namedWords).filter(Boolean);
  return who.length > 0 ? who.join('; ') : (said.title ?? said.text ?? t.nobody);
}

/** A marking as a sentence. A handling marking without a list goes to nobody but its originator. */
export function markingWords(marking: ClaimMarking, t: Inbox): string {
  const words = ((): string => {
    if (marking.form === 'tlp') return tlpWord(marking.text, t);
    if (marking.form === 'statement') return marking.text;
    if (marking.form === 'other') return t.otherMarking(marking.text);
    return [
      t.handling.of(marking.text),
      marking.releasable_to === null ? t.handling.nobody : t.handling.to(marking.releasable_to.join(', ')),
      ...(marking.purposes.length > 0 ? [t.handling.purposes(marking.purposes.join(', '))] : []),
      ...(marking.forbidden_purposes.length > 0 ? [t.handling.forbidden(marking.forbidden_purposes.join(', '))] : []),
      ...(marking.handling_codes.length > 0 ? [marking.handling_codes.join(', ')] : []),
      ...(marking.originator_control ? [t.handling.control] : []),
    ].join('; ');
  })();
  const part = marking.selectors.length > 0 ? ` ${t.partOnly(marking.selectors.join(', '))}` : '';
  return `${words}${part}${marking.of_holder ? ` ${t.ofHolder}` : ''}`;
}
