import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOGS, portOf, PROJECT } from './paths.mjs';

/**
 * The table at the end of a start.
 * @param {import('./services.mjs').Service[]} services
 * @param {import('./chosen-engines.mjs').Engines} engines
 * @returns {string}
 */
export function welcome(services, engines) {
  const runs = new Set(services.flatMap(({ ports }) => ports));
  const url = process.env.HEARBACK_PUBLIC_URL ?? `http://localhost:${portOf('gateway')}`;
  /** @type {string[][]} */
  const addresses = [
    ['Kafka', engines.kafka, engines.where],
    ['MongoDB', engines.mongo.replace(/\/\/[^@/]*@/, '//'), engines.where],
    ['logs', LOGS, ''],
  ];
  if (runs.has('mailbox'))
    addresses.unshift(['mail catcher', `http://localhost:${portOf('mailbox')}`, 'every e-mail that is sent']);
  if (runs.has('gateway')) addresses.unshift(['Hearback', url, 'speak up, follow a receipt, sign in']);
  const parts = [table(['', 'address', ''], addresses)];
  const people = signIns();
  if (people.length > 0) {
    parts.push(table(['sign in as', 'user', 'password', 'role', 'where'], people));
  }
  return `\n${parts.join('\n')}\nCtrl-C stops everything.\n`;
}

/** @returns {string[][]} */
function signIns() {
  const file = join(PROJECT, 'deploy', 'demo', 'sign-ins.json');
  if (!existsSync(file)) return [];
  /** @type {{ name: string, user: string, password: string, role: string, where: string }[]} */
  const people = JSON.parse(readFileSync(file, 'utf8'));
  return people.map(({ name, user, password, role, where }) => [name, user, password, role, where]);
}

/** @param {string[]} heads @param {string[][]} rows */
export function table(heads, rows) {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (/** @type {string[]} */ cells) =>
    `  ${widths
      .map((width, i) => (cells[i] ?? '').padEnd(width))
      .join('  ')
      .trimEnd()}\n`;
  const rule = `  ${widths.map((width) => '─'.repeat(width)).join('──')}\n`;
  return line(heads) + rule + rows.map(line).join('');
}
