/** The ledger in a file: what outlives a process, what several share, and what is wrong with a file. */
import { appendFile, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { ForgottenLedger } from "@eventfold/event-store"
import { DateTime, Effect, Layer, Stream } from "effect"
import { ForgottenLedgerFile } from "../src/index.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const entry = (number: number) => ({
  tenant: "acme",
  subject: `customer-${number}`,
  forgottenAt: DateTime.makeUnsafe("2026-01-02T03:04:05.678Z"),
  actor: "user-7",
  reason: "requested"
})

const path = Effect.map(temporaryDirectory, (directory) => join(directory, "made", "forgotten.jsonl"))

/** The ledger as one process has it. */
const openLedger = (file: string) => Effect.provide(ForgottenLedger, Layer.fresh(ForgottenLedgerFile.layer(file)))

const numbersIn = (ledger: ForgottenLedger["Service"]) =>
  Effect.map(Stream.runCollect(ledger.entries), (entries) => entries.map(({ subject }) => Number(subject.slice(9))))

describe("the ledger of the forgotten in a file", () => {
  it.live("is there again when it is opened again, one line an entry, for its owner only", () =>
    Effect.gen(function* () {
      const file = yield* path
      const before = yield* openLedger(file)
      yield* before.add(entry(1))
      yield* before.add(entry(2))
      const text = yield* Effect.promise(() => readFile(file, "utf8"))
      assert.strictEqual(
        text.split("\n")[0],
        '{"tenant":"acme","subject":"customer-1","forgottenAt":"2026-01-02T03:04:05.678Z","actor":"user-7","reason":"requested"}'
      )
      assert.strictEqual(text.split("\n").length, 3)
      assert.strictEqual((yield* Effect.promise(() => stat(file))).mode & 0o777, 0o600)
      const after = yield* openLedger(file)
      assert.deepStrictEqual(yield* Stream.runCollect(after.entries), [entry(1), entry(2)])
    })
  )

  it.live("is shared by several processes: each sees what the others have added", () =>
    Effect.gen(function* () {
      const file = yield* path
      const ledgers = yield* Effect.all(Array.from({ length: 4 }, () => openLedger(file)))
      const numbers = Array.from({ length: 40 }, (_, number) => number)
      yield* Effect.forEach(numbers, (number) => ledgers[number % 4]?.add(entry(number)) ?? Effect.die("no ledger"), {
        concurrency: "unbounded"
      })
      for (const ledger of ledgers) {
        assert.deepStrictEqual(
          (yield* numbersIn(ledger)).toSorted((a, b) => a - b),
          numbers
        )
      }
    })
  )

  it.live("goes on after half a line, on a line of its own, and names that line to who reads it", () =>
    Effect.gen(function* () {
      const file = yield* path
      yield* (yield* openLedger(file)).add(entry(1))
      yield* Effect.promise(() => appendFile(file, '{"tenant":"ac'))
      const ledger = yield* openLedger(file)
      assert.deepStrictEqual(yield* numbersIn(ledger), [1])
      yield* ledger.add(entry(2))
      const lines = (yield* Effect.promise(() => readFile(file, "utf8"))).split("\n")
      assert.deepStrictEqual(lines[1], '{"tenant":"ac')
      for (const error of [yield* Effect.flip(numbersIn(ledger)), yield* Effect.flip(openLedger(file))]) {
        assert.include(error.message, `${file}: line 2 cannot be read`)
      }
      yield* Effect.promise(() => writeFile(file, lines.toSpliced(1, 1).join("\n")))
      assert.deepStrictEqual(yield* numbersIn(yield* openLedger(file)), [1, 2])
    })
  )

  it.live("is not read on when something was taken out of it", () =>
    Effect.gen(function* () {
      const file = yield* path
      const ledger = yield* openLedger(file)
      yield* ledger.add(entry(1))
      yield* numbersIn(ledger)
      yield* Effect.promise(() => writeFile(file, ""))
      assert.include((yield* Effect.flip(numbersIn(ledger))).message, "it has become shorter")
    })
  )

  it.live("is a failure where there can be no file", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      yield* Effect.promise(() => writeFile(join(directory, "file"), ""))
      const error = yield* Effect.flip(openLedger(join(directory, "file", "forgotten.jsonl")))
      assert.strictEqual(error.operation, "ForgottenLedger.open")
    })
  )
})
