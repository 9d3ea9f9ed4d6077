/** The log: an entry's proof is checked in the browser, and a tampered answer is seen. */
import assert from 'node:assert/strict';
import { scene } from '../harness.mjs';

scene('every check of an entry holds, and the list leads to it', async (stage) => {
  const page = await stage.page({ hash: 'view=log' });
  await page.locator('[data-proof="holds"]').waitFor();
  assert.equal(await page.locator('.opened ul.checks li').filter({ hasText: 'se cumple' }).count(), 4);
  const rows = page.getByRole('grid', { name: 'Últimos asientos' }).locator('[data-row]');
  await rows.first().focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /leaf=\d+/.test(location.hash));
  await page.locator('[data-proof="holds"]').waitFor();
});

scene('a record, path or checkpoint changed on the way is called broken', async (stage) => {
  const page = await stage.page({ hash: 'view=help' });
  const lies = {
    record: (entry) => { entry.record = entry.record.replace(/"salt":"(.)/, (_, c) => `"salt":"${c === '0' ? '1' : '0'}`); },
    root: (entry) => { entry.proof.root = '0'.repeat(64); },
    checkpoint: (entry) => { entry.checkpoint = entry.checkpoint.replace(/\n(\d+)\n/, (_, n) => `\n${Number(n) + 1}\n`); },
    missing: (entry) => { entry.proof = null; },
  };
  for (const [name, lie] of Object.entries(lies)) {
    await page.route('**/api/log/entries/0', async (route) => {
      const response = await route.fetch();
      const entry = await response.json();
      lie(entry);
      await route.fulfill({ response, json: entry });
    });
    await stage.go(page, 'view=log&leaf=0');
    const expected = name === 'missing' ? 'absent' : 'broken';
    await page.locator(`[data-proof="${expected}"]`).waitFor();
    assert.equal(await page.locator('[data-proof="holds"]').count(), 0, name);
    await page.unroute('**/api/log/entries/0');
    await stage.go(page, 'view=help');
    await page.locator('.help').waitFor();
  }
});
