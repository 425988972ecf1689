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

/** A mail server for one spec, on a port of its own. */
export async function catchMail(): Promise<{ url: string; caught: CaughtMail[]; close(): Promise<void> }> {
  const caught: CaughtMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
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
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
