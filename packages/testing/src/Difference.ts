/**
 * The difference between two values, line by line: `-` is what was expected, `+` is what was found.
 *
 * Lines that are alike are shown around a difference only; the rest is counted.
 */
import { Equal, TextDiff } from "effect"
import { print } from "./ReadableValue.ts"

/** So many lines that are alike are shown before and after each difference. */
const context = 4
/** A difference longer than this is cut: nobody reads on, and a terminal should not have to. */
const longest = 200

/** How `actual` differs from `expected`; `undefined` when they are equal (`Equal.equals`). */
export const between = (expected: unknown, actual: unknown): string | undefined => {
  if (Equal.equals(expected, actual)) return undefined
  const [before, after] = [print(expected), print(actual)]
  if (before === after) return `  ${before.replaceAll("\n", "\n  ")}\n(both read alike, but they are not equal)`
  const edits = TextDiff.lines(`${before}\n`, `${after}\n`, { maxEdits: longest })
  const lines = edits.flatMap((edit, index) => {
    switch (edit._tag) {
      case "Equal":
        return around(edit.items, index > 0, index < edits.length - 1)
      case "Delete":
        return edit.items.map((line) => `- ${line}`)
      case "Insert":
        return edit.items.map((line) => `+ ${line}`)
    }
  })
  const shown = lines.slice(0, longest)
  if (shown.length < lines.length) shown.push(`… ${lines.length - shown.length} more lines\n`)
  return shown.join("").trimEnd()
}

const around = (lines: ReadonlyArray<string>, differsAbove: boolean, differsBelow: boolean): ReadonlyArray<string> => {
  const [head, tail] = [differsAbove ? context : 0, differsBelow ? context : 0]
  const left = lines.length - head - tail
  const same = (line: string) => `  ${line}`
  // One line that is left out would be replaced by one that says so.
  if (left <= 1) return lines.map(same)
  return [...lines.slice(0, head).map(same), `  … ${left} lines alike\n`, ...lines.slice(lines.length - tail).map(same)]
}
