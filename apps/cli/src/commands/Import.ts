/** `eventfold import FILE`: loads an exported store into an empty database. */
import { resolve } from "node:path"
import { DatabaseInfo, ImportDatabase, importStore } from "@eventfold/postgres"
import { Console, Effect, Layer } from "effect"
import { Command, Flag } from "effect/cli"
import * as ProgressReport from "../ProgressReport.ts"
import * as ProgressText from "../ProgressText.ts"
import * as StoreDatabase from "../StoreDatabase.ts"
import { inOneLine } from "../UserErrors.ts"
import { file, resume } from "./Arguments.ts"

const checked = Flag.Boolean("checked").pipe(
  Flag.withDefault(false),
  Flag.withDescription("do not check the file first: `eventfold verify` has just done so")
)

const run = Effect.fn("eventfold import")(function* (options: {
  readonly file: string
  readonly resume: boolean
  readonly checked: boolean
}) {
  const { description } = yield* DatabaseInfo
  const path = resolve(options.file)
  const { events, resumedAfter, upTo } = yield* ProgressReport.show((onProgress) =>
    importStore({ ...options, path, onProgress })
  )
  const resumed = resumedAfter === 0 ? "" : `, ${resumedAfter} of them before it was interrupted`
  yield* Console.log(`imported ${ProgressText.events(events)} up to position ${upTo} into ${description}${resumed}`)
})

const database = Layer.unwrap(Effect.as(StoreDatabase.kept, ImportDatabase.layer))

/** Imports a store. */
export const importCommand = Command.make("import", { file, resume, checked }, (options) =>
  run(options).pipe(Effect.provide(database), inOneLine)
).pipe(
  Command.withDescription(
    "Loads an exported store into an empty database, which is prepared when it is new. First the whole file is checked; " +
      "then events are loaded in batches, and nobody else can append, or follow the log, until all are there. Stop the " +
      "service before."
  ),
  Command.withShortDescription("Load an exported store into an empty database"),
  Command.withExamples([
    { command: "eventfold import store.jsonl.gz", description: "Check, then load" },
    { command: "eventfold import store.jsonl.gz --resume", description: "Go on after an interruption" }
  ])
)
