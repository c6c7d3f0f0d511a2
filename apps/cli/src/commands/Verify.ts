/** `eventfold verify FILE`: checks an exported store without a database. */
import { resolve } from "node:path"
import { checkFile } from "@eventfold/postgres"
import { Console, DateTime, Effect } from "effect"
import { Command } from "effect/cli"
import * as ProgressReport from "../ProgressReport.ts"
import * as ProgressText from "../ProgressText.ts"
import { inOneLine } from "../UserErrors.ts"
import { file } from "./Arguments.ts"

const run = Effect.fn("eventfold verify")(function* (options: { readonly file: string }) {
  const path = resolve(options.file)
  const { bytes, events, header, sha256 } = yield* ProgressReport.show((onProgress) => checkFile({ path, onProgress }))
  yield* Console.log(
    `${path} is whole: ${ProgressText.events(events)} up to position ${header.upTo}, ${bytes} bytes, SHA-256 ${sha256}`
  )
  yield* Console.log(`exported on ${DateTime.formatIso(header.createdAt)} from ${header.source}`)
})

/** Checks a file. */
export const verifyCommand = Command.make("verify", { file }, (options) => inOneLine(run(options))).pipe(
  Command.withDescription(
    "Checks an exported store without a database: the checksum, every field of every event, the order of positions, the " +
      "versions of every stream, and that no id is there twice. Names the first line that breaks a rule, and the rule."
  ),
  Command.withShortDescription("Check an exported store"),
  Command.withExamples([{ command: "eventfold verify store.jsonl.gz", description: "Check a file" }])
)
