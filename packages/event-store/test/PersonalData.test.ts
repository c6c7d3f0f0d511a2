/** Personal values are sealed and opened, each with the key of its subject. */
import { assert, describe, it } from "@effect/vitest"
import { Personal } from "@eventfold/decider"
import { effort } from "@eventfold/testing"
import { Arbitrary, Effect, Layer, Schema } from "effect"
import { KeyStore, PersonalPlaces, Sealer, type SubjectId, type SubjectStates } from "../src/index.ts"
import { ada, bob, freshPorts, freshProcess, processOn, tenant, why } from "./FreshKeys.ts"

const Values = Schema.Array(Personal.schema(Schema.Json))
const places = PersonalPlaces.of(Values)

/** The text of a sealed value. */
const textOf = (part: Schema.JsonObject): string => {
  const text = part["@personal"]
  return typeof text === "string" ? text : assert.fail("it is not sealed")
}

const clear = (subject: string, value: Schema.Json): Schema.JsonObject => ({ subject, value })
const gone = (subject: string): Schema.JsonObject => ({ subject, redacted: true })
const of = (json: Schema.Json, inTenant = tenant) => ({ tenant: inTenant, places, json })

type Process = Effect.Success<typeof freshProcess>

/** Seals personal values of one event, so to speak. */
const seal = ({ sealer }: Pick<Process, "sealer">, ...values: ReadonlyArray<Schema.Json>) =>
  Effect.map(sealer.seal([of(values)]), ([sealed]) => sealed as ReadonlyArray<Schema.JsonObject>)

const open = Effect.fnUntraced(function* (
  { sealer }: Pick<Process, "sealer">,
  json: Schema.Json,
  inTenant: string = tenant
) {
  const [opened = null] = yield* sealer.open([{ tenant: inTenant, json }])
  return opened
})

const subjects = Schema.Literals(["customer-ada", "customer-bob", "customer-🧾"])

describe("sealing", () => {
  it.effect.prop(
    "opens as what was sealed, whatever the JSON",
    [Arbitrary.array(Arbitrary.schema(Schema.Struct({ subject: subjects, value: Schema.Json })), { maxLength: 5 })],
    ([values]) =>
      Effect.gen(function* () {
        const process = yield* freshProcess
        const sealed = yield* seal(process, ...values)
        for (const part of sealed) assert.deepStrictEqual(Object.keys(part), ["@personal", "subject"])
        // JSON has no -0.
        assert.strictEqual(JSON.stringify(yield* open(process, sealed)), JSON.stringify(values))
      }),
    { arbitrary: { runs: 50 * effort } }
  )

  it.effect("hides the value: neither it nor a key is in what is stored", () =>
    Effect.gen(function* () {
      const process = yield* freshProcess
      const text = JSON.stringify(
        yield* seal(process, clear(ada.subject, "Ada Lovelace"), clear(ada.subject, "Ada Lovelace"))
      )
      assert.notInclude(text, "Lovelace")
      const [first, second] = JSON.parse(text) as ReadonlyArray<Schema.JsonObject>
      assert.notStrictEqual(first?.["@personal"], second?.["@personal"])
    })
  )

  it.effect("keeps many values in their places, of many tenants, with one look-up of keys for all", () =>
    Effect.gen(function* () {
      const ports = yield* freshPorts
      const lookUps: Array<number> = []
      const find: typeof ports.storage.find = (ids) => {
        lookUps.push(ids.length)
        return ports.storage.find(ids)
      }
      const process = yield* processOn({ ...ports, storage: { ...ports.storage, find } }, { rememberFor: 0 })
      const values = Array.from({ length: 20 }, (_, n) => ({
        tenant: n % 2 === 0 ? "even" : "odd",
        json: [clear(`customer-${n % 3}`, n), gone("x"), clear("customer-0", `${n}`)]
      }))
      const sealed = yield* process.sealer.seal(values.map(({ json, tenant }) => of(json, tenant)))
      lookUps.length = 0
      const opened = yield* process.sealer.open(values.map(({ tenant }, n) => ({ tenant, json: sealed[n] ?? null })))
      assert.deepStrictEqual(
        opened,
        values.map(({ json }) => json)
      )
      assert.deepStrictEqual(lookUps, [6])
    })
  )

  it.effect("asks for no key where nothing is personal", () =>
    Effect.gen(function* () {
      const ports = yield* freshPorts
      const masterKeys = { ...ports.masterKeys, current: Effect.die("no key is needed") }
      const process = yield* processOn({ ...ports, masterKeys })
      const none = PersonalPlaces.of(Schema.Struct({ a: Schema.Int }))
      const json = { a: 1 }
      const [sealed] = yield* process.sealer.seal([{ tenant, places: none, json }])
      assert.strictEqual(sealed, json)
      assert.strictEqual(yield* open(process, json), json)
      assert.deepStrictEqual(yield* seal(process), [])
    })
  )
})

describe("forgetting a subject", () => {
  it.effect("redacts what was stored of it, and nothing of others", () =>
    Effect.gen(function* () {
      const process = yield* freshProcess
      const sealed = yield* seal(process, clear(ada.subject, 1), clear(bob.subject, 2), clear(ada.subject, 3))
      const [elsewhere = null] = yield* process.sealer.seal([of([clear(ada.subject, 4)], "other")])
      yield* process.keys.forget(ada, why)
      assert.deepStrictEqual(yield* open(process, sealed), [
        gone(ada.subject),
        clear(bob.subject, 2),
        gone(ada.subject)
      ])
      assert.deepStrictEqual(yield* open(process, elsewhere, "other"), [clear(ada.subject, 4)])
    })
  )

  it.effect("redacts what is stored of it later, too, instead of giving it a new key", () =>
    Effect.gen(function* () {
      const process = yield* freshProcess
      yield* process.keys.forget(ada, why)
      const sealed = yield* seal(process, clear(ada.subject, "Ada"), clear(bob.subject, "Bob"))
      assert.deepStrictEqual(sealed[0], gone(ada.subject))
      assert.deepStrictEqual(yield* open(process, sealed), [gone(ada.subject), clear(bob.subject, "Bob")])
    })
  )
})

/** Sealed values as an attacker or an accident may leave them: none of them is opened, and none passes for redacted. */
describe("sealed data that is not as it was sealed is an error that names the subject", () => {
  const changed = (part: Schema.JsonObject, change: (text: string) => string): Schema.Json => ({
    ...part,
    "@personal": change(textOf(part))
  })
  const other = (character: string) => (character === "A" ? "B" : "A")

  it.effect("at whichever character it was changed", () =>
    Effect.gen(function* () {
      const process = yield* freshProcess
      yield* seal(process, clear(ada.subject, 0))
      yield* process.keys.rotateSubject(ada, why)
      const [part = {}] = yield* seal(process, clear(ada.subject, "Ada"))
      const text = textOf(part)
      for (const index of text.split("").keys()) {
        // The last character of each part holds bits that are not part of the bytes.
        if (text[index + 1] === "." || index === text.length - 1) continue
        const json = changed(part, (it) => it.slice(0, index) + other(it[index] ?? "") + it.slice(index + 1))
        const error = yield* Effect.flip(open(process, [json]))
        assert.strictEqual(error._tag, "PersonalDataDamaged", `character ${index} of ${text}`)
      }
    })
  )

  it.effect("moved to another subject, another tenant or another version of the key", () =>
    Effect.gen(function* () {
      const process = yield* freshProcess
      const [part = {}] = yield* seal(process, clear(ada.subject, "Ada"), clear(bob.subject, "Bob"))
      yield* process.sealer.seal([of([clear(ada.subject, "Ada")], "other")])
      yield* process.keys.rotateSubject(ada, why)
      const moved = [
        open(process, [{ ...part, subject: bob.subject }]),
        open(process, [part], "other"),
        open(process, [changed(part, (text) => text.replace(/^1\.1\./u, "1.2."))])
      ]
      for (const effect of moved) assert.strictEqual((yield* Effect.flip(effect))._tag, "PersonalDataDamaged")
      assert.deepStrictEqual(yield* open(process, [part]), [clear(ada.subject, "Ada")])
    })
  )

  it.effect("moved to another subject, even if both had one key", () =>
    Effect.gen(function* () {
      const process = yield* freshProcess
      const states = yield* process.keys.forSealing([ada])
      const one = Array.from(states.values())
      const ofAll = (ids: ReadonlyArray<SubjectId>): SubjectStates =>
        new Map(ids.flatMap((id) => one.map((state) => [`${id.tenant}/${id.subject}`, state] as const)))
      const keys = {
        ...process.keys,
        forSealing: (ids: ReadonlyArray<SubjectId>) => Effect.succeed(ofAll(ids)),
        forOpening: (ids: ReadonlyArray<SubjectId>) => Effect.succeed(ofAll(ids))
      }
      const sealer = yield* Effect.provide(
        Sealer,
        Layer.fresh(Sealer.layer).pipe(Layer.provide(Layer.succeed(KeyStore, keys)))
      )
      const [part = {}] = yield* seal({ sealer }, clear(ada.subject, "Ada"))
      assert.deepStrictEqual(yield* open({ sealer }, [part]), [clear(ada.subject, "Ada")])
      for (const moved of [open({ sealer }, [{ ...part, subject: bob.subject }]), open({ sealer }, [part], "other")]) {
        assert.strictEqual((yield* Effect.flip(moved))._tag, "PersonalDataDamaged")
      }
    })
  )

  it.effect("not even of the form of sealed data", () =>
    Effect.gen(function* () {
      const process = yield* freshProcess
      const [part = {}] = yield* seal(process, clear(ada.subject, "Ada"))
      const forms: ReadonlyArray<Schema.Json> = [
        { "@personal": 1, subject: "a" },
        { "@personal": part["@personal"] ?? null },
        { ...part, more: 1 },
        { ...part, subject: "" },
        changed(part, (text) => `2${text.slice(1)}`),
        changed(part, (text) => `${text}.AAAA`),
        changed(part, () => "")
      ]
      for (const form of forms) {
        const error = yield* Effect.flip(open(process, { deep: [form] }))
        assert.strictEqual(error._tag, "PersonalDataDamaged", JSON.stringify(form))
      }
    })
  )

  it.effect("sealed by a key that is lost: that is not to be forgotten", () =>
    Effect.gen(function* () {
      const [process, later] = [yield* freshProcess, yield* freshProcess]
      const sealed = yield* seal(process, clear(ada.subject, "Ada"))
      const error = yield* Effect.flip(open(later, sealed))
      assert.strictEqual(error._tag, "SubjectKeyMissing")
      assert.include(error.message, "was not forgotten")
    })
  )
})
