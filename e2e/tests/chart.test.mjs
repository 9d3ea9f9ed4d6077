/** What the chart draws: every vessel at any speed of replay, and the palette that was asked for or chosen. */
import assert from 'node:assert/strict';
import { scene, until } from '../harness.mjs';
import { firstLead, mapIdle } from '../views.mjs';

scene('no vessel leaves the chart because the replay runs fast', { small: false, speed: 900 }, async (stage) => {
  const page = await stage.page();
  await mapIdle(page);
  const drawn = async () => Number(await page.locator('[data-vessels]').getAttribute('data-vessels'));
  await until(async () => (await drawn()) > 250, 'the theatre to fill', 30_000);
  const counts = [];
  // Four seconds of wall time are an hour of theatre; a status comes each quarter of an hour of it.
  for (let i = 0; i < 20; i += 1) {
    counts.push(await drawn());
    await page.waitForTimeout(200);
  }
  assert.ok(Math.min(...counts) > 0.9 * Math.max(...counts), `drawn: ${counts.join(' ')}`);
});

scene('a link opens in its palette; a choice is remembered without one', async (stage) => {
  const page = await stage.page({ hash: 'view=help', palette: 'night' });
  const palette = () => page.evaluate(() => document.documentElement.dataset.palette);
  assert.equal(await palette(), 'night');
  await page.getByRole('button', { name: 'Noche' }).click();
  await page.waitForFunction(() => document.documentElement.dataset.palette === 'day');
  await page.goto('about:blank');
  await page.goto(`${stage.node.base}/#view=help`);
  await page.locator('.help').waitFor();
  assert.equal(await palette(), 'day');
});

scene('a link to a lead opens the chart where the lead is', async (stage) => {
  const page = await stage.page({ hash: 'view=help' });
  const lead = await firstLead(stage, page);
  await page.goto('about:blank');
  await page.goto(stage.at({ hash: `view=sea&lead=${lead.id}` }));
  await mapIdle(page);
  await page.locator('.card table.reasons').waitFor();
  await page.waitForFunction(() => new URLSearchParams(location.hash.slice(1)).get('c') !== null);
  const [lat, lon, zoom] = new URLSearchParams(new URL(page.url()).hash.slice(1)).get('c').split(',').map(Number);
  const degrees = 736 / (512 * 2 ** zoom / 360);
  assert.ok(Math.abs(lon - lead.lon) < degrees && Math.abs(lat - lead.lat) < degrees, `lead ${lead.lat} ${lead.lon}, chart ${lat} ${lon} ${zoom}`);
});

scene('the queue of a narrow window comes first, and everything in its bar is in reach', async (stage) => {
  const page = await stage.page({ viewport: { width: 320, height: 700 } });
  await page.getByRole('grid', { name: 'Indicios' }).waitFor();
  for (const button of await page.locator('header .tools button').all()) {
    const box = await button.boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= 320, 'within the window');
    assert.ok(box.height >= 24 && box.width >= 24, '24 px or more');
  }
});
