import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startDistrict } from '#testing';
import type { District } from '#testing';
import { Visitor, builtConsole, openBrowser } from './browser.js';

/** The roster's screens, as the person of IT uses them who never calls the API. */
let browser: Browser;
let district: District;
let visitor: Visitor;
let page: Page;
const sample = join('deploy', 'demo', 'oneroster');
const inTime = { timeout: 30_000 };

beforeAll(async () => {
  browser = await openBrowser();
  await builtConsole();
  district = await startDistrict();
  visitor = await Visitor.arrive(browser, district.url);
  ({ page } = visitor);
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await district?.close();
}, 60_000);

/** Chooses the files of the sample, changed, and sends them. */
async function send(change: (name: string, text: string) => string): Promise<void> {
  await page.goto('/roster?do=send');
  const files = readdirSync(sample).map((name) => ({
    name,
    mimeType: 'text/csv',
    buffer: Buffer.from(change(name, readFileSync(join(sample, name), 'utf8'))),
  }));
  await page.getByLabel('Files', { exact: true }).setInputFiles(files);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Import' }).waitFor(inTime);
}
const state = (name: string) => page.locator('.hb-now', { hasText: name }).waitFor(inTime);
async function say(button: string): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  await page.getByLabel('Why', { exact: true }).fill('a test says so');
  await page.getByRole('button', { name: button }).click();
}
const withoutIo = (name: string, text: string): string =>
  name === 'orgs.csv' ? text.replace(/^00417-051,.*\n/m, '') : text;

it('sends files, sees what they would change and what must not happen unseen, and applies them', async () => {
  await visitor.signIn('Ivo Castellan', '/roster');
  await page.getByRole('heading', { name: 'Imports' }).waitFor();
  await visitor.check('the roster');
  await page.getByRole('button', { name: 'Send files' }).click();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('alert').getByText('Choose a zip, or all CSV files of the export').waitFor();
  await visitor.check('sending files');
  await send(withoutIo);
  await state('Held');
  await page.getByText('Why it was held').waitFor();
  await page.getByText('1 closed').waitFor();
  await page.getByRole('region', { name: 'Changes by organisation and role' }).waitFor();
  await visitor.check('an import that is held');
  await say('Apply it');
  await state('Applied');
  await visitor.check('an import that was applied');
}, 120_000);

it('looks at one source, and at its imports alone', async () => {
  const auth = await district.token('it');
  const body = { name: 'Our SIS', kind: 'upload' };
  await district.call('PUT', '/api/roster/sources/sis', { auth, body });
  await district.call('PUT', '/api/roster/sources/files', { auth, body: { ...body, name: 'By hand' } });
  await page.getByRole('link', { name: 'The roster' }).click();
  await page.getByRole('heading', { name: 'By hand' }).waitFor();
  await visitor.check('the sources');
  await page.goto('/roster?source=sis');
  await page.getByText('Nothing was imported yet.').waitFor();
  await page.getByRole('link', { name: 'Those of all sources' }).click();
  await page
    .getByRole('row', { name: /Applied/ })
    .first()
    .waitFor();
}, 60_000);

it('goes back to the roster of an earlier import', async () => {
  const applied = page.getByRole('row', { name: /Applied/ });
  await applied.first().waitFor();
  await applied.last().getByRole('link').click();
  await state('Applied');
  await say('Bring this roster back');
  await state('The roster is as that earlier import left it.');
  const { body } = await district.call<{ items: { orgId: string }[] }>(
    'GET',
    '/api/roster/orgs?level=school',
  );
  expect(body.items.map(({ orgId }) => orgId)).toContain('00417-051');
}, 90_000);

it('reads which rows were put aside, and why', async () => {
  await send((name, text) => (name === 'users.csv' ? text.replace(/,true,/, ',perhaps,') : text));
  await state('Waits for you');
  await page.getByRole('heading', { name: '1 row put aside' }).waitFor();
  await page.getByRole('cell', { name: 'perhaps', exact: true }).waitFor();
  await visitor.check('an import with a row put aside');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download all of them as CSV' }).click(),
  ]);
  expect(readFileSync(await file.path(), 'utf8')).toMatch(/users,2,enabledUser,perhaps,/);
  await say('Let it go');
  await state('Let go');
  await visitor.holdsNoToken();
}, 90_000);
