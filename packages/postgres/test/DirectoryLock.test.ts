import { readFile, writeFile } from "node:fs/promises"
import { hostname } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Array, Effect, Exit, Order, Schema, Scope } from "effect"
import * as DirectoryLock from "../src/DirectoryLock.ts"
import * as Fixture from "./Fixture.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const attempt = (directory: string) => Effect.exit(Effect.scoped(DirectoryLock.acquire(directory)))

const holder = Effect.fnUntraced(function* (directory: string) {
  const owner = yield* Fixture.start("HoldDirectory", directory)
  yield* owner.tell("take")
  assert.strictEqual(yield* owner.line, "held")
  return owner
})

describe("DirectoryLock", () => {
  it.live("refuses a second process, naming the first and saying what to do", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const owner = yield* holder(directory)
      const second = yield* Fixture.start("HoldDirectory", directory)
      yield* second.tell("take")
      const words = yield* second.line
      assert.include(words, `refused The data directory ${directory} is in use by process `)
      assert.include(words, ` on host ${hostname()}, started at `)
      assert.include(words, "DATA_DIR")
      assert.include(words, "DATABASE_URL")
      assert.strictEqual(owner.complaints() + second.complaints(), "")
    })
  )

  it.live("gives the directory to the next one at once when its owner is killed", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const owner = yield* holder(directory)
      yield* owner.signal("SIGKILL")
      assert.strictEqual(yield* owner.end, "SIGKILL")
      assert.isTrue(Exit.isSuccess(yield* attempt(directory)))
    })
  )

  it.live("leaves the directory with an owner that is frozen", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const owner = yield* holder(directory)
      yield* owner.signal("SIGSTOP")
      const error = yield* Effect.flip(Effect.scoped(DirectoryLock.acquire(directory)))
      assert.strictEqual(error._tag, "DatabaseInUse")
    })
  )

  it.live("lets exactly one of several processes win that ask at the same moment", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const rivals = yield* Effect.replicateEffect(Fixture.start("HoldDirectory", directory), 3)
      const all = (order: string) =>
        Effect.forEach(rivals, (rival) => rival.tell(order), { discard: true }).pipe(
          Effect.andThen(Effect.forEach(rivals, (rival) => rival.line)),
          Effect.map((answers) =>
            Array.sort(
              answers.map((answer) => answer.split(" ")[0] ?? ""),
              Order.String
            )
          )
        )
      for (let round = 0; round < 50; round++) {
        assert.deepStrictEqual(yield* all("take"), ["held", "refused", "refused"])
        assert.deepStrictEqual(yield* all("leave"), ["left", "left", "left"])
      }
    })
  )

  it.live("lets exactly one of many in this process win", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const scope = yield* Effect.scope
      for (let round = 0; round < 20; round++) {
        const held = yield* Scope.fork(scope)
        const attempts = Array.makeBy(10, () => Effect.exit(DirectoryLock.acquire(directory).pipe(Scope.provide(held))))
        const exits = yield* Effect.all(attempts, { concurrency: "unbounded" })
        assert.strictEqual(exits.filter(Exit.isSuccess).length, 1)
        yield* Scope.close(held, Exit.void)
      }
    })
  )

  it.live("gives the directory back when its scope closes, and takes its note away", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const note = join(directory, "owner.json")
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* DirectoryLock.acquire(directory)
          const text = yield* Effect.promise(() => readFile(note, "utf8"))
          const owner = yield* Schema.decodeEffect(Schema.fromJsonString(DirectoryLock.DirectoryOwner))(text)
          assert.strictEqual(owner.pid, process.pid)
        })
      )
      assert.isTrue(Exit.isFailure(yield* Effect.exit(Effect.tryPromise(() => readFile(note)))))
      assert.isTrue(Exit.isSuccess(yield* attempt(directory)))
    })
  )

  it.live("refuses clearly when the owner has left no readable note", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      yield* DirectoryLock.acquire(directory)
      yield* Effect.promise(() => writeFile(join(directory, "owner.json"), "{ half a no"))
      const error = yield* Effect.flip(Effect.scoped(DirectoryLock.acquire(directory)))
      assert.include(error.message, "is in use by another process")
    })
  )

  it.live("says that a directory that is not there cannot be locked", () =>
    Effect.gen(function* () {
      const directory = join(yield* temporaryDirectory, "missing")
      const error = yield* Effect.flip(Effect.scoped(DirectoryLock.acquire(directory)))
      assert.strictEqual(error._tag, "DirectoryNotLockable")
    })
  )
})
