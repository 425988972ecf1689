import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import nodemailer from 'nodemailer';
import type { Transporter } from 'nodemailer';
import { config } from '../config.js';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** Without angle brackets; the same on every attempt, so that a repeat is recognised. */
  messageId: string;
}

/** The recipient's server refused for good (SMTP 5xx): trying again will not help. */
export class MailRefused extends Error {
  constructor(readonly code: string) {
    super(`the mail server refused: ${code}`);
    this.name = 'MailRefused';
  }
}

/** Hands mail to the district's server. A call that returns means that the server took responsibility for it. */
@Injectable()
export class Mailer implements OnModuleDestroy {
  private readonly transport: Transporter = nodemailer.createTransport(config().smtp, {
    from: config().mailFrom,
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
    ignoreTLS: config().smtp.startsWith('smtp://127.') || config().smtp.startsWith('smtp://localhost'),
  } as object);

  /** @throws MailRefused on a permanent refusal; any other error is worth another attempt later. */
  async send(mail: Mail): Promise<void> {
    try {
      await this.transport.sendMail({ ...mail, from: config().mailFrom, messageId: `<${mail.messageId}>` });
    } catch (error) {
      const { responseCode } = error as { responseCode?: number };
      if (responseCode && responseCode >= 500) throw new MailRefused(String(responseCode));
      throw error;
    }
  }

  onModuleDestroy(): void {
    this.transport.close();
  }
}
