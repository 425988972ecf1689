import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import PostalMime from 'postal-mime';

/** One caught mail, as the JSON of GET /api/mails gives it. */
export interface Mail {
  /** Our own, and the name of its .eml file; newer sorts after older. */
  id: string;
  /** The sender's Message-ID, without the angle brackets: a repeat of a mail has the same one. */
  messageId: string;
  /** The envelope's recipients, separated by a comma and a space. */
  to: string;
  from: string;
  subject: string;
  /** When it came, RFC 3339 in UTC. */
  at: string;
  /** The text part; empty when there is none. HTML is never read. */
  text: string;
}

/** How many mails are kept; the oldest go first. */
export const KEPT = 2_000;

/**
 * The caught mails: in memory for the page, and as .eml files so that a restart, or a kill, keeps what was
 * accepted. The envelope's recipients go before the mail as a Delivered-To field.
 */
export class MailStore {
  private readonly mails: Mail[] = [];
  private last = 0;

  private constructor(
    private readonly folder: string,
    private readonly kept: number,
  ) {}

  /** Opens the folder and reads what an earlier run left. A file that is no mail is passed over. */
  static async open(folder: string, kept: number = KEPT): Promise<MailStore> {
    await mkdir(folder, { recursive: true });
    const store = new MailStore(folder, kept);
    const files = (await readdir(folder)).filter((name) => /^\d{13}-[0-9a-f]{6}\.eml$/.test(name)).sort();
    for (const file of files.slice(-kept)) {
      const id = file.slice(0, -'.eml'.length);
      const mail = await mailOf(id, await readFile(`${folder}/${file}`)).catch(() => undefined);
      if (mail) store.mails.push(mail);
    }
    await Promise.all(files.slice(0, -kept).map((file) => rm(`${folder}/${file}`, { force: true })));
    return store;
  }

  /** Keeps one mail; when this resolves, it is in its file. */
  async keep(source: Buffer, recipients: string[]): Promise<Mail> {
    // Strictly rising, so that two mails of one millisecond keep their order by name.
    this.last = Math.max(Date.now(), this.last + 1);
    const id = `${this.last}-${randomBytes(3).toString('hex')}`;
    const delivered = recipients.map((one) => `Delivered-To: ${one.replace(/[\r\n]/g, '')}\r\n`).join('');
    const whole = Buffer.concat([Buffer.from(delivered), source]);
    const mail = await mailOf(id, whole);
    const draft = `${this.folder}/.${id}.part`;
    await writeFile(draft, whole);
    await rename(draft, `${this.folder}/${id}.eml`);
    this.mails.push(mail);
    const surplus = this.mails.splice(0, Math.max(0, this.mails.length - this.kept));
    await Promise.all(surplus.map((old) => rm(`${this.folder}/${old.id}.eml`, { force: true })));
    return mail;
  }

  /** Newest first; `to` keeps those that went to exactly this address (in any case of letters). */
  list(to = ''): Mail[] {
    const wanted = to.trim().toLowerCase();
    const all = this.mails.toReversed();
    return wanted === '' ? all : all.filter((mail) => mail.to.toLowerCase().split(', ').includes(wanted));
  }

  find(id: string): Mail | undefined {
    return this.mails.find((mail) => mail.id === id);
  }
}

async function mailOf(id: string, whole: Buffer): Promise<Mail> {
  const parsed = await PostalMime.parse(whole);
  const delivered = parsed.headers.filter(({ key }) => key === 'delivered-to').map(({ value }) => value);
  return {
    id,
    messageId: (parsed.messageId ?? '').replace(/^<|>$/g, ''),
    to: delivered.join(', '),
    from: parsed.from?.address ?? parsed.from?.name ?? '',
    subject: parsed.subject ?? '',
    at: new Date(Number(id.split('-')[0])).toISOString(),
    text: (parsed.text ?? '').trimEnd(),
  };
}
