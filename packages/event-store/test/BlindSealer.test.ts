/** Readers who need nothing personal. */
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent, Personal } from "@eventfold/decider"
import { DateTime, Effect, Layer, Result, Schema } from "effect"
import { EventCodec, EventStore, ExpectedVersion, layerMemory, Sealer, StreamId } from "../src/index.ts"

const Named = DomainEvent.make("Named", { name: Personal.schema(Schema.String), count: Schema.Int })
const codec = EventCodec.make(Schema.Union([Named]))
const stream = StreamId.make("main", "thing", "t-1")

describe("the blind sealer", () => {
  it.effect("opens what is sealed as redacted, asks for no key, and leaves the rest as it is", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      const occurredAt = DateTime.makeUnsafe(0)
      const event = { _tag: "Named" as const, occurredAt, name: Personal.of("ada", "Ada Lovelace"), count: 3 }
      const [encoded] = yield* codec.encode([event], "main")
      assert.isDefined(encoded)
      yield* store.append(stream, ExpectedVersion.NoStream, [
        { ...encoded, id: "00000000-0000-7000-8000-000000000001", metadata: {} }
      ])
      const recorded = yield* store.readPage(stream, { direction: "forwards", from: 1, limit: 1 })
      const [one] = yield* Effect.provideService(codec.decodeEach(recorded), Sealer.Current, Sealer.blind)
      const read = one === undefined ? undefined : Result.getOrThrow(one).event
      assert.strictEqual(read?.count, 3)
      assert.deepStrictEqual([read?.name._tag, read?.name.subject], ["Redacted", "ada"])
      const [seeing] = yield* codec.decode(recorded)
      assert.strictEqual(seeing?.name._tag, "Known")
    }).pipe(Effect.provide(Layer.fresh(layerMemory)))
  )

  it.effect("takes nothing that only looks sealed for something that was", () =>
    Effect.gen(function* () {
      const json = { "@personal": "1.1.x.y", subject: "ada", more: true }
      assert.deepStrictEqual(yield* Sealer.blind.open([{ tenant: "main", json }]), [json])
    })
  )
})
