/**
 * Archived streams as files of a directory: `<tenant>/<category>/<xx>/<id>-v<version>-<checksum>.jsonl.gz`, JSON lines (see
 * `ArchiveText` in event-store) compressed with gzip, each with its checksum beside it as `sha256sum -c` reads it.
 *
 * Guarantees: a file is written under another name, synced, renamed, and its directories are synced, before it is read
 * back and compared; only then `write` answers. The name holds part of the checksum, so a file is never replaced by other
 * content, also when two databases are pointed at one directory. A file that an interrupted run has left is checked and
 * used; one that is damaged is written again.
 *
 * Gotchas: several machines must share the directory. Ids become digests in names: an id may hold any character. What was
 * cut off in the middle has a name that ends in `.tmp`, and may be removed.
 */
import { createHash, randomUUID } from "node:crypto"
import { existsSync } from "node:fs"
import { mkdir, open, opendir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { dirname, join, relative, resolve, sep } from "node:path"
import { promisify } from "node:util"
import { gunzip, gzip } from "node:zlib"
import {
  ArchiveDamaged,
  ArchiveFailure,
  type ArchiveFile,
  ArchiveFiles,
  ArchiveText,
  type RecordedEvent,
  StreamId
} from "@eventfold/event-store"
import { Effect, Layer, Stream } from "effect"
import { codeOf } from "./DurableFile.ts"

const compressed = promisify(gzip)
const decompressed = promisify(gunzip)

/** The archive in this directory, which is made when something is written first. */
export const layer = (directory: string): Layer.Layer<ArchiveFiles> =>
  Layer.sync(ArchiveFiles, () => {
    const root = resolve(directory)
    const made = new Set<string>()
    const attempt = <A>(operation: string, file: string | undefined, run: () => Promise<A>) =>
      Effect.tryPromise({ try: run, catch: failed(operation, file) })

    const read = Effect.fnUntraced(function* ({ bytes, checksum, name }: ArchiveFile) {
      const content = yield* attempt("read", name, () => readFile(join(root, name)))
      const damaged = (rule: string) => new ArchiveDamaged({ file: name, rule })
      if (content.length !== bytes) return yield* damaged(`it has ${content.length} bytes in place of ${bytes}`)
      if (sha256(content) !== checksum) return yield* damaged("its checksum is another")
      const text = yield* Effect.mapError(
        attempt("read", name, () => decompressed(content)),
        ({ detail }) => damaged(`it cannot be decompressed: ${detail}`)
      )
      return yield* Effect.mapError(Effect.fromResult(ArchiveText.parse(text.toString("utf8"))), ({ rule }) =>
        damaged(rule)
      )
    })

    return {
      read,
      write: Effect.fn("ArchiveDirectory.write")(function* (
        stream: StreamId.StreamId,
        events: ReadonlyArray<RecordedEvent>
      ) {
        const text = ArchiveText.format(stream, events)
        const content = yield* attempt("write", undefined, () => compressed(text, { level: 9 }))
        const checksum = sha256(content)
        const file = { name: nameOf(stream, events.length, checksum), checksum, bytes: content.length }
        yield* attempt("write", file.name, async () => {
          const path = join(root, file.name)
          if (await holds(path, content)) return
          await makeDirectory(dirname(path), made)
          await put(path, content)
          await put(`${path}.sha256`, `${checksum}  ${file.name.slice(file.name.lastIndexOf("/") + 1)}\n`)
        })
        const kept = yield* read(file)
        if (ArchiveText.format(stream, kept) !== text) {
          return yield* new ArchiveDamaged({ file: file.name, rule: "what was read back is not what was written" })
        }
        return file
      }),
      list: Stream.suspend(() => Stream.fromAsyncIterable(filesBelow(root), failed("list")))
    }
  })

const failed = (operation: string, file?: string) => (cause: unknown) =>
  new ArchiveFailure({
    operation,
    ...(file === undefined ? {} : { file }),
    detail: cause instanceof Error ? cause.message : String(cause),
    cause
  })

const sha256 = (content: Uint8Array | string): string => createHash("sha256").update(content).digest("hex")

const nameOf = (stream: StreamId.StreamId, version: number, checksum: string): string => {
  const id = sha256(StreamId.format(stream)).slice(0, 32)
  return `${stream.tenant}/${stream.category}/${id.slice(0, 2)}/${id}-v${version}-${checksum.slice(0, 16)}.jsonl.gz`
}

/** Whether the file is there already, whole, from a run that was interrupted; then it is on the disk, too. */
const holds = async (path: string, content: Uint8Array): Promise<boolean> => {
  try {
    if (!Buffer.from(content).equals(await readFile(path))) return false
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false
    throw error
  }
  await sync(path, "r+")
  await syncDirectory(dirname(path))
  return true
}

/** Under its name there is nothing, or all of it; when this ends, it is on the disk. */
const put = async (path: string, content: Uint8Array | string): Promise<void> => {
  const own = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(own, content, { flag: "wx", mode: 0o600, flush: true })
    await rename(own, path)
    await syncDirectory(dirname(path))
  } finally {
    await rm(own, { force: true })
  }
}

/** Makes a directory with its parents. One that is there may not be on the disk yet, so all of them are synced, once. */
const makeDirectory = async (directory: string, known: Set<string>): Promise<void> => {
  if (known.has(directory)) return
  const parent = dirname(directory)
  if (!existsSync(directory)) {
    await makeDirectory(parent, known)
    await mkdir(directory).catch((error: unknown) => {
      // Another writer was faster.
      if (codeOf(error) !== "EEXIST") throw error
    })
  }
  await syncDirectory(parent)
  known.add(directory)
}

/** A name that is lost with the power is lost, too. Windows knows no syncing of directories, and needs none. */
const syncDirectory = (path: string): Promise<void> =>
  process.platform === "win32" ? Promise.resolve() : sync(path, "r")

const sync = async (path: string, flag: "r" | "r+"): Promise<void> => {
  const handle = await open(path, flag)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The names of the files of the archive, one directory after another. */
async function* filesBelow(root: string): AsyncGenerator<string> {
  if (!existsSync(root)) return
  for await (const entry of await opendir(root, { recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".jsonl.gz")) continue
    yield relative(root, join(entry.parentPath, entry.name)).split(sep).join("/")
  }
}
