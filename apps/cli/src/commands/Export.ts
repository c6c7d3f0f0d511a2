/** `eventfold export FILE`: writes the whole store into one file. */
import { resolve } from "node:path"
import { DatabaseInfo, exportStore } from "@eventfold/postgres"
import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import * as ProgressReport from "../ProgressReport.ts"
import * as ProgressText from "../ProgressText.ts"
import * as StoreDatabase from "../StoreDatabase.ts"
import { inOneLine } from "../UserErrors.ts"
import { file, resume } from "./Arguments.ts"

const run = Effect.fn("eventfold export")(function* (options: { readonly file: string; readonly resume: boolean }) {
  const { description } = yield* DatabaseInfo
  const path = resolve(options.file)
  const { events, resumedAfter, upTo } = yield* ProgressReport.show((onProgress) =>
    exportStore({ path, resume: options.resume, source: description, onProgress })
  )
  const resumed = resumedAfter === 0 ? "" : `, ${resumedAfter} of them before it was interrupted`
  yield* Console.log(`exported ${ProgressText.events(events)} up to position ${upTo} into ${path}${resumed}`)
})

/** Exports the store. */
export const exportCommand = Command.make("export", { file, resume }, (options) =>
  run(options).pipe(Effect.provide(StoreDatabase.layer), inOneLine)
).pipe(
  Command.withDescription(
    "Writes every event of the store into one file: one JSON object per line, with a checksum in the last. The service " +
      "may go on meanwhile; what it appends after the start is not in the file. Until it is whole, the file is called FILE.part."
  ),
  Command.withShortDescription("Write the whole store into one file"),
  Command.withExamples([
    { command: "eventfold export store.jsonl.gz", description: "Export, compressed" },
    { command: "eventfold export store.jsonl.gz --resume", description: "Go on after an interruption" }
  ])
)
