/** An event that cannot be decoded is repaired by an audited command, and read again: through every door. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Option, Result } from "effect"
import {
  Audit,
  CommandHandler,
  EventCodec,
  EventNotDecodable,
  EventRepairs,
  EventStore,
  ExpectedVersion,
  layerMemory,
  type NewRepair,
  RepairRefused,
  repairEvent,
  SnapshotStore
} from "../src/index.ts"
import { Account, deposit, Deposited, Event, occurredAt, streamOf, Withdrawn } from "./Account.ts"

const codec = EventCodec.make(Event)
const accounts = CommandHandler.make(Account)
const stream = streamOf("acme", "a-1")
const ids = ["0190f5a2-7c4e-7b1a-9d3f-000000000001", "0190f5a2-7c4e-7b1a-9d3f-000000000002"] as const

/** An account whose second event holds an amount that nobody can read. */
const damaged = Effect.gen(function* () {
  const store = yield* EventStore
  const event = { schemaVersion: 1, occurredAt, metadata: {} }
  yield* store.append(stream, ExpectedVersion.NoStream, [
    { ...event, id: ids[0], type: "AccountOpened", data: { owner: "Ada" } },
    { ...event, id: ids[1], type: "MoneyDeposited", data: { cents: "a lot" } }
  ])
  const error = yield* Effect.flip(codec.decode(yield* read))
  return error instanceof EventNotDecodable ? error.position : yield* Effect.die(error)
})

const read = Effect.flatMap(EventStore, (store) =>
  store.readPage(stream, { direction: "forwards", from: 1, limit: 10 })
)

const repairAt = (position: number, parts: Partial<NewRepair> = {}): NewRepair => ({
  position,
  eventId: ids[1],
  type: "MoneyDeposited",
  schemaVersion: 1,
  data: { cents: "250" },
  actor: "grace",
  reason: "the slip says 2.50",
  ...parts
})

const fresh = Effect.provide(Layer.fresh(layerMemory))

describe("a repaired event", () => {
  it.effect("is told to the audit, and no snapshot is left that could hold what was read before", () =>
    Effect.gen(function* () {
      const position = yield* damaged
      yield* repairEvent(codec, repairAt(position))
      assert.strictEqual(yield* accounts.snapshot(stream), 2)
      yield* repairEvent(codec, repairAt(position, { data: { cents: "205" }, reason: "misread" }))
      assert.strictEqual(yield* (yield* SnapshotStore).count(), 0)
      assert.strictEqual((yield* accounts.load(stream)).state.balance, 205n)
      const { entries } = yield* (yield* Audit).page({ tenant: "acme", order: "oldest", limit: 10 })
      const told = entries.flatMap((entry) => (entry._tag === "Action" ? [entry] : []))
      assert.deepStrictEqual(
        told.map(({ action, actor, reason, subject }) => ({ action, actor, reason, subject })),
        ["the slip says 2.50", "misread"].map((reason) => ({
          action: "EventRepaired",
          actor: "grace",
          reason,
          subject: "acme/account/a-1"
        }))
      )
      assert.strictEqual(told[0]?.details["position"], String(position))
    }).pipe(fresh)
  )

  it.effect("is read as the repair says, with its own business time; the stored event stays as it is", () =>
    Effect.gen(function* () {
      const position = yield* damaged
      const stored = yield* read
      const repair = yield* repairEvent(codec, repairAt(position))
      assert.deepInclude(repair, repairAt(position))
      assert.deepStrictEqual((yield* codec.decode(yield* read))[1], Deposited.make({ cents: 250n, occurredAt }))
      assert.deepStrictEqual(yield* read, stored)
      const decoded = (yield* codec.decodeEach(stored)).filter(Result.isSuccess).map(({ success }) => success)
      assert.deepStrictEqual(decoded[1]?.event, Deposited.make({ cents: 250n, occurredAt }))
      assert.deepStrictEqual(decoded[1]?.recorded, stored[1])
      assert.isTrue(Object.isFrozen(decoded[1]?.event))
    }).pipe(fresh)
  )

  it.effect("lets the aggregate be commanded again", () =>
    Effect.gen(function* () {
      const position = yield* damaged
      const error = yield* Effect.flip(accounts.handle(stream, deposit(5n)))
      assert.instanceOf(error, EventNotDecodable)
      yield* repairEvent(codec, repairAt(position))
      assert.strictEqual((yield* accounts.handle(stream, deposit(5n))).state.balance, 255n)
    }).pipe(fresh)
  )

  it.effect("can be another event, of an older version too", () =>
    Effect.gen(function* () {
      const position = yield* damaged
      yield* repairEvent(codec, repairAt(position, { type: "MoneyWithdrawn", data: { cents: "3" } }))
      const event = Withdrawn.make({ cents: 3n, by: Option.none(), occurredAt })
      assert.deepStrictEqual((yield* codec.decode(yield* read))[1], event)
    }).pipe(fresh)
  )

  it.effect("can be repaired again: the last repair counts, and the history keeps all, with who and why", () =>
    Effect.gen(function* () {
      const position = yield* damaged
      yield* repairEvent(codec, repairAt(position))
      yield* repairEvent(codec, repairAt(position, { data: { cents: "205" }, actor: "ada", reason: "misread" }))
      assert.deepStrictEqual((yield* codec.decode(yield* read))[1], Deposited.make({ cents: 205n, occurredAt }))
      const history = yield* (yield* EventRepairs).history({ position })
      assert.deepStrictEqual(
        history.map(({ actor, reason }) => `${actor}: ${reason}`),
        ["grace: the slip says 2.50", "ada: misread"]
      )
    }).pipe(fresh)
  )

  it.effect("whose repair this program cannot decode is reported with both reasons", () =>
    Effect.gen(function* () {
      const position = yield* damaged
      yield* (yield* EventRepairs).add(repairAt(position, { schemaVersion: 9 }))
      const error = yield* Effect.flip(codec.decode(yield* read))
      assert.match(
        error.message,
        /cents.*; nor can its repair, MoneyDeposited v9: this program knows versions up to 1$/su
      )
    }).pipe(fresh)
  )

  it.effect("is none when the repair at its position names another event", () =>
    Effect.gen(function* () {
      const position = yield* damaged
      yield* (yield* EventRepairs).add(repairAt(position, { eventId: ids[0] }))
      assert.instanceOf(yield* Effect.flip(codec.decode(yield* read)), EventNotDecodable)
    }).pipe(fresh)
  )
})

describe("a repair that does not help", () => {
  const cases: ReadonlyArray<
    readonly [what: string, field: string, rule: RegExp, parts: (position: number) => Partial<NewRepair>]
  > = [
    [
      "data that cannot be decoded either",
      "data",
      /cannot be decoded either: .*cents/su,
      () => ({ data: { cents: 1 } })
    ],
    ["a name no schema has", "data", /no schema has this name/u, () => ({ type: "MoneyBurnt" })],
    ["a position without an event", "position", /no event is stored there/u, (at) => ({ position: at + 1000 })],
    ["a position that is none", "position", /no event is stored there/u, () => ({ position: Number.NaN })],
    ["the id of another event", "eventId", /the event there is/u, () => ({ eventId: ids[0] })],
    ["an event that can be decoded", "position", /can be decoded/u, (at) => ({ position: at - 1, eventId: ids[0] })],
    ["no actor", "actor", /must be 1 to/u, () => ({ actor: "" })],
    ["no reason", "reason", /must be 1 to/u, () => ({ reason: "" })]
  ]
  for (const [what, field, rule, parts] of cases) {
    it.effect(`is refused when it is made: ${what}`, () =>
      Effect.gen(function* () {
        const position = yield* damaged
        const error = yield* Effect.flip(repairEvent(codec, repairAt(position, parts(position))))
        assert.instanceOf(error, RepairRefused)
        assert.strictEqual(error.field, field)
        assert.match(error.rule, rule)
        assert.deepStrictEqual(yield* (yield* EventRepairs).history(), [])
      }).pipe(fresh)
    )
  }
})

describe("repairs that are not asked for", () => {
  it.effect("cost nothing: a codec that can decode everything does not look", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      const event = {
        id: ids[0],
        type: "AccountOpened",
        schemaVersion: 1,
        occurredAt,
        metadata: {},
        data: { owner: "Ada" }
      }
      yield* store.append(stream, ExpectedVersion.NoStream, [event])
      assert.lengthOf(yield* codec.decode(yield* read), 1)
    }).pipe(Effect.provide(Layer.merge(Layer.fresh(layerMemory), unusable)))
  )
})

/** Repairs that end the program when somebody asks for them. */
const unusable = EventRepairs.layer(
  Effect.succeed({
    add: () => Effect.die("asked"),
    find: () => Effect.die("asked"),
    history: () => Effect.die("asked")
  })
)
