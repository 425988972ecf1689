import { SMTPServer } from 'smtp-server';
import type { MailStore } from './mail-store.js';

// Far above any answer that Hearback sends (10,000 characters and their translations).
const MAIL_BYTES = 2_000_000;

/** Takes every mail for every address, without a sign-in; accepted only once it is in its file. */
export function smtpServer(store: MailStore): SMTPServer {
  return new SMTPServer({
    banner: 'Hearback mail catcher, for development only',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAIL_BYTES,
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      let bytes = 0;
      stream.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes <= MAIL_BYTES) parts.push(part);
      });
      stream.on('error', done);
      stream.on('end', () => {
        if (bytes > MAIL_BYTES) return done(refused(552, `a mail is at most ${MAIL_BYTES} bytes`));
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        store.keep(Buffer.concat(parts), recipients).then(
          () => done(),
          // 451 asks the sender to try again: a full disk is not the mail's fault.
          (error: unknown) =>
            done(refused(451, `not kept: ${error instanceof Error ? error.message : 'unknown'}`)),
        );
      });
    },
  });
}

const refused = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode });
