/** axe on every view, palette and language: zero violations. Run by evaluate, since the content policy bars script tags. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { LANGS, PALETTES, scene } from '../harness.mjs';
import { open, SIGNED_OUT, VIEWS } from '../views.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async (values) => {
    const found = await globalThis.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] });
    return found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? n.all[0]?.message ?? ''}`).join(' | ')}`);
  }, RULES);
}

scene('axe finds nothing in any view, palette or language', async (stage) => {
  const faults = [];
  let runs = 0;
  const page = await stage.page();
  for (const view of VIEWS) {
    for (const palette of PALETTES) {
      for (const lang of LANGS) {
        await open(stage, page, view, { palette, lang });
        await page.waitForFunction(([p, l]) => document.documentElement.dataset.palette === p && document.documentElement.lang === l, [palette, lang]);
        faults.push(...(await violations(page)).map((v) => `${view.name} ${palette} ${lang}: ${v}`));
        runs += 1;
      }
    }
  }
  const out = await stage.page({ role: null, hash: SIGNED_OUT.hash });
  for (const palette of PALETTES) {
    for (const lang of LANGS) {
      await open(stage, out, SIGNED_OUT, { palette, lang });
      faults.push(...(await violations(out)).map((v) => `signin ${palette} ${lang}: ${v}`));
      runs += 1;
    }
  }
  assert.deepEqual([...new Set(faults)], []);
  assert.equal(runs, (VIEWS.length + 1) * PALETTES.length * LANGS.length);
});
