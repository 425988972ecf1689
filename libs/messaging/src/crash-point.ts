import { existsSync, readFileSync, unlinkSync } from 'node:fs';

/**
 * Every place on an event's way at which dying makes a difference, in the order of the way. `before X` dies with X
 * not begun, `after X` with X durable and nothing that follows begun.
 */
export const crashPoints = [
  'before command write',
  'after command write',
  'before publish',
  'after publish',
  'before mark',
  'after mark',
  'before sweep',
  'after sweep',
  'before effect write',
  'after effect write',
  'before park',
  'after park',
  'before hold',
  'after hold',
  'before offset commit',
  'after offset commit',
  'before replay',
  'after replay',
  'before release',
  'after release',
  'before delivery attempt',
  'after delivery attempt',
  'after delivery',
  'before roll-up write',
  'after roll-up write',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** A file with the point at which this process dies next, `POINT` or `POINT SIGNAL`; only fault tests name one. */
const orders = process.env['HEARBACK_CRASH_FILE'];

/**
 * Dies here by SIGKILL, or stops here by SIGSTOP, when the fault tests ordered it (docs/adr/0023): once, because the
 * order goes first. Costs a comparison where nobody does.
 */
export function crashPoint(point: CrashPoint): void {
  if (orders === undefined || !existsSync(orders)) return;
  const order = readFileSync(orders, 'utf8').trim();
  const halts = order === `${point} SIGSTOP`;
  if (!halts && order !== point) return;
  unlinkSync(orders);
  process.kill(process.pid, halts ? 'SIGSTOP' : 'SIGKILL');
}
