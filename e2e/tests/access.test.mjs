/** axe on every view, palette and language: zero violations. Run by evaluate, since the content policy bars script tags. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { LANGS, PALETTES, scene } from '../harness.mjs';
import { open, SIGNED_OUT, VIEWS } from '../views.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Only these read the palette; the others are the same in all three, and are run once in each language. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
const inFull = (palette, lang) => palette === (lang === 'es' ? 'dusk' : 'day');

async function violations(page, full) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const runOnly = full ? { type: 'tag', values: TAGS } : { type: 'rule', values: COLOUR_RULES };
  return page.evaluate(async (what) => {
    const found = await globalThis.axe.run(document, { runOnly: what, resultTypes: ['violations'], iframes: false });
    return found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? n.all[0]?.message ?? ''}`).join(' | ')}`);
  }, runOnly);
}

scene('axe finds nothing in any view, palette or language', async (stage) => {
  const faults = [];
  let runs = 0;
  const page = await stage.page();
  for (const view of VIEWS) {
    const hash = await open(stage, page, view);
    for (const palette of PALETTES) {
      for (const lang of LANGS) {
        await stage.go(page, hash, { palette, lang });
        await page.waitForFunction(([p, l]) => document.documentElement.dataset.palette === p && document.documentElement.lang === l, [palette, lang]);
        faults.push(...(await violations(page, inFull(palette, lang))).map((v) => `${view.name} ${palette} ${lang}: ${v}`));
        runs += 1;
      }
    }
  }
  const out = await stage.page({ role: null, hash: SIGNED_OUT.hash });
  for (const palette of PALETTES) {
    for (const lang of LANGS) {
      await open(stage, out, SIGNED_OUT, { palette, lang });
      await out.waitForFunction(([p, l]) => document.documentElement.dataset.palette === p && document.documentElement.lang === l, [palette, lang]);
      faults.push(...(await violations(out, inFull(palette, lang))).map((v) => `signin ${palette} ${lang}: ${v}`));
      runs += 1;
    }
  }
  assert.deepEqual([...new Set(faults)], []);
  assert.equal(runs, (VIEWS.length + 1) * PALETTES.length * LANGS.length);
});
