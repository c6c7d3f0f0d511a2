/** `eventfold verify FILE`: checks an exported store without a database. */
import { resolve } from "node:path"
import { checkFile } from "@eventfold/postgres"
import { Console, DateTime, Effect } from "effect"
import { Command } from "effect/cli"
import * as ProgressReport from "../ProgressReport.ts"
import * as ProgressText from "../ProgressText.ts"
import * as StoreContents from "../StoreContents.ts"
import { inOneLine } from "../UserErrors.ts"
import { file } from "./Arguments.ts"

const nothing = { repairs: 0, archived: 0, forgotten: 0, keys: 0 }

const run = Effect.fn("eventfold verify")(function* (options: { readonly file: string }) {
  const path = resolve(options.file)
  const checked = yield* ProgressReport.show((onProgress) => checkFile({ path, onProgress }))
  const { beside = nothing, bytes, events, header, masterKeys, sha256 } = checked
  const contents = { ...beside, actions: header.actions }
  const lines = [
    `${path} is whole: ${ProgressText.events(events)} up to position ${header.upTo}, ${bytes} bytes, SHA-256 ${sha256}`,
    `exported on ${DateTime.formatIso(header.createdAt)} from ${header.source}`,
    ...StoreContents.beside(contents),
    ...StoreContents.leftOut(header.without),
    ...StoreContents.toTakeAlong(contents, masterKeys)
  ]
  yield* Effect.forEach(lines, (line) => Console.log(line), { discard: true })
})

/** Checks a file. */
export const verifyCommand = Command.make("verify", { file }, (options) => inOneLine(run(options))).pipe(
  Command.withDescription(
    "Checks an exported store without a database: the checksum, every field of every line, the order of positions, the " +
      "versions of every stream, that no id is there twice, that every repair has its event, that keys are wrapped and " +
      "those of the forgotten are not there. Names the first line that breaks a rule, and the rule."
  ),
  Command.withShortDescription("Check an exported store"),
  Command.withExamples([{ command: "eventfold verify store.jsonl.gz", description: "Check a file" }])
)
