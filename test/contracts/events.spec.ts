import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { eventClass, events } from '#contracts';
import type { EventClass } from '#contracts';
import { validateEvent } from '#messaging';

const folder = 'libs/contracts/examples';
const all = events as readonly EventClass[];

describe('every event', () => {
  it('stands in the registry once, under a name of its own', () => {
    expect(new Set(all.map((event) => event.type)).size).toBe(all.length);
    for (const event of all) expect(eventClass(event.type)).toBe(event);
  });

  it('has a file of its own, and no event file is missing from the registry', () => {
    const files = readdirSync('libs/contracts/src', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const declared = files.flatMap((file) => {
      const source = readFileSync(`libs/contracts/src/${file}`, 'utf8');
      return [...source.matchAll(/static readonly type = '([^']+)'/g)].map((match) => ({
        file,
        type: match[1]!,
      }));
    });
    expect(declared.map(({ type }) => type).sort()).toEqual(all.map((event) => event.type).sort());
    for (const { file, type } of declared)
      expect(file).toMatch(new RegExp(`(^|/)${type.replace('.', '-')}\\.ts$`));
  });

  it.each(all.map((event) => [event.type, event] as const))(
    '%s: an example of each version still parses',
    (type, event) => {
      for (let version = 1; version <= event.contract.version; version += 1) {
        const example = JSON.parse(readFileSync(`${folder}/${type}.v${version}.json`, 'utf8')) as object;
        expect(() => validateEvent(event, { ...example, type }, false)).not.toThrow();
      }
    },
  );

  it.each(all.map((event) => [event.type, event] as const))(
    '%s: the newest example holds strictly, and each owed field is owed',
    (type, event) => {
      const example = JSON.parse(
        readFileSync(`${folder}/${type}.v${event.contract.version}.json`, 'utf8'),
      ) as object;
      expect(() => validateEvent(event, { ...example, type }, true)).not.toThrow();
      expect(() => validateEvent(event, { ...example, type, surprise: 1 }, true)).toThrow(/surprise/);
      const { [event.contract.key]: _, ...without } = example as Record<string, unknown>;
      expect(() => validateEvent(event, { ...without, type }, false)).toThrow(new RegExp(event.contract.key));
    },
  );
});
