/** Nothing leaves the machine: no request, no link, no breach of the content policy, in any view. */
import assert from 'node:assert/strict';
import { scene } from '../harness.mjs';
import { open, SIGNED_OUT, VIEWS } from '../views.mjs';

scene('no request leaves the machine and no link points off it', async (stage) => {
  const page = await stage.page();
  const away = [];
  const look = async (name, where) => {
    const links = await where.evaluate(() => [...document.querySelectorAll('a[href], form[action], link[href], [src]')]
      .map((e) => e.href?.baseVal ?? e.href ?? e.action ?? e.src).filter(Boolean));
    for (const link of links) {
      const url = new URL(link, stage.node.base);
      if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== stage.node.base) away.push(`${name}: ${link}`);
    }
  };
  for (const view of VIEWS) {
    await open(stage, page, view);
    await look(view.name, page);
  }
  const out = await stage.page({ role: null, hash: SIGNED_OUT.hash });
  await out.locator(SIGNED_OUT.ready).waitFor();
  await look('signin', out);
  assert.deepEqual(away, []);
  assert.deepEqual(stage.strays, []);
  assert.deepEqual(stage.faults, []);
});

scene('the content policy bars inline code and other hosts', async (stage) => {
  const page = await stage.page();
  const policy = await page.evaluate(async () => (await fetch('/')).headers.get('content-security-policy') ?? '');
  assert.match(policy, /default-src 'self'/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|https?:/);
});
