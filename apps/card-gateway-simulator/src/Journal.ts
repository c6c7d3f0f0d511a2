/**
 * Keeps the book of the gateway in a file, one entry a line, so that it survives the program that runs it, also one that is
 * killed. When it is opened it is written anew, with the entries that still count.
 *
 * Gotcha: a line that was cut off by a crash was never answered, and is left out.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { Option, Schema } from "effect"
import { Entry } from "./ChargeBook.ts"

const line = Schema.fromJsonString(Entry)
const decode = Schema.decodeOption(line)
const encode = Schema.encodeSync(line)
const textOf = (entries: ReadonlyArray<Entry>) => entries.map((entry) => `${encode(entry)}\n`).join("")

/** What is one and the same when it is entered again: only the last entry counts. */
const nameOf = (entry: Entry): string => {
  switch (entry.kind) {
    case "card":
      return `card ${entry.card.token}`
    case "charge":
      return `charge ${entry.charge.id}`
    case "reversed":
    case "declined":
      return `${entry.kind} ${entry.reference}`
    case "answer":
      return `answer ${entry.key}`
  }
}

/** The entries of a file, and how to add more; without a file nothing is kept. */
export const open = (path: string | undefined) => {
  if (path === undefined) return { entries: [], keep: () => {} }
  mkdirSync(dirname(path), { recursive: true })
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : []
  const read = lines.flatMap((text) => Option.toArray(decode(text)))
  const entries = [...new Map(read.map((entry) => [nameOf(entry), entry])).values()]
  writeFileSync(`${path}.new`, textOf(entries))
  renameSync(`${path}.new`, path)
  return { entries, keep: (added: ReadonlyArray<Entry>) => appendFileSync(path, textOf(added)) }
}
