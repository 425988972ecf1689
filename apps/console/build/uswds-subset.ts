import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CSSOptions } from 'vite';

type PostcssPlugin = NonNullable<Exclude<NonNullable<CSSOptions['postcss']>, string>['plugins']>[number];

/**
 * Keeps of USWDS' ready-made stylesheet (527 kB, with dozens of fonts and icons) only the rules whose every
 * class is written somewhere in our source. A class must therefore be written out in full in a .tsx file:
 * 'usa-alert--info', never `usa-alert--${kind}`.
 */
export function uswdsSubset(sourceFolder: string): PostcssPlugin {
  const written = wordsIn(sourceFolder);
  const isUsed = (selector: string) =>
    // What a rule must not match need not be written anywhere.
    [...selector.replaceAll(/:not\([^)]*\)/g, '').matchAll(/\.((?:[\w-]|\\.)+)/g)].every((match) =>
      written.has((match[1] ?? '').replaceAll('\\', '')),
    );
  return {
    postcssPlugin: 'uswds-subset',
    OnceExit(root) {
      if (!root.source?.input.file?.includes('@uswds')) return;
      root.walkAtRules('font-face', (face) => void face.remove());
      root.walkRules((rule) => {
        if (
          rule.parent?.type === 'atrule' &&
          ((rule.parent as { name?: string }).name ?? '').endsWith('keyframes')
        )
          return;
        const kept = rule.selectors.filter(isUsed);
        if (kept.length === 0) rule.remove();
        else rule.selectors = kept;
      });
      root.walkAtRules(/^(media|supports)$/, (at) => void (at.nodes?.length === 0 && at.remove()));
    },
  };
}

function wordsIn(folder: string): Set<string> {
  const words = new Set<string>();
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.tsx')) continue;
    for (const match of readFileSync(join(folder, entry), 'utf8').matchAll(/[\w-]+/g)) words.add(match[0]);
  }
  return words;
}
