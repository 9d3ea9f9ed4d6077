import { raise } from './harness.mjs';
import { mapIdle } from './views.mjs';
const stage = await raise('/tmp/chromium-wire', { speed: 7200, small: process.env.SMALL === '1' });
const size = { width: 1440, height: 900 };
const first = await stage.page({ lang: 'es', palette: 'dusk', viewport: size, hash: 'view=sea' });
await first.waitForTimeout(Number(process.env.WAIT ?? 60000));
const events = await stage.ask(first, 'events?limit=5000');
const by = {};
for (const e of events) by[e.kind] = (by[e.kind] ?? 0) + 1;
console.log(JSON.stringify(by));
console.log(JSON.stringify((await stage.ask(first, 'status')).off));
const pick = ['transshipment_posture', 'drift', 'mmsi_change', 'unusual_departure', 'port_visit', 'stop', 'identity_contradiction'].map((k) => events.find((e) => e.kind === k)).find(Boolean);
for (const lang of ['es', 'en']) {
  const page = await stage.page({ lang, palette: lang === 'es' ? 'dusk' : 'day', viewport: size, hash: 'view=sea' });
  await mapIdle(page).catch(() => {});
  await page.waitForTimeout(1500);
  await page.screenshot({ path: `/tmp/wire-shots/sea-${lang}.png` });
  if (pick) {
    await stage.go(page, `view=sea&vessel=${pick.mmsi}&event=${pick.id}`, { lang, palette: lang === 'es' ? 'dusk' : 'day' });
    await page.waitForTimeout(2500);
    await page.screenshot({ path: `/tmp/wire-shots/vessel-${lang}.png` });
  }
  await stage.go(page, 'view=sea&kind=stop,port_visit,speed_change,drift,transshipment_posture', { lang, palette: lang === 'es' ? 'dusk' : 'day' });
  await page.waitForTimeout(2000);
  await page.locator('button', { hasText: lang === 'es' ? 'Filtr' : 'Filter' }).first().click().catch(() => {});
  await page.waitForTimeout(1000);
  await page.screenshot({ path: `/tmp/wire-shots/filter-${lang}.png` });
  await stage.go(page, 'view=help', { lang, palette: lang === 'es' ? 'dusk' : 'day' });
  await page.waitForTimeout(1000);
  await page.screenshot({ path: `/tmp/wire-shots/help-${lang}.png`, fullPage: true });
  await page.close();
}
await stage.close();
process.exit(0);
