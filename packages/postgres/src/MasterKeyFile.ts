/**
 * A master key in a file beside the embedded database: made when it is missing, for its owner only (mode 0600).
 *
 * One key a line, in base64: the first one is current, further ones only unwrap. To replace the current one, put a new one
 * above it, start, rotate, and take the old one out.
 *
 * Gotcha: whoever has the directory has the data and the key. That is for trying and developing; a service with data of
 * real people gets its master key by `EVENTFOLD_MASTER_KEY`, from somewhere its database and backups are not.
 */
import { readFile } from "node:fs/promises"
import { MasterKeyInvalid, MasterKeys } from "@eventfold/event-store"
import { Effect, Layer, Redacted } from "effect"
import * as DurableFile from "./DurableFile.ts"

/** The master keys in the file at this path. */
export const layer = (path: string): Layer.Layer<MasterKeys, MasterKeyInvalid> =>
  Layer.effect(
    MasterKeys,
    Effect.gen(function* () {
      const invalid = (rule: string) => new MasterKeyInvalid({ source: path, rule })
      const text = yield* Effect.tryPromise({
        try: () => read(path),
        catch: (cause) => invalid(`the file cannot be used: ${String(cause)}`)
      })
      const lines = text.split("\n").filter((line) => line.trim() !== "")
      if (lines.length === 0) return yield* invalid("the file must hold a master key, and it is empty")
      return yield* MasterKeys.make(
        path,
        lines.map((line) => Redacted.make(line))
      )
    })
  )

/** Of several processes that find none, one makes it, and all of them read that. */
const read = async (path: string): Promise<string> => {
  try {
    return await readFile(path, "utf8")
  } catch (error) {
    if (DurableFile.codeOf(error) !== "ENOENT") throw error
  }
  await DurableFile.create(path, `${Redacted.value(MasterKeys.generate())}\n`)
  return readFile(path, "utf8")
}
