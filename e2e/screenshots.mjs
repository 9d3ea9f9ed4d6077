/**
 * Pictures of the real page on the demo, in every palette, into docs/screenshots: `node screenshots.mjs [NAME…]`.
 * Demo only: no real recording is ever shown.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium, PALETTES, raise, ROOT, until } from './harness.mjs';
import { open, SIGNED_OUT, VIEWS } from './views.mjs';

const FOLDER = process.env.SCREENSHOTS ?? join(ROOT, 'docs', 'screenshots');
const SIZE = { width: 1440, height: 900 };
const NARROW = { width: 320, height: 720 };
const UNDER_WAY = '2026-03-14T12:00:00';
const wanted = process.argv.slice(2);
const asked = (name) => wanted.length === 0 || wanted.includes(name);

const browser = findChromium();
if (browser === null) {
  console.log('skipped: no Chromium (apt install chromium)');
  process.exit(process.env.CI === 'true' ? 1 : 0);
}
mkdirSync(FOLDER, { recursive: true });
// The whole day of theatre, well under way: enough at sea, in the queue and in the log to be worth a look.
const stage = await raise(browser, { small: false, speed: 2400 });
const shoot = async (page, name) => {
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
  console.log(name);
};
try {
  const page = await stage.page({ lang: 'es', viewport: SIZE });
  await until(async () => (await stage.ask(page, 'status')).clock.now >= UNDER_WAY, 'the theatre to be under way', 180_000);
  for (const view of VIEWS.filter((v) => asked(v.name))) {
    for (const palette of PALETTES) {
      const lang = palette === 'day' ? 'en' : 'es';
      await open(stage, page, view, { lang, palette });
      await page.waitForTimeout(view.map ? 1500 : 400);
      await shoot(page, `${view.name}-${palette}-${lang}`);
    }
  }
  if (asked('narrow')) {
    await page.setViewportSize(NARROW);
    for (const view of VIEWS.filter((v) => !v.map)) {
      await open(stage, page, view, { lang: 'es', palette: 'dusk' });
      await shoot(page, `narrow-${view.name}`);
    }
  }
  if (asked('signin')) {
    const out = await stage.page({ role: null, lang: 'es', palette: 'dusk', viewport: SIZE, hash: SIGNED_OUT.hash });
    await out.locator(SIGNED_OUT.ready).waitFor();
    await shoot(out, 'signin-dusk-es');
  }
} finally {
  await stage.close();
}
