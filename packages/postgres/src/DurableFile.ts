/** Small files that must be on the disk, for their owner only (mode 0600), before the program goes on. */
import { link, open, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { Predicate } from "effect"
import { makeDirectory } from "./PgliteFiles.ts"

/** Makes a file with its text; false when there is one already. It is never seen half written. */
export const create = async (path: string, text: string): Promise<boolean> => {
  await makeDirectory(dirname(path))
  const own = `${path}.${process.pid}`
  await written(own, "w", text)
  try {
    await link(own, path)
    await syncDirectory(path)
    return true
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false
    throw error
  } finally {
    await rm(own, { force: true })
  }
}

/** Adds text at the end of a file, which is made when it is missing. */
export const append = async (path: string, text: string): Promise<void> => {
  await written(path, "a", text)
  await syncDirectory(path)
}

/** The error code of Node, such as `ENOENT`. */
export const codeOf = (error: unknown): unknown => (Predicate.hasProperty(error, "code") ? error.code : undefined)

const written = async (path: string, flag: "w" | "a", text: string): Promise<void> => {
  const file = await open(path, flag, 0o600)
  try {
    await file.appendFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A file whose name is lost with the power is lost, too. Windows knows no syncing of directories, and needs none. */
const syncDirectory = async (path: string): Promise<void> => {
  if (process.platform === "win32") return
  const directory = await open(dirname(path), "r")
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
