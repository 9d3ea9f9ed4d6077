/**
 * The accessibility tree of the queue and of the lead card, in both languages, against a reviewed snapshot. Numbers,
 * names and times are masked: the words and the structure are what must not change unseen. `npm run bless` rewrites.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LANGS, scene } from '../harness.mjs';
import { firstLead, mapIdle } from '../views.mjs';
import { WORDS } from './words.mjs';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'aria');

/** Numbers, and what a link carries besides its view, change from run to run. */
function stable(tree) {
  return tree
    .replace(/[A-Z]{3}-\d{4}-\d{4}/g, 'NUMBER')
    .replace(/(\/url: "#view=\w+)[^"]*/g, '$1')
    .replace(/(?<!level=)[+\-−]?\d[\d.,:]*/g, '0')
    .replace(/0 abiertos?/g, '0 abiertos');
}

function compare(name, text) {
  const file = join(FOLDER, `${name}.txt`);
  if (process.env.BLESS === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, `${text}\n`);
    return;
  }
  assert.ok(existsSync(file), `${file} is missing: npm run bless, then review it`);
  assert.equal(`${text}\n`, readFileSync(file, 'utf8'));
}

for (const lang of LANGS) {
  scene(`the queue's frame and the card's frame read the same as reviewed (${lang})`, async (stage) => {
    const w = WORDS[lang];
    const page = await stage.page({ lang });
    await mapIdle(page);
    const lead = await firstLead(stage, page);
    await stage.go(page, `view=sea&lead=${lead.id}`, { lang });
    const queue = page.getByRole('complementary', { name: w.queue, exact: true });
    const card = page.getByRole('complementary', { name: w.card, exact: true });
    await card.getByRole('heading', { name: w.reasons }).waitFor();

    const frame = [
      await queue.locator('.head').ariaSnapshot(), await queue.locator('.foot').ariaSnapshot(),
      await card.locator('.head').first().ariaSnapshot(), await card.locator('section.act').ariaSnapshot(),
    ].join('\n');
    const headings = await card.getByRole('heading', { level: 2 }).allInnerTexts();
    compare(`lead-${lang}`, stable(`${frame}\nheadings: ${headings.join(' | ')}`));

    const row = await queue.locator(`[data-lead="${lead.id}"]`).getAttribute('aria-current');
    assert.equal(row, 'true', 'the selected row says that it is');
  });
}
