/** What the golden files refuse, what they let pass, and what they tell somebody to do. */
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent } from "@eventfold/decider"
import { Effect, Schema } from "effect"
import * as GoldenCheck from "./GoldenCheck.ts"
import { fileName, type GoldenFile, type GoldenFolder } from "./GoldenFile.ts"
import type { StoredContext } from "./StoredContexts.ts"
import { type StoredEvent, storedEvents } from "./StoredEvents.ts"

const V1 = DomainEvent.make("Paid", { cents: Schema.Int })
const Currency = Schema.Literals(["EUR", "USD"]).annotate({ identifier: "Currency" })
const V2 = DomainEvent.nextVersion(V1, { cents: Schema.Int, currency: Currency }, ({ cents }) => ({
  cents,
  currency: "USD"
}))

/** A shop that stores just these events. */
const shop = (...events: ReadonlyArray<ReadonlyArray<StoredEvent>>): StoredContext => ({
  name: "shop",
  events: events.flat()
})
const one = <E extends DomainEvent.DomainEvent>(schema: Schema.Codec<E, unknown>) =>
  storedEvents(Schema.Union([schema]))
const empty: GoldenFolder = { names: {}, files: new Map() }

/** What `npm run golden` leaves behind. */
const written = Effect.fnUntraced(function* (context: StoredContext, folder: GoldenFolder = empty) {
  const { names, problems, writes } = yield* GoldenCheck.check(context, folder)
  assert.deepStrictEqual(problems, [])
  const after: GoldenFolder = { names, files: new Map([...folder.files, ...writes]) }
  return after
})

/** The only problem. */
const problem = Effect.fnUntraced(function* (context: StoredContext, folder: GoldenFolder) {
  const { problems, writes } = yield* GoldenCheck.check(context, folder)
  assert.lengthOf(problems, 1, problems.join("\n"))
  assert.strictEqual(writes.size, 0)
  return problems.join()
})

const first = shop(one(V1))
const second = shop(one(V2))

describe("an event without a golden file", () => {
  it.effect("gets one for each of its versions, with samples and what they are read as", () =>
    Effect.gen(function* () {
      const { files, names } = yield* written(second)
      assert.deepStrictEqual(names, { Paid: 2 })
      assert.deepStrictEqual([...files.keys()], ["Paid.v1.json", "Paid.v2.json"])
      for (const { expected } of files.get("Paid.v1.json")?.samples ?? [])
        assert.strictEqual(expected?.schemaVersion, 2)
    })
  )

  it.effect("gets the same ones each time, and none when they are there", () =>
    Effect.gen(function* () {
      const folder = yield* written(second)
      assert.deepStrictEqual(yield* written(second), folder)
      assert.strictEqual((yield* GoldenCheck.check(second, folder)).writes.size, 0)
    })
  )
})

describe("a new version", () => {
  it.effect("adds a file, and what the old samples are read as; the samples stay", () =>
    Effect.gen(function* () {
      const before = yield* written(first)
      const after = yield* written(second, before)
      const samplesOf = ({ files }: GoldenFolder) => files.get("Paid.v1.json")?.samples.map(({ data }) => data)
      assert.isDefined(samplesOf(before))
      assert.deepStrictEqual(samplesOf(after), samplesOf(before))
      assert.deepStrictEqual([...after.files.keys()], ["Paid.v1.json", "Paid.v2.json"])
      assert.deepStrictEqual(after.names, { Paid: 2 })
    })
  )
})

describe("a changed shape", () => {
  const breaking: ReadonlyArray<readonly [what: string, now: ReadonlyArray<StoredEvent>, change: RegExp]> = [
    [
      "a required field",
      one(DomainEvent.make("Paid", { cents: Schema.Int, by: Schema.String })),
      / by: the field is new and required/u
    ],
    [
      "a field less",
      one(DomainEvent.make("Paid", { amount: Schema.optionalKey(Schema.Int) })),
      / cents: the field is gone/u
    ],
    [
      "another type",
      one(DomainEvent.make("Paid", { cents: Schema.BigInt })),
      / cents: type "integer" has become "string"/u
    ],
    [
      "a narrower rule",
      one(DomainEvent.make("Paid", { cents: Schema.Int.check(Schema.isGreaterThan(0)) })),
      / cents: .*minimum/iu
    ],
    [
      "a field that may be absent",
      one(DomainEvent.make("Paid", { cents: Schema.optionalKey(Schema.Int) })),
      / cents: the field has become optional/u
    ]
  ]
  for (const [what, now, change] of breaking) {
    it.effect(`without a new version is refused, with what to do: ${what}`, () =>
      Effect.gen(function* () {
        const said = yield* problem(shop(now), yield* written(first))
        assert.match(said, change)
        assert.include(
          said,
          "test/golden/shop/Paid.v1.json: the stored shape of Paid v1 has changed without a new version"
        )
        assert.include(
          said,
          'declare version 2 with DomainEvent.nextVersion(PaidV1, fields, upcast); then run "npm run golden"'
        )
        assert.include(said, "Schema.optionalKey or Schema.withDecodingDefaultKey")
      })
    )
  }

  it.effect("of a version that is not written any more is refused", () =>
    Effect.gen(function* () {
      const folder = yield* written(second)
      const Changed = DomainEvent.nextVersion(
        DomainEvent.make("Paid", { cents: Schema.Int, by: Schema.String }),
        { cents: Schema.Int, currency: Currency },
        ({ cents }) => ({ cents, currency: "USD" })
      )
      const said = yield* problem(shop(one(Changed)), folder)
      assert.include(said, "Version 1 is history, and version 2 is the one to change: undo this.")
    })
  )

  const harmless: ReadonlyArray<readonly [what: string, now: ReadonlyArray<StoredEvent>]> = [
    ["an optional field", one(DomainEvent.make("Paid", { cents: Schema.Int, by: Schema.optionalKey(Schema.String) }))],
    [
      "a field with a default",
      one(
        DomainEvent.make("Paid", {
          cents: Schema.Int,
          by: Schema.String.pipe(Schema.withDecodingDefaultKey(Effect.succeed("nobody")))
        })
      )
    ],
    ["a description", one(DomainEvent.make("Paid", { cents: Schema.Int.annotate({ description: "minor units" }) }))]
  ]
  for (const [what, now] of harmless) {
    it.effect(`that lets everything be read as before needs no version: ${what}`, () =>
      Effect.gen(function* () {
        const folder = yield* written(shop(now), yield* written(first))
        assert.deepStrictEqual(folder.names, { Paid: 1 })
        assert.strictEqual((yield* GoldenCheck.check(shop(now), folder)).writes.size, 0)
      })
    )
  }

  it.effect("by another value in a list of values needs no version; one less does", () =>
    Effect.gen(function* () {
      const of = (...values: ReadonlyArray<string>) =>
        shop(one(DomainEvent.make("Paid", { nested: Schema.Struct({ a: Schema.Literals(values) }) })))
      const folder = yield* written(of("EUR", "USD"))
      yield* written(of("EUR", "JPY", "USD"), folder)
      assert.match(yield* problem(of("EUR"), folder), / nested\.a: "USD" is not in the list any more/u)
    })
  )
})

describe("what has been written", () => {
  it.effect("is not forgotten: a name that is gone is refused", () =>
    Effect.gen(function* () {
      const Other = DomainEvent.make("Refunded", { cents: Schema.Int })
      const folder = yield* written(shop(one(V1), one(Other)))
      const said = yield* problem(first, folder)
      assert.match(said, /Refunded\.v1\.json: Refunded v1 has been written, and the program no longer knows it/u)
      assert.include(said, "storage format")
    })
  )

  it.effect("is not forgotten: a version that is gone is refused", () =>
    Effect.gen(function* () {
      const folder = yield* written(second)
      const { problems } = yield* GoldenCheck.check(first, folder)
      assert.match(problems.join("\n"), /Paid v2 has been written, and the program no longer knows it/u)
    })
  )

  it.effect("is not forgotten: a name whose file is gone too is refused", () =>
    Effect.gen(function* () {
      const Other = DomainEvent.make("Refunded", { cents: Schema.Int })
      const { files, names } = yield* written(shop(one(V1), one(Other)))
      const without = { names, files: new Map([...files].filter(([name]) => !name.startsWith("Refunded"))) }
      assert.match(yield* problem(first, without), /names\.json: Refunded v1 has been written/u)
    })
  )

  it.effect("is not made anew: a file that has vanished is refused", () =>
    Effect.gen(function* () {
      const { files, names } = yield* written(second)
      const without = { names, files: new Map([...files].filter(([name]) => name !== fileName("Paid", 1))) }
      assert.match(yield* problem(second, without), /Paid\.v1\.json has vanished.*bring the file back/su)
    })
  )

  it.effect("keeps its meaning: an upcaster that answers otherwise is refused", () =>
    Effect.gen(function* () {
      const folder = yield* written(second)
      const Wrong = DomainEvent.nextVersion(V1, { cents: Schema.Int, currency: Currency }, ({ cents }) => ({
        cents,
        currency: "EUR"
      }))
      const { problems } = yield* GoldenCheck.check(shop(one(Wrong)), folder)
      assert.match(problems.join("\n"), /sample 1 is read as.*EUR.*was read as.*USD.*changes history/su)
    })
  )

  it.effect("is still read: a sample that cannot be is refused, with the reason", () =>
    Effect.gen(function* () {
      const { files, names } = yield* written(first)
      const [[file, golden] = ["", undefined]] = files
      assert.isDefined(golden)
      const damaged: GoldenFile = { ...golden, samples: [{ ...golden.samples[0], data: { cents: "many" } }] }
      assert.match(
        yield* problem(first, { names, files: new Map([[file, damaged]]) }),
        /sample 1 cannot be read any more: .*cents/su
      )
    })
  )
})
