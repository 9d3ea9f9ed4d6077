/**
 * Measures what one update of 5,000 vessels costs the page's main thread: serves the built page and an invented node from
 * this process, streams full `vessels` messages, and divides the browser's own script time by the number of updates.
 * Prints the ratio to the budget of 30 ms. Needs `npm run build` and a Chromium (CHROMIUM, default /usr/bin/chromium).
 */
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const VESSELS = 5000, UPDATES = 20, EVERY_MS = 1500, BUDGET_MS = 30;
const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
if (!existsSync(join(dist, 'index.html'))) {
  process.stderr.write('no web/dist: run `npm run build` first\n');
  process.exit(1);
}
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml' };
const epoch = Date.UTC(2026, 10, 21, 12);
let seed = 11;
const random = () => {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return seed / 0x7fffffff;
};
const fleet = Array.from({ length: VESSELS }, (_, i) => ({
  mmsi: 290_000_000 + i * 37, lat: 9.5 + random() * 8, lon: -83 + random() * 9, sog: random() * 20, cog: random() * 360,
}));
const iso = (ms) => new Date(ms).toISOString();

/** Every vessel moves in every message: the worst case, not the usual one. */
function columns(now) {
  const hours = (now - epoch) / 3_600_000;
  const moved = fleet.map((v) => ({
    ...v, lat: v.lat + (Math.cos((v.cog * Math.PI) / 180) * v.sog * hours) / 60, lon: v.lon + (Math.sin((v.cog * Math.PI) / 180) * v.sog * hours) / 60,
  }));
  return {
    at: iso(now), mmsi: moved.map((v) => v.mmsi), t_ms: moved.map(() => now), lat: moved.map((v) => Number(v.lat.toFixed(6))),
    lon: moved.map((v) => Number(v.lon.toFixed(6))), sog_kn: moved.map((v) => Number(v.sog.toFixed(1))), cog_deg: moved.map((v) => Number(v.cog.toFixed(1))),
    heading_deg: moved.map((v) => Math.round(v.cog) % 360), ship_type: moved.map((_, i) => 30 + (i % 60)), station: moved.map(() => 'class_a'),
    name: moved.map((_, i) => `VESSEL ${i}`),
  };
}
let now = epoch;
const node = { id: 'BENCH', name: 'bench' };
const status = () => ({
  node, version: '0', clock: { now: iso(now), wall: iso(now), mode: 'live', speed: 1 }, feeds: [], archive: null,
  totals: { lines: 0, messages: 0, ignored: 0, refused: 0, late: 0 },
});
const clients = new Set();
const send = (name, data) => {
  for (const c of clients) c.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
};
const answers = {
  '/api/me': () => ({ officer: { id: 'b', name: 'bench', role: 'watch' }, node, may: ['see_picture'] }),
  '/api/status': status, '/api/vessels': () => columns(now), '/api/leads': () => [], '/api/events': () => [], '/api/watchlog': () => [],
  '/api/positions': () => ({ from: iso(now), to: iso(now), truncated: false, mmsi: [], t_ms: [], lat: [], lon: [], sog_kn: [], cog_deg: [] }),
  '/api/density': () => ({ from: iso(now - 86_400_000), to: iso(now), counts: Array(160).fill(1) }),
};
const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://node').pathname;
  if (path === '/api/stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(':\n\n');
    clients.add(response);
    request.on('close', () => clients.delete(response));
    return;
  }
  const answer = answers[path];
  if (answer) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer()));
    return;
  }
  const file = join(dist, path === '/' ? 'index.html' : path);
  if (!file.startsWith(dist) || !existsSync(file)) {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end('{"error":"not_found","detail":""}');
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  response.end(readFileSync(file));
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const { port } = server.address();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--disable-quic', '--no-first-run'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.goto(`http://127.0.0.1:${port}/?bench=1`);
  await page.waitForSelector('[data-idle=yes]', { timeout: 60_000 });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const scriptTime = async () => (await cdp.send('Performance.getMetrics')).metrics.find((m) => m.name === 'ScriptDuration').value * 1000;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const run = async (updates, withVessels) => {
    const before = await scriptTime();
    for (let i = 0; i < updates; i++) {
      now += 10_000;
      send('status', status());
      if (withVessels) send('vessels', columns(now));
      await pause(EVERY_MS);
    }
    return ((await scriptTime()) - before) / updates;
  };
  await run(3, true);
  const idle = await run(5, false);
  const busy = await run(UPDATES, true);
  const marks = await page.evaluate(() => globalThis.__bitacora?.updateCost ?? []);
  const own = [...marks].sort((a, b) => a - b);
  const at = (q) => own[Math.min(own.length - 1, Math.floor(own.length * q))] ?? Number.NaN;
  process.stdout.write([
    `page, ${VESSELS} vessels, all moving, ${UPDATES} updates, software GL`,
    `  script time per update  ${busy.toFixed(1)} ms  (status tick alone ${idle.toFixed(1)} ms)`,
    `  of it, columns to draw call  median ${at(0.5).toFixed(1)} ms, worst ${at(1).toFixed(1)} ms`,
    `  ratio to ${BUDGET_MS} ms  ${(busy / BUDGET_MS).toFixed(2)}`, '',
  ].join('\n'));
  if (busy > BUDGET_MS) process.exitCode = 1;
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
}
