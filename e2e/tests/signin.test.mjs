/** The one-time link: it opens one session, shows whose, and leaves no token behind. */
import assert from 'node:assert/strict';
import { scene } from '../harness.mjs';

scene('a link signs in once, and says so when used again', async (stage) => {
  const first = await stage.page({ role: null });
  const link = await stage.signIn(first, 'watch');
  const token = new URL(link).hash.split('=')[1];
  assert.doesNotMatch(first.url(), new RegExp(token));
  const me = await stage.ask(first, 'me');
  assert.equal(me.officer.role, 'watch');
  assert.match(await first.locator('.signin .box.ok').innerText(), new RegExp(me.officer.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  await first.goBack().catch(() => null);
  assert.doesNotMatch(first.url(), new RegExp(token));

  const second = await stage.page({ role: null });
  await second.goto(link);
  await second.locator('.signin .box.stop').waitFor();
  const words = await second.locator('.signin .box.stop').innerText();
  assert.match(words, /bitacora officer add/);
  assert.match(words, /ya se usó|no conoce/);
});

scene('an unknown token opens nothing, in either language', async (stage) => {
  for (const [lang, words] of [['es', /no conoce este enlace/], ['en', /does not know this link/]]) {
    const page = await stage.page({ role: null, lang });
    await page.goto(`${stage.node.base}/?${lang}#signin=0000000000000000`);
    await page.locator('.signin .box.stop').waitFor();
    assert.match(await page.locator('.signin .box.stop').innerText(), words);
    assert.equal((await page.evaluate(() => fetch('/api/me').then((r) => r.status))), 401);
  }
});

scene('signed out, the page shows no picture', async (stage) => {
  const page = await stage.page({ role: null, hash: 'view=guard' });
  await page.locator('.signin').waitFor();
  assert.equal(await page.locator('.watchlog').count(), 0);
});

scene('a session that ends in mid-use leads to the sign-in page, with a word', async (stage) => {
  const page = await stage.page({ hash: 'view=guard' });
  await page.locator('.watchlog [data-row]').first().waitFor();
  await page.evaluate(() => fetch('/api/session', { method: 'DELETE' }));
  await stage.go(page, 'view=quarantine');
  await page.locator('.signin .box.warn').waitFor();
  assert.match(await page.locator('.signin .box.warn').innerText(), /La sesión terminó/);
  assert.equal(await page.locator('.watchlog, .queue, .card').count(), 0, 'what was on screen is gone');
});

scene('a view that asks nothing learns from the stream or the clock that its session ended', async (stage) => {
  const page = await stage.page({ hash: 'view=sea', lang: 'en' });
  await page.locator('[data-lead], .queue').first().waitFor();
  await page.evaluate(() => fetch('/api/session', { method: 'DELETE' }));
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await page.locator('.signin .box.warn').waitFor();
  assert.match(await page.locator('.signin .box.warn').innerText(), /The session ended/);
});
