/** A broken rule of the architecture, as a value: where, which rule, and what to do instead. */

/** The rules, by the name a message carries. */
export const rules = [
  "room",
  "published-only",
  "outside",
  "stable-only",
  "no-world",
  "stays-inside",
  "exports-only",
  "ts-extension",
  "unstable-list",
  "declared",
  "exact-version",
  "documented",
  "file-name",
  "file-length"
] as const

/** One of {@link rules}. */
export type Rule = (typeof rules)[number]

/** One broken rule in one place. */
export interface Violation {
  /** Path from the root of the repository, with forward slashes. */
  readonly file: string
  /** Line in the file, first line = 1; absent when the whole file is meant. */
  readonly line?: number
  readonly rule: Rule
  /** What is wrong, naming the import or the entry, and what is right. */
  readonly message: string
}

/** `packages/x/src/A.ts:3 [room] …` */
export const render = ({ file, line, message, rule }: Violation): string =>
  `${line === undefined ? file : `${file}:${line}`} [${rule}] ${message}`
