import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page, Response } from 'playwright-core';
import { run } from '#testing';

const program = process.env['HEARBACK_CHROMIUM'] || '/usr/bin/chromium';
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** A phone and a desk, in pixels. */
const screens = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
];
/** A JWT, or the name under which one is sent. */
const aToken = /eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+|access_token|refresh_token|id_token/;

/** The console's files, made unless they are there. */
export async function builtConsole(): Promise<void> {
  if (existsSync('dist/console/index.html')) return;
  await run(
    ['node_modules/vite/bin/vite.js', 'build', '--config', 'apps/console/vite.config.ts'],
    process.env,
  );
}

/** The system's Chromium. Throws one line that says what to install where there is none. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(program)) {
    throw new Error(
      `No Chromium at ${program}. Install it (on Debian: apt-get install chromium), or name yours in HEARBACK_CHROMIUM.`,
    );
  }
  return chromium.launch({ executablePath: program, args: flags });
}

/** One person at a browser of their own; everything that goes wrong on their screens is kept. */
export class Visitor {
  readonly problems: string[] = [];
  private readonly bodies: Promise<void>[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly site: string,
  ) {}

  static async arrive(browser: Browser, site: string): Promise<Visitor> {
    const context = await browser.newContext({ baseURL: site, viewport: screens[1]!, locale: 'en-US' });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const visitor = new Visitor(context, page, site);
    page.on('console', (message) => {
      if (message.type() === 'error') visitor.problems.push(`console on ${page.url()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => visitor.problems.push(`error on ${page.url()}: ${error.message}`));
    page.on('response', (response) => visitor.bodies.push(visitor.look(response)));
    return visitor;
  }

  /** From a screen for staff through the issuer's own page, and back. */
  async signIn(name: string, to: string): Promise<void> {
    await this.page.goto(to);
    await this.page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await this.page.getByRole('button', { name: `Sign in as ${name}` }).click();
    await this.page.waitForURL(`${this.site}${to}`);
    await this.page.getByRole('button', { name: 'Sign out' }).waitFor();
  }

  /** Holds the screen as it is now to the standards, on a phone and on a desk. */
  async check(screen: string): Promise<void> {
    for (const size of screens) {
      await this.page.setViewportSize(size);
      const where = `${screen} at ${size.width} px`;
      const over = await this.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (over > 0) this.problems.push(`${where}: ${over} px too wide`);
      // Our screens have no frames: without the blank page that axe opens for theirs it takes half the time.
      const axe = new AxeBuilder({ page: this.page }).setLegacyMode().withTags(standards);
      const { violations } = await axe.analyze();
      for (const { id, nodes } of violations)
        this.problems.push(`${where}: ${id} at ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
    }
    expect(this.problems).toEqual([]);
  }

  /** Everything that a script of the page could read, and everything that was sent to it: no token in it. */
  async holdsNoToken(): Promise<void> {
    await Promise.all(this.bodies);
    const readable = await this.page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
    );
    expect(readable).not.toMatch(aToken);
    for (const cookie of await this.context.cookies(this.site)) {
      expect(cookie.value).not.toMatch(aToken);
      if (!cookie.httpOnly) expect([cookie.name, cookie.value]).toEqual(['hearback-signed-in', '1']);
    }
    expect(this.problems).toEqual([]);
  }

  async leave(): Promise<void> {
    await this.context.close();
  }

  private async look(response: Response): Promise<void> {
    if (!response.url().startsWith(this.site) || !/json|html/.test(response.headers()['content-type'] ?? ''))
      return;
    // A redirect, or a page that went on meanwhile, has no body to read any more.
    const body = await response.text().catch(() => '');
    if (aToken.test(body)) this.problems.push(`a token in the answer of ${response.url()}`);
  }
}
