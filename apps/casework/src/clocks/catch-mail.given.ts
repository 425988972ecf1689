import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** A mail as its recipient's server got it; for specs. */
export interface CaughtMail {
  to: string;
  subject: string;
  text: string;
  messageId: string;
}

/** What the mail server does with what it is given, apart from taking it. */
export interface Manners {
  /** Asks to come back later. */
  busy: boolean;
  /** Refuses this address for good. */
  refuses?: string;
}

/** A mail server for one spec, on a port of its own. */
export async function catchMail(): Promise<{
  url: string;
  caught: CaughtMail[];
  manners: Manners;
  close(): Promise<void>;
}> {
  const caught: CaughtMail[] = [];
  const manners: Manners = { busy: false };
  const told = (text: string, responseCode: number) => Object.assign(new Error(text), { responseCode });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo({ address }, _session, done) {
      if (manners.busy) done(told('come back later', 451));
      else done(address === manners.refuses ? told('no such person', 550) : null);
    },
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        void PostalMime.parse(Buffer.concat(chunks)).then(
          ({ to, subject = '', text = '', messageId = '' }) => {
            caught.push({ to: to?.[0]?.address ?? '', subject, text, messageId });
            done();
          },
        );
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    caught,
    manners,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
