/**
 * Starts the node's demo and Debian's Chromium for the end-to-end tests. Everything about the command line of the
 * demo and about the two lines that it prints stands here and nowhere else.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { chromium } from 'playwright-core';

const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = dirname(HERE);
export const OUT = join(HERE, 'out');
export const LANGS = ['es', 'en'];
export const PALETTES = ['day', 'dusk', 'night'];
export const DESKTOP = { width: 1280, height: 720 };
const CI = process.env.CI === 'true';
const BROWSERS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const START_MS = 90_000;
/** Two hours of theatre in a quarter of a minute. */
const SPEED = Number(process.env.BITACORA_SPEED ?? 600);

/** The binary, and how the demo is asked for: the small theatre at high speed on a free port of the loopback. */
const BINARY = process.env.BITACORA_BIN ?? join(ROOT, 'target', 'release', 'bitacora');
const demoArgs = (data, { speed, small }) => ['demo', ...(small ? ['--small'] : []), '--data', data, '--bind', '127.0.0.1:0', '--speed', String(speed)];

export function findChromium() {
  return BROWSERS.find((path) => path && existsSync(path)) ?? null;
}

/** Runs a test with a node and a browser of its own, or says why it was skipped. */
export function scene(name, options, body) {
  const act = body ?? options;
  const asked = body ? options : {};
  test(name, async (t) => {
    const browser = findChromium();
    if (browser === null) {
      if (CI) throw new Error('no Chromium (apt install chromium)');
      console.log('skipped: no Chromium (apt install chromium)');
      t.skip('no Chromium (apt install chromium)');
      return;
    }
    const stage = await raise(browser, asked);
    try {
      await act(stage, t);
    } finally {
      await stage.close();
    }
  });
}

export async function raise(executablePath, { webgl = true, speed = SPEED, small = true } = {}) {
  const node = await startNode({ speed, small });
  const gl = webgl ? ['--disable-gpu', '--enable-unsafe-swiftshader'] : ['--disable-gpu', '--disable-3d-apis', '--disable-webgl', '--disable-webgl2'];
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  let browser;
  try {
    browser = await chromium.launch({ executablePath, args: [...gl, ...sandbox, '--disable-dev-shm-usage', '--font-render-hinting=none'] });
  } catch (cause) {
    await node.stop();
    throw cause;
  }
  return new Stage(node, browser);
}

export class Stage {
  /** Requests and links that would have left the machine; every test ends by asserting that there are none. */
  strays = [];
  /** Uncaught errors and refusals of the content policy. */
  faults = [];
  #states = new Map();

  constructor(node, browser) {
    this.node = node;
    this.browser = browser;
  }

  /**
   * A page of an officer of that role, signed in through the one-time link the first time. `release-2` is the second
   * officer of a role; `us-release` is an officer of the partner's node.
   */
  async page({ role = 'watch', lang = 'es', palette = 'dusk', viewport = DESKTOP, hash = '' } = {}) {
    const context = await this.browser.newContext({
      viewport, locale: lang === 'es' ? 'es-CO' : 'en-GB', timezoneId: 'America/Bogota', reducedMotion: 'reduce',
      ...(this.#states.has(role) ? { storageState: this.#states.get(role) } : {}),
    });
    const page = await context.newPage();
    this.#watch(page);
    if (role !== null && !this.#states.has(role)) {
      await this.signIn(page, role);
      this.#states.set(role, await context.storageState());
    }
    await page.goto(this.at({ lang, palette, hash, role }));
    return page;
  }

  async signIn(page, role) {
    const link = this.node.links.get(role);
    if (!link) throw new Error(`the demo printed no sign-in link for role ${role}; it printed ${[...this.node.links.keys()]}`);
    await page.goto(link);
    await page.locator('.signin .box.ok').waitFor();
    return link;
  }

  at({ lang = 'es', palette = 'dusk', hash = '', role = null } = {}) {
    return `${role?.startsWith('us-') ? this.node.partner : this.node.base}/#${[hash, `pal=${palette}`, `lang=${lang}`].filter(Boolean).join('&')}`;
  }

  /** Another view in the same page, as a link would open it. */
  async go(page, hash, { lang = 'es', palette = 'dusk' } = {}) {
    await page.evaluate((next) => { location.hash = next; }, new URL(this.at({ lang, palette, hash })).hash);
  }

  /** What a platform hands in over TAXII, as any client of it does. */
  async handIn(objects) {
    const { address, token } = this.node.platform;
    const taxii = 'application/taxii+json;version=2.1';
    const reply = await fetch(`${address}node/collections/inbox/objects/`, {
      method: 'POST', headers: { Authorization: `Bearer ${token}`, Accept: taxii, 'Content-Type': taxii }, body: JSON.stringify({ objects }),
    });
    const status = await reply.json();
    if (reply.status !== 202 || status.failure_count !== 0) throw new Error(`the inbox answered ${reply.status} ${JSON.stringify(status)}`);
  }

  /** The node's own answer, asked with the page's session. */
  ask(page, path) {
    return page.evaluate(async (url) => (await fetch(url)).json(), `/api/${path}`);
  }

  #watch(page) {
    page.on('request', (request) => {
      const url = new URL(request.url());
      const ours = [this.node.base, this.node.partner];
      if (!['data:', 'blob:'].includes(url.protocol) && !ours.includes(url.origin)) this.strays.push(request.url());
    });
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) this.faults.push(message.text());
    });
  }

  async close() {
    await this.browser.close();
    await this.node.stop();
  }
}

/** Starts the demo and waits for its address and the officers' links. */
async function startNode(how) {
  if (!existsSync(BINARY)) throw new Error(`no node at ${BINARY}: run \`make build\` first, or set BITACORA_BIN`);
  const data = mkdtempSync(join(tmpdir(), 'bitacora-e2e-'));
  const child = spawn(BINARY, demoArgs(data, how), { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  const links = new Map();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const keep = (line) => { said.push(line); if (said.length > 60) said.shift(); };
  createInterface({ input: child.stderr }).on('line', keep);

  const { base, partner, platform } = await new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${why}; it said:\n${said.join('\n')}`));
    const timer = setTimeout(() => fail(`the demo was not up within ${START_MS / 1000} s`), START_MS);
    let address = null;
    let partner = null;
    let platform = null;
    const settle = () => {
      if (address === null || partner === null || platform === null || !links.has('watch')) return;
      clearTimeout(timer);
      resolve({ base: address, partner, platform });
    };
    createInterface({ input: child.stdout }).on('line', (line) => {
      keep(line);
      const listening = /^(us )?listening (http:\/\/\S+?)\/?$/.exec(line);
      const officer = /^(us )?officer (\S+) .*(http:\/\/\S+#signin=\S+)$/.exec(line);
      const taxii = /^taxii (http:\/\/\S+) \S+ (\S+)$/.exec(line);
      if (taxii) platform = { address: taxii[1], token: taxii[2] };
      if (listening?.[1]) partner = listening[2];
      else if (listening) address = listening[2];
      if (officer) {
        const role = (officer[1] ? 'us-' : '') + officer[2];
        links.set(links.has(role) ? `${role}-2` : role, officer[3]);
      }
      settle();
    });
    child.once('exit', (code) => { clearTimeout(timer); fail(`the demo ended with code ${code}`); });
    child.once('error', (error) => { clearTimeout(timer); fail(String(error)); });
  }).catch((cause) => {
    child.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
    throw cause;
  });

  const stop = async () => {
    child.kill('SIGTERM');
    const hurry = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    // A timer left behind would hold each test file open.
    clearTimeout(hurry);
    rmSync(data, { recursive: true, force: true });
  };
  return { base, partner, platform, links, said, stop };
}

/** Asks again until the answer is true, for what the node does in its own time. */
export async function until(ask, what, ms = 60_000) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${ms / 1000} s for ${what}`);
    await new Promise((r) => setTimeout(r, 250));
  }
}
