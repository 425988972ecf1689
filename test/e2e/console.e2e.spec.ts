import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { eventually, run, startDistrict } from '#testing';
import type { District } from '#testing';
import { actsIn } from './acts.js';
import type { Acts } from './acts.js';
import { Visitor, builtConsole, openBrowser } from './browser.js';

let browser: Browser;
let district: District;
let acts: Acts;
const visitors: Visitor[] = [];
const arrive = async () => {
  const visitor = await Visitor.arrive(browser, district.url);
  visitors.push(visitor);
  return visitor;
};

beforeAll(async () => {
  browser = await openBrowser();
  await builtConsole();
  district = await startDistrict();
  acts = actsIn(district);
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await district?.close();
}, 60_000);

const words = 'The 15:10 bus is so full that my six-year-old stands in the aisle.';
const inTime = 15_000;

/** What every input owes, chosen with the mouse as a person does: the words of the label are pressed. */
async function fillIn(page: Page, text: string, way: string): Promise<void> {
  await page.goto('/');
  await press(page, 'Phobos Elementary School');
  await press(page, 'A concern');
  await page.getByLabel('Topic', { exact: true }).selectOption('transport');
  await page.getByLabel('In your own words').fill(text);
  await page.getByLabel('Who are you to the schools?').selectOption('family');
  await press(page, way);
}
const press = (page: Page, label: string) => page.locator('label', { hasText: label }).first().click();
const state = (page: Page, name: string) =>
  page.locator('.hb-now', { hasText: name }).waitFor({ timeout: inTime });

/** Looks again until it is there: what others did arrives within a second or so. */
const soon = (page: Page, look: () => Promise<boolean>, what: string) =>
  eventually(async () => {
    if (await look()) return true;
    await page.reload({ waitUntil: 'networkidle' });
    return look();
  }, what);

async function answer(page: Page, text: string, shapedBy: string): Promise<void> {
  await press(page, 'It has been done.');
  await page.getByLabel('Your answer', { exact: true }).fill(text);
  await page.getByLabel('How the input shaped this answer').fill(shapedBy);
  await page.getByRole('button', { name: 'Send the answer' }).click();
  await page.getByText('The answer is on its way.').waitFor();
}

describe('one loop, as each person sees it', () => {
  const address = `${randomUUID()}@families.example.org`;
  let parent: Visitor;
  let member: Visitor;
  let code: string;
  let inputId: string;

  it('a parent reads who will read it and what happens when, speaks up, and gets the code once', async () => {
    parent = await arrive();
    const { page } = parent;
    await page.goto('/');
    await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
    await parent.check('the empty form');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('alert').getByText('Write what you want to say').waitFor();
    await parent.check('the form with what is missing');
    await fillIn(page, words, 'With my name');
    await page.getByLabel('Your name', { exact: true }).fill('Marisol Vega');
    await page.getByLabel('E-mail address').fill(address);
    await press(page, 'Put the words of the answer in the message');
    const before = await page.locator('.hb-before').innerText();
    expect(before).toMatch(
      /Who will read this[\s\S]+Who will not[\s\S]+What happens when[\s\S]+Within \d+ school day/,
    );
    expect(before).toContain('Only you can say so');
    await parent.check('the filled form');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    code = await page.getByTestId('receipt-code').innerText();
    expect(code).toMatch(/^moon[-.]/i);
    expect(page.url()).not.toContain(code);
    await parent.check('the receipt');
    await page.reload();
    await page.getByRole('heading', { name: 'Speak up' }).waitFor();
    expect(await page.locator('body').innerText()).not.toContain(code);
    ({ inputId } = await acts.receipt(`Receipt ${code}`));
  }, 60_000);

  it('follows it by the link; the code leaves the address bar', async () => {
    const { page } = parent;
    await page.goto('/receipt');
    await page.getByLabel('Receipt code').waitFor();
    await parent.check('asking for the code');
    await page.goto(`/receipt#${code}`);
    await page.getByText(words).waitFor();
    expect(page.url()).toBe(`${district.url}/receipt`);
    await state(page, 'With a team');
    expect(await page.locator('main').innerText()).toContain('Transport');
    await parent.check('the receipt page');
  }, 60_000);

  it('a member signs in at the issuer, finds the case, and cannot answer without how it was shaped', async () => {
    member = await arrive();
    const { page } = member;
    await page.goto('/team');
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).waitFor();
    await member.check('a screen for staff');
    await member.signIn('Tariq Benally', '/team');
    const row = page.getByRole('row', { name: words.slice(0, 30) });
    await row.waitFor();
    await member.check('the queue');
    await row.getByRole('link').click();
    await page.getByRole('heading', { name: 'The people waiting' }).waitFor();
    expect(await page.locator('main').innerText()).toContain('Marisol Vega');
    expect(await page.locator('main').innerText()).not.toContain(address);
    await member.check('the case');
    await page.getByRole('button', { name: 'Answer', exact: true }).click();
    await press(page, 'It has been done.');
    await page.getByLabel('Your answer', { exact: true }).fill('From Monday the bus runs in two.');
    await page.getByRole('button', { name: 'Send the answer' }).click();
    await page.getByRole('alert').getByText('Say how the input shaped this answer').waitFor();
    await member.check('the refused answer');
    expect((await acts.receipt(`Receipt ${code}`)).answers).toEqual([]);
    await answer(page, 'From Monday the bus runs in two.', 'You told us who has to stand.');
    await member.check('the answered case');
  }, 60_000);

  it('the parent reads the answer once, by mail and here, and says no', async () => {
    const { page } = parent;
    const answers = page.getByRole('article', { name: 'Answer 1' });
    await soon(page, async () => (await answers.count()) === 1, 'the answer');
    await eventually(async () => {
      const mails = (await acts.mailsTo(address)).filter(({ text }) => text.includes('the bus runs in two'));
      return mails.length === 1;
    }, 'the answer by mail');
    expect(await answers.innerText()).toContain('You told us who has to stand.');
    await parent.check('the answer');
    await press(page, 'No, it is not settled');
    await page.getByRole('button', { name: 'Tell the team' }).click();
    await page.getByRole('alert').getByText('Say why it is not settled').waitFor();
    await page.getByLabel('Why not?').fill('On Tuesdays it is still one bus.');
    await page.getByRole('button', { name: 'Tell the team' }).click();
    await state(page, 'Open again');
    expect(await answers.innerText()).toContain('On Tuesdays it is still one bus.');
    await parent.check('the disputed answer');
  }, 60_000);

  it('the member reads why and answers again; the parent says that it is settled', async () => {
    const { page } = member;
    const reason = page.getByRole('region', { name: 'Thread' }).getByText('On Tuesdays it is still one bus.');
    await soon(page, async () => (await reason.count()) === 1, 'the reason in the thread');
    await page.getByRole('button', { name: 'Answer', exact: true }).click();
    await answer(page, 'Two buses on Tuesdays, too.', 'You told us about Tuesdays.');
    const second = parent.page.getByRole('article', { name: 'Answer 2' });
    await soon(parent.page, async () => (await second.count()) === 1, 'the second answer');
    await press(parent.page, 'Yes, it is settled');
    await parent.page.getByRole('button', { name: 'Tell the team' }).click();
    await state(parent.page, 'Settled');
    await parent.check('the settled input');
    await parent.holdsNoToken();
  }, 60_000);

  it('the leader sees it counted, and opens its trace hop by hop', async () => {
    const leader = await arrive();
    const { page } = leader;
    await leader.signIn('Dara Whitehorse', '/report');
    const settled = page.locator('.hb-figures li', { hasText: 'in the originator' });
    await soon(page, async () => /^1\s/.test(await settled.innerText()), 'the loop in the report');
    await leader.check('the report');
    await page.getByLabel('Id of the input').fill(inputId);
    await page.getByRole('button', { name: 'Show the trace' }).click();
    const hops = page.locator('.hb-hops');
    await hops.waitFor();
    const told = (await hops.locator('.hb-hops__what').allInnerTexts()).join(' → ');
    expect(told).toMatch(
      /^Raised → Routed.* → Answer 1 → .*Answer 1 disputed.* → Answer 2 → .*Answer 2 confirmed/,
    );
    await leader.check('the trace');
    await leader.holdsNoToken();
  }, 60_000);

  it('signing out ends the session here and at the gateway', async () => {
    const { page } = member;
    await page.goto('/team');
    await member.holdsNoToken();
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const me = () => district.call('GET', '/api/me', { headers: { cookie } });
    expect((await me()).status).toBe(200);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Staff sign in' }).waitFor();
    expect((await me()).status).toBe(401);
    await page.goto('/team');
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await page.locator('table').count()).toBe(0);
  }, 60_000);
});

it('anonymous without contact: asked for neither name nor address, and the team is told so', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  const text = 'Nobody waits at the stop on Alder Street any more.';
  await fillIn(page, text, 'Fully anonymous');
  expect(await page.locator('input[name=name], input[type=email]').count()).toBe(0);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const code = await page.getByTestId('receipt-code').innerText();
  await page.getByRole('link', { name: 'Follow it now' }).click();
  await page.getByText('Not given. No team sees who you are.').waitFor();
  expect(page.url()).not.toContain(code);
  const { inputId } = await acts.receipt(`Receipt ${code}`);
  const found = await acts.findCase(inputId, await acts.member('transport'));
  expect(found.inputs[0]).toMatchObject({ anonymous: true, reachable: false, text });
  expect(visitor.problems).toEqual([]);
}, 60_000);

it('speaking up by keyboard alone, from the skip link to the receipt', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  await page.goto('/');
  await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
  const focused = () =>
    page.evaluate<string>(
      `[document.activeElement.name, document.activeElement.value, document.activeElement.textContent].join('|')`,
    );
  /** Tabs on until the focus is there; the browser's own order is what is tested. */
  const tabTo = async (wanted: string) => {
    for (let tabs = 0; tabs < 60; tabs++) {
      await page.keyboard.press('Tab');
      if ((await focused()).startsWith(wanted)) return;
    }
    throw new Error(`no way by Tab to ${wanted}`);
  };
  await page.keyboard.press('Tab');
  expect(await focused()).toContain('Skip to main content');
  await page.keyboard.press('Enter');
  await tabTo('orgId|');
  await page.keyboard.press('Space');
  await tabTo('kind|');
  await page.keyboard.press('ArrowDown');
  await tabTo('topic|');
  await page.keyboard.type('Bus');
  await tabTo('text|');
  await page.keyboard.type('A bell at the stop would help.');
  await tabTo('role|');
  await page.keyboard.type('Fam');
  await tabTo('way|');
  await page.keyboard.press('ArrowUp');
  await tabTo('||Send');
  await page.keyboard.press('Enter');
  await page.getByTestId('receipt-code').waitFor();
  expect(await page.evaluate<string>('document.activeElement.id')).toBe('page-title');
  await tabTo('||Follow it now');
  await page.keyboard.press('Enter');
  await page.getByText('A bell at the stop would help.').waitFor();
  expect(visitor.problems).toEqual([]);
}, 60_000);

it('student voice and family council, and what is said where nothing is', async () => {
  await run(['deploy/demo/demo.mjs'], district.env);
  const adviser = await arrive();
  await adviser.signIn('Amara Lindqvist', '/voice');
  await adviser.page.getByRole('link', { name: 'Being new at Io High School' }).click();
  await adviser.page.getByRole('article', { name: 'Theme: A companion for the first weeks' }).waitFor();
  await adviser.check('a session');
  const representative = await arrive();
  await representative.signIn('Rosa Tamayo', '/council');
  await representative.check('the rounds');
  await representative.page.getByRole('link', { name: 'Reading at home' }).click();
  await representative.page.getByText('You represent 3 families.').waitFor();
  await representative.check('a round');
  await representative.page.goto('/report');
  await representative.page.getByText('Your account cannot open this page').waitFor();
  await representative.check('a screen of another role');
  const visitor = await arrive();
  await visitor.page.goto('/voice/join');
  await visitor.page.getByRole('textbox').waitFor();
  await visitor.check('joining a session');
  await visitor.page.goto('/nowhere');
  await visitor.page.getByRole('heading', { level: 1 }).waitFor();
  await visitor.check('no such screen');
}, 90_000);

it('no screen of this file logged an error', () => {
  expect(visitors.flatMap(({ problems }) => problems)).toEqual([]);
});
