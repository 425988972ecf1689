import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { cruise } from 'dependency-cruiser';
import type { ICruiseResult } from 'dependency-cruiser';
import { rules } from './rules.js';

/** What dependency-cruiser finds against the rules below a folder that is laid out like the project. */
async function violations(
  baseDir: string,
  folders: string[],
): Promise<{ rule: string; from: string; to: string }[]> {
  const { output } = await cruise(folders, {
    baseDir: resolve(baseDir),
    ruleSet: { forbidden: rules },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    exclude: { path: 'fixtures/|apps/console/(build|public)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  });
  const { summary } = output as ICruiseResult;
  return summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}

describe('the dependency rules', () => {
  it('hold in the whole project', async () => {
    expect(await violations('.', ['apps', 'libs'])).toEqual([]);
  }, 120_000);

  it.each(rules.map(({ name }) => name))(
    '%s is broken by its fixture',
    async (name) => {
      const base = `test/architecture/fixtures/${name}`;
      const found = await violations(base, readdirSync(base));
      expect(found.map(({ rule }) => rule)).toContain(name);
    },
    60_000,
  );
});

const sources = ['apps', 'libs'].flatMap((top) =>
  readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') || file.endsWith('.tsx'))
    .map((file) => ({ path: `${top}/${file}`, text: readFileSync(`${top}/${file}`, 'utf8') })),
);

describe('the layout', () => {
  it('has no folder for what belongs nowhere', () => {
    const vague = sources.filter(({ path }) =>
      /(^|\/)(utils?|common|helpers?|shared|misc)(\/|\.ts)/.test(path),
    );
    expect(vague.map(({ path }) => path)).toEqual([]);
  });

  it('has no any, no default export and no enum', () => {
    const offenders = sources.filter(({ path, text }) => {
      if (path.endsWith('vite.config.ts')) return false;
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$|'[^'\n]*'|"[^"\n]*"|`[^`]*`/gm, '');
      return /(:\s*|<|as\s+|\|\s*)any\b(?!\w)|^export default|\benum\s+\w+\s*\{/m.test(code);
    });
    expect(offenders.map(({ path }) => path)).toEqual([]);
  });

  it('reaches collections only in stores, whose every method wants the district', () => {
    const offenders = sources.filter(
      ({ path, text }) =>
        !/^libs\/(messaging|platform|testing)\//.test(path) &&
        !/\.(store|spec|given)\.ts$/.test(path) &&
        /\.collection\(/.test(text),
    );
    expect(offenders.map(({ path }) => path)).toEqual([]);
  });
});
