import type { Server } from 'node:net';
import { issuerServer } from './issuer/server.js';
import { MailStore } from './mailbox/mail-store.js';
import { mailboxServer } from './mailbox/page.js';
import { smtpServer } from './mailbox/smtp.js';
import { settingsFrom } from './settings.js';

// The development tools in one process: the issuer that signs the demo people in, and the mail catcher.
// Neither belongs in a real installation.

function listen(what: string, server: Server, port: number, host: string): Promise<void> {
  return new Promise((done, refuse) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      refuse(
        new Error(
          error.code === 'EADDRINUSE' ? `port ${port} is taken (${what})` : `${what}: ${error.message}`,
        ),
      );
    });
    server.listen(port, host, () => done());
  });
}

async function main(): Promise<void> {
  const settings = settingsFrom(process.env);
  const { host, ports } = settings;
  const store = await MailStore.open(`${settings.data}/mail`);
  const issuer = await issuerServer(settings);
  const mailbox = mailboxServer(store);
  const smtp = smtpServer(store);
  smtp.on('error', (error: Error) => console.error('mail catcher:', error.message));

  await listen('development issuer', issuer, ports.issuer, host);
  await listen('mail catcher page', mailbox, ports.mailbox, host);
  await listen('mail catcher', smtp.server, ports.smtp, host);
  console.log(
    `devtools: issuer ${settings.issuer}, mails http://${host}:${ports.mailbox}, SMTP ${host}:${ports.smtp}`,
  );

  // Nothing is left to do once these are closed, so the process ends by itself; in one process with the services
  // they must have their own time to stop.
  const stop = (): void => {
    for (const server of [issuer, mailbox]) {
      server.close();
      server.closeAllConnections();
    }
    smtp.close();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  console.error(`devtools: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
