/** The laws of the files of the archive catch broken ones: for every law there are files that break it, and it only. */
import { ArchiveFiles } from "@eventfold/event-store"
import { Effect, Layer, Stream } from "effect"
import { ArchiveFilesLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

type Files = ArchiveFiles["Service"]

interface Broken {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<ArchiveFiles>
}

const broken = (breaks: string, fault: string, wrong: (files: Files) => Partial<Files>): Broken => ({
  breaks,
  fault,
  layer: Layer.effect(
    ArchiveFiles,
    Effect.map(ArchiveFiles, (files) => ({ ...files, ...wrong(files) }))
  ).pipe(Layer.provide(Layer.fresh(ArchiveFiles.layerMemory)))
})

const rows: ReadonlyArray<Broken> = [
  broken("what is written is read as it was, whatever its data", "keeps no large data", (files) => ({
    read: (file) =>
      Effect.map(files.read(file), (events) =>
        events.map((event) => (JSON.stringify(event.data).length > 50_000 ? { ...event, data: {} } : event))
      )
  })),
  broken("a stream of any id has a file of its own", "tells no upper from lower case", (files) => {
    const first = new Map<string, Effect.Success<ReturnType<Files["write"]>>>()
    return {
      write: (stream, events) =>
        Effect.map(files.write(stream, events), (file) => {
          if (stream.id.length > 1) return file
          const known = first.get(stream.id.toLowerCase()) ?? file
          first.set(stream.id.toLowerCase(), known)
          return known
        })
    }
  }),
  broken(
    "the same events written again are the same file, and other events of the stream are another",
    "gives the file another checksum each time",
    (files) => {
      const written = new Map<string, number>()
      return {
        write: (stream, events) =>
          Effect.map(files.write(stream, events), (file) => {
            const times = (written.get(file.name) ?? 0) + 1
            written.set(file.name, times)
            return times === 1 ? file : { ...file, checksum: `${file.checksum.slice(1)}${times}` }
          })
      }
    }
  ),
  broken("a file that is not the one that was written is refused", "looks at no checksum", (files) => {
    const known = new Map<string, Effect.Success<ReturnType<Files["write"]>>>()
    return {
      write: (stream, events) =>
        Effect.tap(files.write(stream, events), (file) => Effect.sync(() => known.set(file.name, file))),
      read: (file) => files.read(known.get(file.name) ?? file)
    }
  }),
  broken("a file that is not there is a failure that names it", "takes it for empty", (files) => ({
    read: (file) => (file.name.startsWith("none/") ? Effect.succeed([]) : files.read(file))
  })),
  broken("every file is listed, once", "lists the first twice", (files) => ({
    list: Stream.concat(files.list, files.list)
  }))
]

suite({
  of: "the files of the archive",
  laws: ArchiveFilesLaws.laws,
  rows,
  sound: Layer.fresh(ArchiveFiles.layerMemory)
})
