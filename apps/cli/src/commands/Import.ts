/** `eventfold import FILE`: loads an exported store into an empty database. */
import { resolve } from "node:path"
import { DatabaseInfo, ImportDatabase, importStore } from "@eventfold/postgres"
import { Console, Effect, Layer } from "effect"
import { Command, Flag } from "effect/cli"
import * as ProgressReport from "../ProgressReport.ts"
import * as ProgressText from "../ProgressText.ts"
import * as StoreContents from "../StoreContents.ts"
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
  const imported = yield* ProgressReport.show((onProgress) => importStore({ ...options, path, onProgress }))
  const { archived, events, keysLeftOut, missingMasterKeys, resumedAfter, upTo, without } = imported
  const resumed = resumedAfter === 0 ? "" : `, ${resumedAfter} of them before it was interrupted`
  const lines = [
    `imported ${ProgressText.events(events)} up to position ${upTo} into ${description}${resumed}`,
    ...StoreContents.beside(imported),
    ...StoreContents.leftOut(without),
    ...StoreContents.counted(keysLeftOut, "key").map(
      (keys) => `not taken over: ${keys} of persons whom the ledger of this store names as forgotten`
    ),
    ...(archived === 0 ? [] : ["the service needs the directory of the archive, in ARCHIVE_DIR"])
  ]
  yield* Effect.forEach(lines, (line) => Console.log(line), { discard: true })
  yield* Effect.forEach(
    missingMasterKeys,
    ({ keys, name, variable }) =>
      Console.error(
        `WARNING: ${StoreContents.counted(keys, "key").join()} of personal data ${keys === 1 ? "is" : "are"} wrapped by ` +
          `the master key ${name}, which is not at hand here: give it to the service in ${variable}, or their data ` +
          "cannot be read"
      ),
    { discard: true }
  )
})

const database = Layer.unwrap(Effect.as(StoreDatabase.kept, ImportDatabase.layer))

/** Imports a store. */
export const importCommand = Command.make("import", { file, resume, checked }, (options) =>
  run(options).pipe(Effect.provide(database), inOneLine)
).pipe(
  Command.withDescription(
    "Loads an exported store into an empty database, which is prepared when it is new. First the whole file is checked; " +
      "then the log is loaded in batches, and what stands beside it, and nobody else can append, or follow the log, until " +
      "all is there. Nobody in the ledger of the forgotten of this environment gets a key back. Stop the service before."
  ),
  Command.withShortDescription("Load an exported store into an empty database"),
  Command.withExamples([
    { command: "eventfold import store.jsonl.gz", description: "Check, then load" },
    { command: "eventfold import store.jsonl.gz --resume", description: "Go on after an interruption" }
  ])
)
