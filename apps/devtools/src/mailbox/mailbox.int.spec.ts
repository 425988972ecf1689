import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { SMTPServer } from 'smtp-server';
import { type Mail, MailStore } from './mail-store.js';
import { mailboxServer } from './page.js';
import { smtpServer } from './smtp.js';

let folder: string;
let smtp: SMTPServer;
let pages: Server;
let address: string;

beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/hearback-mail-`);
  await start(3);
});

afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the mail catcher', () => {
  it('gives back what was sent: who, from whom, subject, text and the Message-ID', async () => {
    await send({
      to: 'Ana <Ana@example.org>',
      subject: 'Your answer – ¿listo?',
      text: 'The 15:10 bus runs in two.',
    });
    expect(await mails()).toEqual([
      {
        id: expect.any(String),
        messageId: 'answer-1@hearback.test',
        to: 'Ana@example.org',
        from: 'hearback@example.org',
        subject: 'Your answer – ¿listo?',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        text: 'The 15:10 bus runs in two.',
      },
    ]);
  });

  it('lists for one address, newest first, whatever the case of its letters', async () => {
    for (const to of ['a@example.org', 'b@example.org', 'A@EXAMPLE.org'])
      await send({ to, subject: to, text: 'x' });
    expect((await mails('?to=a@example.org')).map(({ subject }) => subject)).toEqual([
      'A@EXAMPLE.org',
      'a@example.org',
    ]);
  });

  it('keeps the mails over a restart, the newest only', async () => {
    for (const subject of ['1', '2', '3', '4']) await send({ to: 'a@example.org', subject, text: subject });
    await stop();
    await start(2);
    expect((await mails()).map(({ subject }) => subject)).toEqual(['4', '3']);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('shows the text part, its links as links and its markup as text', async () => {
    await send({
      to: 'a@example.org',
      subject: '<b>s</b>',
      text: 'See http://localhost:8080/follow#CODE.\n<script>x</script>',
    });
    const [mail] = await mails();
    const page = await (await fetch(`${address}/mails/${mail?.id}`)).text();
    expect(page).toContain('<a href="http://localhost:8080/follow#CODE" rel="noreferrer">');
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toMatch(/<script|<b>s/);
  });

  it('never shows HTML', async () => {
    await send({ to: 'a@example.org', subject: 'html', html: '<p>only html</p>' });
    const [mail] = await mails();
    const shown = await fetch(`${address}/mails/${mail?.id}`);
    expect(shown.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await shown.text()).not.toContain('<p>only html');
  });

  it('says 404 for a mail that is not there', async () => {
    expect((await fetch(`${address}/mails/../../issuer-jwks.json`)).status).toBe(404);
    expect((await fetch(`${address}/mails/1`)).status).toBe(404);
  });
});

async function start(kept: number): Promise<void> {
  const store = await MailStore.open(folder, kept);
  smtp = smtpServer(store);
  pages = mailboxServer(store);
  await new Promise<void>((done) => smtp.listen(0, '127.0.0.1', done));
  await new Promise<void>((done) => pages.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
}

async function stop(): Promise<void> {
  await new Promise<void>((done) => smtp.close(done));
  pages.closeAllConnections();
  await new Promise((done) => pages.close(done));
}

async function send(mail: SendMailOptions): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: (smtp.server.address() as AddressInfo).port });
  await transport.sendMail({ from: 'hearback@example.org', messageId: '<answer-1@hearback.test>', ...mail });
  transport.close();
}

async function mails(query = ''): Promise<Mail[]> {
  return ((await (await fetch(`${address}/api/mails${query}`)).json()) as { items: Mail[] }).items;
}
