/** Without a mouse: reach a lead, read it, accept it; and the single keys can all be switched off (WCAG 2.1.1, 2.1.4). */
import assert from 'node:assert/strict';
import { scene, until } from '../harness.mjs';
import { firstLead, mapIdle } from '../views.mjs';
import { WORDS } from './words.mjs';

scene('a lead is reached and accepted by keyboard alone', async (stage) => {
  const w = WORDS.es;
  const page = await stage.page();
  await mapIdle(page);
  await firstLead(stage, page);
  await page.locator('[data-lead]').first().waitFor();
  const chosen = () => new URLSearchParams(new URL(page.url()).hash.slice(1)).get('lead');
  await until(async () => { await page.keyboard.press('j'); await page.waitForTimeout(200); return chosen(); }, 'J to choose a lead', 10_000);
  const id = chosen();
  const card = page.getByRole('complementary', { name: w.card, exact: true });
  const accept = card.getByRole('button', { name: w.accept });
  await accept.waitFor();
  for (let i = 0; i < 120 && !(await accept.evaluate((e) => e === document.activeElement)); i += 1) await page.keyboard.press('Tab');
  assert.ok(await accept.evaluate((e) => e === document.activeElement), 'Tab reaches the button');
  const ring = await accept.evaluate((e) => getComputedStyle(e).outlineStyle);
  assert.equal(ring, 'solid', 'the focus is visible');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
  await page.keyboard.type('Por teclado');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await until(async () => (await stage.ask(page, `leads/${id}`)).state === 'accepted', 'the lead to be accepted', 10_000);
});

scene('arrows walk the rows of a table, Enter opens, Escape closes', async (stage) => {
  const page = await stage.page({ hash: 'view=list&l_tab=leads' });
  await firstLead(stage, page);
  const rows = page.getByRole('grid', { name: WORDS.es.leads }).locator('[data-row]');
  await rows.first().focus();
  await page.keyboard.press('End');
  assert.ok(await rows.last().evaluate((e) => e === document.activeElement));
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const card = page.getByRole('complementary', { name: WORDS.es.card, exact: true });
  await card.waitFor();
  await page.keyboard.press('Escape');
  await card.waitFor({ state: 'detached' });
});

scene('single keys do nothing once they are switched off', async (stage) => {
  const page = await stage.page({ hash: 'view=help' });
  const palette = () => page.evaluate(() => document.documentElement.dataset.palette);
  await page.getByLabel('Atajos de una tecla').uncheck();
  await page.locator('h1').first().click();
  const before = await palette();
  await page.keyboard.press('n');
  await page.waitForTimeout(150);
  assert.equal(await palette(), before);
  await page.getByLabel('Atajos de una tecla').check();
  await page.locator('h1').first().click();
  await page.keyboard.press('n');
  await page.waitForFunction((was) => document.documentElement.dataset.palette !== was, before);
});
