import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Audit } from "@eventfold/event-store"
import { Effect } from "effect"
import { name, shown } from "./People.ts"
import { databases, directory, embedded, eventfold, failing, masterKeyOf, server, serving } from "./Stores.ts"

/** What the audit tells of actions, in order. */
const told = Effect.gen(function* () {
  const { entries } = yield* (yield* Audit).page({ tenant: "main", order: "oldest", limit: 99 })
  return entries.flatMap((entry) =>
    entry._tag === "Action" ? [`${entry.action} ${entry.subject} by ${entry.actor}: ${entry.reason}`] : []
  )
})

const by = ["--actor", "grace", "--reason", "requested"]

describe("eventfold forget", () => {
  for (const [where, database] of databases) {
    it.live(`forgets a person of ${where} for ever, once, and tells the audit`, () =>
      Effect.gen(function* () {
        const ledger = join(yield* directory, "forgotten.jsonl")
        const env = { ...(yield* database), EVENTFOLD_FORGOTTEN_LEDGER: ledger }
        yield* serving(env, name("ada", "bob"))
        assert.deepStrictEqual(yield* eventfold(env, "forget", "--subject", "bob", ...by), [
          "forgot bob of tenant main, for ever: destroyed 1 key of personal data",
          "other processes show nothing more of them within ten seconds"
        ])
        assert.deepStrictEqual(yield* eventfold(env, "forget", "--subject", "bob", ...by), [
          "bob of tenant main was forgotten before: nothing has changed"
        ])
        const [read, audit] = yield* serving(env, Effect.all([shown, told]))
        assert.deepStrictEqual(read, [{ name: "I am ada" }, { name: "[REDACTED]" }])
        assert.deepStrictEqual(audit, ["PersonForgotten bob by grace: requested"])
        assert.include(yield* Effect.promise(() => readFile(ledger, "utf8")), '"subject":"bob"')
      })
    )
  }

  it.live("warns of an id nothing was stored of, and of a server without a ledger beside it", () =>
    Effect.gen(function* () {
      const env = { ...(yield* server), TENANT: "acme" }
      yield* serving(env, name("ada"))
      const [first, , unknown, ledger] = yield* eventfold(env, "forget", "--subject", "ada", ...by)
      assert.strictEqual(first, "forgot ada of tenant acme, for ever: destroyed no key, for there was none")
      assert.include(unknown, "WARNING: nothing personal was ever stored of ada of tenant acme")
      assert.include(ledger, "WARNING: EVENTFOLD_FORGOTTEN_LEDGER is not set")
    })
  )

  it.live("refuses in one line that names the option and the rule, before it opens anything", () =>
    Effect.gen(function* () {
      const env = { DATA_DIR: "/nowhere" }
      const forget = (...words: ReadonlyArray<string>) => failing(env, "forget", ...words)
      const sentence = ["--subject", "bob", "--actor", "grace", "--reason", "He asked"]
      assert.strictEqual(
        yield* forget(...sentence),
        "--reason: a reason must be a code of 1 to 64 lower-case letters, digits or '-'"
      )
      assert.match(yield* forget("--subject", "", ...by), /^--subject: /u)
      assert.match(yield* forget("--subject", "b", "--actor", "", "--reason", "x"), /^--actor: .* 1 to 255 characters/u)
      assert.match(yield* forget("--tenant", "A b", "--subject", "b", ...by), /^--tenant: a tenant must be/u)
      assert.match(yield* failing({ TENANT: "A b" }, "forget", "--subject", "b", ...by), /^TENANT: a tenant must be/u)
      assert.match(yield* forget("--subject", "b", ...by), /^there is no database in \/nowhere/u)
    })
  )
})

describe("eventfold rotate-key", () => {
  for (const [where, database] of databases) {
    it.live(`gives a person of ${where} a new key, and tells the audit`, () =>
      Effect.gen(function* () {
        const env = yield* database
        yield* serving(env, name("ada", "bob"))
        yield* eventfold(env, "forget", "--subject", "bob", ...by)
        const rotate = ["rotate-key", "--subject"] as const
        assert.include((yield* eventfold(env, ...rotate, "ada", ...by))[0], "ada of tenant main has version 2")
        const [read, audit] = yield* serving(env, Effect.andThen(name("ada"), Effect.all([shown, told])))
        assert.deepStrictEqual(read, [{ name: "I am ada" }, { name: "[REDACTED]" }, { name: "I am ada" }])
        assert.strictEqual(audit[1], "PersonKeyRotated ada by grace: requested")
        assert.match(yield* failing(env, ...rotate, "bob", ...by), /^--subject: bob of tenant main is forgotten/u)
        assert.match(yield* failing(env, ...rotate, "eve", ...by), /^--subject: eve of tenant main has no key/u)
      })
    )
  }
})

describe("eventfold rotate-master-key", () => {
  it.live("wraps all keys of a server by the new one, after which the old one is not needed", () =>
    Effect.gen(function* () {
      const before = yield* server
      yield* serving(before, name("ada", "bob"))
      const after = { ...before, EVENTFOLD_MASTER_KEY: masterKeyOf(2) }
      assert.match(yield* failing(after, "rotate-master-key", ...by), /^The master key .* EVENTFOLD_MASTER_KEYS_OLD$/u)
      const both = { ...after, EVENTFOLD_MASTER_KEYS_OLD: masterKeyOf(1) }
      const [first, second] = yield* eventfold(both, "rotate-master-key", ...by)
      assert.match(first ?? "", /^wrapped 2 keys of personal data by the master key [0-9a-f]{16}$/u)
      assert.match(second ?? "", /^the master key [0-9a-f]{16} wraps no key any more: destroy it/u)
      const [read, audit] = yield* serving(after, Effect.all([shown, told]))
      assert.deepStrictEqual(read, [{ name: "I am ada" }, { name: "I am bob" }])
      assert.match(audit.join(), /^MasterKeyRotated [0-9a-f]{16} by grace: requested$/u)
      const again = yield* eventfold(both, "rotate-master-key", ...by)
      assert.match(again.join(), /^nothing to do for the master key .*: it wraps all 2 keys of personal data already$/u)
      const none = { ...before, EVENTFOLD_MASTER_KEY: "" }
      assert.match(yield* failing(none, "rotate-master-key", ...by), /: set EVENTFOLD_MASTER_KEY to 32 random bytes/u)
    })
  )

  it.live("takes those of the embedded database from its file", () =>
    Effect.gen(function* () {
      const env = yield* embedded
      yield* serving(env, name("ada"))
      const file = join(env["DATA_DIR"] ?? "", "master-key")
      const old = yield* Effect.promise(() => readFile(file, "utf8"))
      yield* Effect.promise(() => writeFile(file, `${masterKeyOf(3)}\n${old}`))
      assert.match((yield* eventfold(env, "rotate-master-key", ...by))[0] ?? "", /^wrapped 1 key of personal data by/u)
      yield* Effect.promise(() => writeFile(file, `${masterKeyOf(3)}\n`))
      assert.deepStrictEqual(yield* serving(env, shown), [{ name: "I am ada" }])
    })
  )
})
