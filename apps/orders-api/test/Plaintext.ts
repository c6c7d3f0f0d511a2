/** Looks for text in the files of a database, in the forms in which it could lie there. */
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Predicate } from "effect"

/** A text as UTF-8, as UTF-16, and within base64 at any offset: without the ends, which depend on what is beside it. */
const formsOf = (text: string): ReadonlyArray<Buffer> => [
  Buffer.from(text, "utf8"),
  Buffer.from(text, "utf16le"),
  ...[0, 1, 2].flatMap((offset) => {
    const base64 = Buffer.from("?".repeat(offset) + text).toString("base64")
    const inner = base64.slice(offset === 0 ? 0 : 4, -4)
    return [Buffer.from(inner), Buffer.from(inner.replaceAll("+", "-").replaceAll("/", "_"))]
  })
]

/** A server may take a file away while it is being looked for: then there is nothing in it. */
const bytesOf = async (path: string): Promise<Buffer> => {
  try {
    return await readFile(path)
  } catch (error) {
    if (Predicate.hasProperty(error, "code") && error.code === "ENOENT") return Buffer.alloc(0)
    throw error
  }
}

/** Those of the texts that are in a file below one of these directories, with the files. */
export const foundIn = (texts: ReadonlyArray<string>, ...directories: ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const found: Array<string> = []
    for (const directory of directories) {
      const entries = await readdir(directory, { recursive: true, withFileTypes: true })
      for (const entry of entries) {
        if (!entry.isFile()) continue
        const path = join(entry.parentPath, entry.name)
        const bytes = await bytesOf(path)
        for (const text of texts) if (formsOf(text).some((form) => bytes.includes(form))) found.push(`${text}: ${path}`)
      }
    }
    return found
  })
