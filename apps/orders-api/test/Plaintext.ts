/** Looks for text in the files of a database, in the forms in which it could lie there. */
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Predicate } from "effect"

/** A text as UTF-8, as UTF-16, and within base64 at any offset: without the ends, which depend on what is beside it. */
const formsOf = (text: string): ReadonlyArray<Buffer> => {
  const inBase64 = [0, 1, 2].flatMap((offset) => {
    const base64 = Buffer.from("?".repeat(offset) + text).toString("base64")
    const inner = base64.slice(offset === 0 ? 0 : 4, -4)
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")]
  })
  // Most have neither of these signs: they would be looked for twice.
  return [Buffer.from(text, "utf16le"), ...Array.from(new Set([text, ...inBase64]), (form) => Buffer.from(form))]
}

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
    const wanted = texts.map((text) => ({ text, forms: formsOf(text) }))
    for (const directory of directories) {
      const entries = await readdir(directory, { recursive: true, withFileTypes: true })
      for (const entry of entries) {
        if (!entry.isFile()) continue
        const path = join(entry.parentPath, entry.name)
        const bytes = await bytesOf(path)
        for (const { forms, text } of wanted) {
          if (forms.some((form) => bytes.includes(form))) found.push(`${text}: ${path}`)
        }
      }
    }
    return found
  })
