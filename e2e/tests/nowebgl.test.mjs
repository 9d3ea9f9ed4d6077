/** Without WebGL the tables carry the work: vessels, events, a lead read and decided, at any width. */
import assert from 'node:assert/strict';
import { scene, until } from '../harness.mjs';
import { firstLead } from '../views.mjs';
import { WORDS } from './words.mjs';

scene('a browser without WebGL shows the list and can decide a lead', { webgl: false }, async (stage) => {
  const w = WORDS.es;
  const page = await stage.page();
  assert.equal(await page.evaluate(() => document.createElement('canvas').getContext('webgl2')), null);
  await page.getByText('no ofrece WebGL 2').waitFor();
  await page.getByRole('grid', { name: w.vessels }).locator('[data-row]').first().waitFor();
  const lead = await firstLead(stage, page);

  await stage.go(page, 'view=list&l_tab=leads');
  await page.getByRole('grid', { name: w.leads }).getByRole('link', { name: lead.number }).click();
  const card = page.getByRole('complementary', { name: w.card, exact: true });
  await card.getByRole('heading', { name: w.reasons }).waitFor();
  await card.getByRole('button', { name: w.dismiss }).click();
  await card.getByLabel(w.reason).selectOption({ label: w.fishing });
  await card.getByRole('button', { name: w.dismissConfirm }).click();
  await until(async () => (await stage.ask(page, `leads/${lead.id}`)).state === 'dismissed', 'the lead to be dismissed', 10_000);
  assert.deepEqual(stage.faults, []);
});

scene('the list sorts, filters and pages with its state in the URL', { webgl: false }, async (stage) => {
  const page = await stage.page({ hash: 'view=list' });
  const grid = page.getByRole('grid', { name: WORDS.es.vessels });
  await grid.locator('[data-row]').first().waitFor();
  const speeds = async () => (await grid.locator('[data-row] td:nth-child(4)').allInnerTexts()).filter((x) => x !== '·').map((x) => Number(x.replace(' kn', '').replace('.', '').replace(',', '.')));
  await grid.getByRole('button', { name: 'Velocidad' }).click();
  await grid.getByRole('button', { name: 'Velocidad' }).click();
  assert.equal(await grid.locator('[aria-sort="descending"]').count(), 1);
  const falling = await speeds();
  assert.deepEqual(falling, [...falling].sort((a, b) => b - a));
  await page.waitForFunction(() => location.hash.includes('l_sort=speed.desc'));
  const name = (await grid.locator('[data-row] a').first().innerText()).trim();
  await page.getByLabel('Buscar nombre o MMSI').fill(name.toLowerCase());
  await until(async () => (await grid.locator('[data-row]').allInnerTexts()).every((row) => row.includes(name)), 'the filter', 10_000);
  await page.waitForFunction(() => /[#&]q=/.test(location.hash));
});
