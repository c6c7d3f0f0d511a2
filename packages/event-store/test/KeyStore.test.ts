/** Keys of subjects: what several processes see, what is remembered, rotation, and forgetting that lasts. */
import { assert, describe, it } from "@effect/vitest"
import { Personal } from "@eventfold/decider"
import { DateTime, Effect, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"
import { MasterKeys, MasterKeyUnknown, PersonalPlaces, type SubjectId, Transaction } from "../src/index.ts"
import { actionsOf, ada, bob, freshPorts, masterKeysOf, type Ports, processOn, tenant, why } from "./FreshKeys.ts"

const Name = Personal.schema(Schema.String)
const places = PersonalPlaces.of(Name)
type Process = Effect.Success<ReturnType<typeof processOn>>

const seal = Effect.fnUntraced(function* (process: Process, { subject, tenant }: SubjectId, value: string) {
  const [json = null] = yield* process.sealer.seal([{ tenant, places, json: { subject, value } }])
  return json
})

/** What a reader sees: the value, or that it is redacted. */
const read = Effect.fnUntraced(function* (process: Process, json: Schema.Json) {
  const [opened] = yield* process.sealer.open([{ tenant, json }])
  return Personal.show(yield* Effect.orDie(Schema.decodeUnknownEffect(Schema.toCodecJson(Name))(opened)))
})

const onTransactions = Effect.provide(Transaction.layerMemory)

describe("several processes on one storage", () => {
  it.effect("seal for a subject with one key, though all of them ask at once", () =>
    Effect.gen(function* () {
      const ports = yield* freshPorts
      const processes = yield* Effect.all(Array.from({ length: 5 }, () => processOn(ports)))
      const sealed = yield* Effect.forEach(processes, (process) => seal(process, ada, "Ada"), {
        concurrency: "unbounded"
      })
      for (const process of processes) {
        for (const json of sealed) assert.strictEqual(yield* read(process, json), "Ada")
      }
    })
  )

  it.effect("see that a subject is forgotten: at once where it was, within five seconds elsewhere", () =>
    Effect.gen(function* () {
      const ports = yield* freshPorts
      const [here, there] = [yield* processOn(ports), yield* processOn(ports)]
      const json = yield* seal(here, ada, "Ada")
      assert.strictEqual(yield* read(there, json), "Ada")
      yield* TestClock.adjust("1 second")
      yield* here.keys.forget(ada, why)
      assert.strictEqual(yield* read(here, json), "[REDACTED]")
      yield* TestClock.adjust("3999 millis")
      assert.strictEqual(yield* read(there, json), "Ada")
      const late = yield* seal(there, ada, "Ada again")
      yield* TestClock.adjust("1 millis")
      for (const it of [json, late]) assert.strictEqual(yield* read(there, it), "[REDACTED]")
    })
  )

  it.effect("open what another one has sealed by a newer version of the key", () =>
    Effect.gen(function* () {
      const ports = yield* freshPorts
      const [here, there] = [yield* processOn(ports), yield* processOn(ports)]
      const first = yield* seal(there, ada, "first")
      assert.strictEqual(yield* read(here, first), "first")
      assert.isTrue(yield* here.keys.rotateSubject(ada, why))
      const second = yield* seal(here, ada, "second")
      assert.match(JSON.stringify([first, second]), /"1\.1\..*"1\.2\./u)
      for (const process of [here, there]) {
        assert.deepStrictEqual([yield* read(process, first), yield* read(process, second)], ["first", "second"])
      }
    })
  )
})

describe("what is remembered", () => {
  it.effect("is bounded: the subjects read longest ago are read again", () =>
    Effect.gen(function* () {
      const ports = yield* freshPorts
      const asked: Array<string> = []
      const find: Ports["storage"]["find"] = (ids) => {
        asked.push(...ids.map(({ subject }) => subject))
        return ports.storage.find(ids)
      }
      const process = yield* processOn({ ...ports, storage: { ...ports.storage, find } }, { rememberAtMost: 2 })
      const sealed = yield* Effect.forEach(["a", "b", "c"], (subject) => seal(process, { tenant, subject }, subject))
      asked.length = 0
      assert.deepStrictEqual(yield* Effect.forEach(sealed.toReversed(), (json) => read(process, json)), ["c", "b", "a"])
      assert.deepStrictEqual(asked, ["a"])
    })
  )

  it.effect("is not what a transaction has taken back: the key that was never stored seals nothing", () =>
    Effect.gen(function* () {
      const process = yield* processOn(yield* freshPorts)
      const transaction = yield* Transaction
      yield* Effect.flip(transaction.run(Effect.andThen(seal(process, ada, "lost"), Effect.fail("no"))))
      const json = yield* seal(process, ada, "kept")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* read(process, json), "kept")
    }).pipe(onTransactions)
  )
})

describe("forgetting", () => {
  it.effect("is noted once in the ledger and once in the audit: who, when, why", () =>
    Effect.gen(function* () {
      const ports = yield* freshPorts
      const process = yield* processOn(ports)
      yield* TestClock.setTime(DateTime.makeUnsafe("2026-01-02T03:04:05Z").epochMilliseconds)
      yield* process.keys.forget(ada, why)
      yield* TestClock.adjust("1 day")
      yield* process.keys.forget(ada, { actor: "user-8", reason: "retention-ended" })
      const forgottenAt = DateTime.makeUnsafe("2026-01-02T03:04:05Z")
      assert.deepStrictEqual(yield* Stream.runCollect(ports.ledger.entries), [{ ...ada, ...why, forgottenAt }])
      const details = { forgottenAt: "2026-01-02T03:04:05.000Z", demandedBy: "request" }
      const action = { action: "PersonForgotten", subject: ada.subject, ...why, details }
      assert.deepStrictEqual(yield* actionsOf(ports), [action])
      assert.deepStrictEqual(
        [yield* process.keys.isForgotten(ada), yield* process.keys.isForgotten(bob)],
        [true, false]
      )
      assert.isFalse(yield* process.keys.rotateSubject(ada, why))
    })
  )

  it.effect.each([
    ["subject", { ...ada, subject: "" }, why],
    ["tenant", { ...ada, tenant: "No Such" }, why],
    ["actor", ada, { ...why, actor: "" }],
    ["reason", ada, { ...why, reason: "Mr Smith of Baker Street asked for it" }],
    ["correlationId", ada, { ...why, correlationId: "two\nlines" }]
  ] as const)("is refused when the %s breaks a rule, and then nobody is forgotten", ([field, subject, forgetting]) =>
    Effect.gen(function* () {
      const ports = yield* freshPorts
      const process = yield* processOn(ports)
      const error = yield* Effect.flip(process.keys.forget(subject, forgetting))
      assert.strictEqual(error._tag === "InvalidForgetting" ? error.field : error.message, field)
      assert.deepStrictEqual(yield* Stream.runCollect(ports.ledger.entries), [])
      assert.deepStrictEqual(yield* actionsOf(ports), [])
      assert.isFalse(yield* process.keys.isForgotten(subject))
    })
  )

  it.effect("outlives the restoring of an old copy of the keys", () =>
    Effect.gen(function* () {
      const ports = yield* freshPorts
      const before = yield* processOn(ports)
      const [ofAda, ofBob] = [yield* seal(before, ada, "Ada"), yield* seal(before, bob, "Bob")]
      const copy = yield* ports.storage.find([ada, bob])
      yield* before.keys.forget(ada, why)
      yield* before.keys.forget({ tenant, subject: "customer-later" }, why)
      // The old copy: both have their keys, and of the third nothing is known yet.
      const restored = yield* freshPorts
      yield* restored.storage.create(copy.flatMap(({ keys }) => keys))
      const after = yield* processOn({ ...restored, ledger: ports.ledger, masterKeys: ports.masterKeys })
      assert.deepStrictEqual([yield* read(after, ofAda), yield* read(after, ofBob)], ["[REDACTED]", "Bob"])
      const late = yield* seal(after, { tenant, subject: "customer-later" }, "late")
      assert.deepStrictEqual(late, { subject: "customer-later", redacted: true })
      assert.strictEqual(yield* after.keys.reconcile, 0)
      // The audit of the old copy did not know of it either.
      const told = yield* actionsOf(restored)
      assert.deepStrictEqual(
        told.map(({ actor, details, subject }) => [subject, actor, details["demandedBy"]]),
        [ada.subject, "customer-later"].map((subject) => [subject, why.actor, "ledger"])
      )
    })
  )

  it.effect("is made up for at the next start when the keys could not be destroyed after it was noted", () =>
    Effect.gen(function* () {
      const ports = yield* freshPorts
      const crashing = yield* processOn({ ...ports, storage: { ...ports.storage, forget: () => Effect.die("crash") } })
      const json = yield* seal(crashing, ada, "Ada")
      yield* Effect.exit(crashing.keys.forget(ada, why))
      assert.strictEqual(yield* read(yield* processOn(ports), json), "[REDACTED]")
    })
  )
})

describe("the master key", () => {
  const [old, current] = [MasterKeys.generate(), MasterKeys.generate()]

  it.effect("can be replaced: what the old one wrapped is wrapped anew, and the old one can be destroyed", () =>
    Effect.gen(function* () {
      const ports = yield* freshPorts
      const before = yield* processOn({ ...ports, masterKeys: yield* masterKeysOf(old) })
      const people = Array.from({ length: 1200 }, (_, number) => ({ tenant, subject: `customer-${number}` }))
      const sealed = yield* Effect.forEach(people, (id) => seal(before, id, id.subject))
      yield* before.keys.rotateSubject({ tenant, subject: "customer-0" }, why)
      yield* before.keys.forget({ tenant, subject: "customer-1" }, why)
      const during = yield* processOn({ ...ports, masterKeys: yield* masterKeysOf(current, old) })
      assert.strictEqual(yield* during.keys.rotateMasterKey(why), 1200)
      assert.strictEqual(yield* during.keys.rotateMasterKey(why), 0)
      const told = (yield* actionsOf(ports)).filter(({ action }) => action === "MasterKeyRotated")
      assert.deepStrictEqual(
        told.map(({ details }) => details["keys"]),
        ["500", "500", "200"]
      )
      const after = yield* processOn({ ...ports, masterKeys: yield* masterKeysOf(current) })
      const names = yield* Effect.forEach(sealed, (json) => read(after, json))
      assert.deepStrictEqual(
        names,
        people.map(({ subject }) => (subject === "customer-1" ? "[REDACTED]" : subject))
      )
    })
  )

  it.effect("that is not at hand is an error that names it, and not forgetting", () =>
    Effect.gen(function* () {
      const ports = yield* freshPorts
      const json = yield* seal(yield* processOn({ ...ports, masterKeys: yield* masterKeysOf(old) }), ada, "Ada")
      const other = yield* processOn({ ...ports, masterKeys: yield* masterKeysOf(current) })
      const attempts = [read(other, json), seal(other, ada, "Ada"), other.keys.rotateMasterKey(why)]
      for (const attempt of attempts) {
        const error = yield* Effect.flip(Effect.asVoid<unknown, unknown, never>(attempt))
        assert.instanceOf(error, MasterKeyUnknown)
        assert.include(error.message, "EVENTFOLD_MASTER_KEYS_OLD")
      }
    })
  )

  it.effect("is missed only when something personal is stored", () =>
    Effect.gen(function* () {
      const process = yield* processOn({ ...(yield* freshPorts), masterKeys: yield* masterKeysOf() })
      yield* process.keys.forget(bob, why)
      assert.deepStrictEqual(yield* seal(process, bob, "Bob"), { subject: bob.subject, redacted: true })
      const error = yield* Effect.flip(seal(process, ada, "Ada"))
      assert.strictEqual(error._tag, "MasterKeyMissing")
      assert.include(error.message, "EVENTFOLD_MASTER_KEY ")
    })
  )

  it.effect("unwraps a key only in the row of its subject", () =>
    Effect.gen(function* () {
      const ports = yield* freshPorts
      const process = yield* processOn(ports)
      const [ofAda, ofBob] = [yield* seal(process, ada, "Ada"), yield* seal(process, bob, "Bob")]
      const swapped = yield* freshPorts
      const rows = yield* ports.storage.find([ada, bob])
      const keys = rows.flatMap((row) => row.keys)
      yield* swapped.storage.create(keys.map((key, index) => ({ ...key, subject: keys[1 - index]?.subject ?? "" })))
      const other = yield* processOn({ ...swapped, masterKeys: ports.masterKeys })
      for (const json of [ofAda, ofBob]) {
        assert.strictEqual((yield* Effect.flip(read(other, json)))._tag, "SubjectKeyDamaged")
      }
    })
  )
})
