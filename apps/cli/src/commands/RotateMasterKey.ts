/** `eventfold rotate-master-key`: wraps the keys of all persons by the current master key. */
import { type KeyChange, KeyStore } from "@eventfold/event-store"
import { Console, Effect, Schedule } from "effect"
import { Command } from "effect/cli"
import * as Options from "../Options.ts"
import * as ProgressReport from "../ProgressReport.ts"
import * as StoreContents from "../StoreContents.ts"
import * as StoreDatabase from "../StoreDatabase.ts"
import * as StoreKeys from "../StoreKeys.ts"
import { inOneLine } from "../UserErrors.ts"
import { actor, reason } from "./Arguments.ts"

const counted = (keys: number) => StoreContents.counted(keys, "key of personal data", "keys of personal data").join()

const sum = (keys: Iterable<number>) => Array.from(keys).reduce((all, some) => all + some, 0)

const run = Effect.fn("eventfold rotate-master-key")(function* (current: string, by: KeyChange) {
  const before = yield* StoreKeys.byMasterKey
  const others = Array.from(before.keys()).filter((name) => name !== current)
  const all = sum(before.values())
  const total = all - (before.get(current) ?? 0)
  if (total === 0) {
    const what = all === 0 ? "there is no key of personal data" : `it wraps all ${counted(all)} already`
    return yield* Console.log(`nothing to do for the master key ${current}: ${what}`)
  }
  const keys = yield* KeyStore
  const wrapped = yield* ProgressReport.show((onProgress) => {
    const step = (done: number) => onProgress({ task: "wrapping", done, total, of: "keys" })
    // What is shown is nothing the rotation depends on: it goes on when counting fails.
    const watching = StoreKeys.byMasterKey.pipe(
      Effect.flatMap((now) => step(Math.max(total - sum(others.map((name) => now.get(name) ?? 0)), 0))),
      Effect.ignore,
      Effect.repeat(Schedule.spaced("1 second"))
    )
    return keys.rotateMasterKey(by).pipe(
      Effect.raceFirst(Effect.andThen(watching, Effect.never)),
      Effect.tap(() => step(total))
    )
  })
  yield* Console.log(`wrapped ${counted(wrapped)} by the master key ${current}`)
  const left = yield* StoreKeys.byMasterKey
  yield* Effect.forEach(
    others,
    (name) =>
      left.has(name)
        ? Console.error(
            `WARNING: ${counted(left.get(name) ?? 0)} came to the master key ${name} meanwhile: a process still wraps by ` +
              "it. Restart that with the new one, and run this again"
          )
        : Console.log(
            `the master key ${name} wraps no key any more: destroy it when no backup from before is needed any more`
          ),
    { discard: true }
  )
})

/** Wraps all keys by the current master key. */
export const rotateMasterKeyCommand = Command.make("rotate-master-key", { actor, reason }, (options) =>
  Effect.gen(function* () {
    const by = yield* Options.auditedBy(options)
    yield* StoreKeys.currentMasterKey.pipe(
      Effect.flatMap((current) => run(current, by)),
      Effect.provide(StoreDatabase.ports)
    )
  }).pipe(inOneLine)
).pipe(
  Command.withDescription(
    "Wraps the keys of all persons of all tenants by the current master key, that of EVENTFOLD_MASTER_KEY, or, for an " +
      "embedded database without the variable, the first line of its file master-key. The ones before must be at hand, in " +
      "EVENTFOLD_MASTER_KEYS_OLD or the further lines of the file, and can be destroyed afterwards. Give the new one to " +
      "every process of the service first, or they cannot read personal data any more. The audit of each tenant tells of it " +
      "(MasterKeyRotated). It may be interrupted, and goes on when it is run again."
  ),
  Command.withShortDescription("Wrap all keys by the current master key"),
  Command.withExamples([
    { command: "eventfold rotate-master-key --actor ada --reason 'a yearly change'", description: "Rotate" }
  ])
)
