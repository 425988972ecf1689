/** A promise of messaging broken on purpose, as a hurried developer might: one text of the built JavaScript in place of another. */
export interface Bug {
  name: string;
  /** What such a build does wrong, and the promise of docs/architecture.md that it breaks. */
  story: string;
  /** Of the build, without its ending: `libs/messaging/src/publish/publisher`. */
  file: string;
  /** Stands there exactly once. */
  find: string;
  put: string;
  /** The check that must fail on it. */
  caughtBy: string;
  /** What that check must say of it. One that fails for another reason has not looked at the promise that is broken. */
  because: RegExp;
  /** Cheap enough for every `npm test`. */
  quick?: true;
}
