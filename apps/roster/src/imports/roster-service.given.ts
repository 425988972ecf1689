import { eventually } from '#testing';
import type { RunningService, Stack } from '#testing';
import { RosterModule } from '../roster.module.js';
import type { ImportReport } from './import-report.js';

/** What is sent, by name. */
export type SentFiles = Record<string, string | Buffer>;

/** The whole service on real engines, with what tests of it ask again and again. */
export interface RosterService {
  url: string;
  call: RunningService['call'];
  app: RunningService['app'];
  /** Sends files as IT does. */
  post<T>(
    path: string,
    files: SentFiles,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: T }>;
  /** Waits until nobody works on an import any more. */
  settled(importId: string): Promise<ImportReport>;
  imported(files: SentFiles): Promise<ImportReport>;
}

export const asIt = { roles: ['it'] };

export async function rosterService(stack: Stack): Promise<RosterService> {
  const { url, call, app } = await stack.service(RosterModule, 'roster');
  const post: RosterService['post'] = async (path, files, headers = {}) => {
    const form = new FormData();
    for (const [name, content] of Object.entries(files))
      form.append('file', new Blob([new Uint8Array(Buffer.from(content))]), name);
    const authorization = `Bearer ${await stack.token(asIt)}`;
    const init = { method: 'POST', body: form, headers: { authorization, ...headers } };
    const response = await fetch(`${url}/api/roster/${path}`, init);
    return { status: response.status, body: (await response.json()) as never };
  };
  const settled = (importId: string): Promise<ImportReport> =>
    eventually(async () => {
      const path = `/api/roster/imports/${importId}`;
      const { body } = await call<ImportReport>('GET', path, { as: asIt });
      return !['received', 'applying'].includes(body.state) && body;
    }, 'the import');
  const imported = async (files: SentFiles): Promise<ImportReport> =>
    settled((await post<{ importId: string }>('imports', files)).body.importId);
  return { url, call, app, post, settled, imported };
}
