/** `eventfold export FILE`: writes the whole store into one file. */
import { resolve } from "node:path"
import { DatabaseInfo, ExportFormat, exportStore } from "@eventfold/postgres"
import { Console, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import * as ProgressReport from "../ProgressReport.ts"
import * as ProgressText from "../ProgressText.ts"
import * as StoreContents from "../StoreContents.ts"
import * as StoreDatabase from "../StoreDatabase.ts"
import { inOneLine } from "../UserErrors.ts"
import { file, resume } from "./Arguments.ts"

const without = Flag.Literals("without", ExportFormat.parts).pipe(
  Flag.atLeast(0),
  Flag.withDescription(
    "leave something out on purpose, once for each: actions of the audit, repairs of events, the catalogue of the " +
      "archive, or the keys of personal data, which nobody can read without them"
  )
)

const run = Effect.fn("eventfold export")(function* (options: {
  readonly file: string
  readonly resume: boolean
  readonly without: ReadonlyArray<ExportFormat.Part>
}) {
  const { description } = yield* DatabaseInfo
  const path = resolve(options.file)
  const exported = yield* ProgressReport.show((onProgress) =>
    exportStore({ ...options, path, source: description, onProgress })
  )
  const { events, masterKeys, resumedAfter, strayRepairs, upTo } = exported
  const resumed = resumedAfter === 0 ? "" : `, ${resumedAfter} of them before it was interrupted`
  const lines = [
    `exported ${ProgressText.events(events)} up to position ${upTo} into ${path}${resumed}`,
    ...StoreContents.beside(exported),
    ...StoreContents.counted(strayRepairs, "repair").map((repairs) => `left out, for want of an event: ${repairs}`),
    ...StoreContents.leftOut(options.without),
    ...StoreContents.toTakeAlong(exported, masterKeys)
  ]
  yield* Effect.forEach(lines, (line) => Console.log(line), { discard: true })
})

/** Exports the store. */
export const exportCommand = Command.make("export", { file, resume, without }, (options) =>
  run({ ...options, without: Array.from(new Set(options.without)) }).pipe(
    Effect.provide(StoreDatabase.layer),
    inOneLine
  )
).pipe(
  Command.withDescription(
    "Writes the whole store into one file: one JSON object per line, with a checksum in the last. In it are the events, the " +
      "audited actions, the repairs of events, the catalogue of the archive, the ledger of the forgotten, and the keys of " +
      "personal data as the master key wraps them; the master key and the files of the archive are not. The service may go " +
      "on meanwhile; what it appends after the start is not in the file. Until it is whole, the file is called FILE.part."
  ),
  Command.withShortDescription("Write the whole store into one file"),
  Command.withExamples([
    { command: "eventfold export store.jsonl.gz", description: "Export, compressed" },
    { command: "eventfold export store.jsonl.gz --resume", description: "Go on after an interruption" },
    { command: "eventfold export copy.jsonl.gz --without keys", description: "A copy that shows no personal data" }
  ])
)
