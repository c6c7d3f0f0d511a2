/**
 * The laws of the snapshot store as values: what every layer of the port guarantees, and what commands and loads
 * guarantee over it. No test framework is needed to run them; `SnapshotStoreContract` registers them with vitest.
 *
 * Gotcha: the last ones delete the snapshots of all tenants, so run them one after another.
 */
import {
  type CommandServices,
  type Snapshot,
  type SnapshotScope,
  SnapshotStore,
  snapshotsPerStream,
  type StreamId,
  Transaction
} from "@eventfold/event-store"
import { DateTime, Effect, Option, Random, type Schema } from "effect"
import * as Scenario from "./EventStoreLaws/Scenario.ts"
import { expect, expectEqual, type Law, make } from "./Law.ts"
import { folding } from "./SnapshotStoreLaws/Folding.ts"

const fingerprint = Scenario.hex(64)

const snapshot = (parts: Partial<Snapshot> = {}): Effect.Effect<Snapshot> =>
  Effect.all({
    stream: Scenario.stream,
    fingerprint,
    version: Effect.succeed(1),
    state: Effect.map(Random.nextInt, (number): Schema.Json => ({ number })),
    takenAt: Effect.succeed(Scenario.someTime)
  }).pipe(Effect.map((made) => ({ ...made, ...parts })))

const save = (snapshot: Snapshot) => Effect.flatMap(SnapshotStore, (store) => store.save(snapshot))
const count = (scope?: SnapshotScope) => Effect.flatMap(SnapshotStore, (store) => store.count(scope))

/** Fails unless a look for what `wanted` is of finds `found`; `undefined`: nothing. */
const expectFound = Effect.fnUntraced(function* (
  what: string,
  wanted: Pick<Snapshot, "stream" | "fingerprint"> & { readonly notAfter?: number },
  found?: Snapshot
) {
  const store = yield* SnapshotStore
  const loaded = yield* store.load(wanted.stream, wanted.fingerprint, wanted.notAfter)
  yield* expectEqual(what, loaded, Option.fromNullishOr(found))
})

/** Saves a snapshot of each version, in this order, and answers them. */
const saveVersions = Effect.fnUntraced(function* (versions: ReadonlyArray<number>, parts: Partial<Snapshot> = {}) {
  const base = yield* snapshot(parts)
  const made = versions.map((version) => ({ ...base, version, state: { version } }))
  yield* Effect.forEach(made, save)
  return made
})

const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (transaction) => transaction.run(effect))

/** The laws of the port alone. */
const port: ReadonlyArray<Law<SnapshotStore | Transaction>> = [
  make(
    "a snapshot comes back as it was saved, whatever its JSON, and nothing comes back where none was",
    Effect.gen(function* () {
      const json: ReadonlyArray<Schema.Json> = [
        null,
        "",
        0,
        [],
        {},
        { z: 1, a: [null, { "": "a\u0000b\uD800🧾" }], ["__proto__"]: 1e308, n: 0.1 }
      ]
      for (const state of json) {
        const saved = yield* snapshot({
          state,
          version: 2 ** 40,
          takenAt: DateTime.makeUnsafe("2031-12-31T23:59:59.999Z")
        })
        yield* expectFound("before it is saved", saved)
        yield* save(saved)
        yield* expectFound("once it is saved", saved, saved)
      }
    })
  ),

  make(
    "the newest version is found, also when older ones are saved after it",
    Effect.gen(function* () {
      const [first, newest] = yield* saveVersions([3, 7, 5])
      if (first !== undefined) yield* expectFound("the newest", first, newest)
    })
  ),

  make(
    "the newest version that is not after a given one is found, and none before the first",
    Effect.gen(function* () {
      const made = yield* saveVersions([3, 5, 7])
      for (const notAfter of [0, 2, 3, 4, 5, 6, 7, 8]) {
        const expected = made.findLast(({ version }) => version <= notAfter)
        const wanted = made[0]
        if (wanted !== undefined) yield* expectFound(`not after ${notAfter}`, { ...wanted, notAfter }, expected)
      }
    })
  ),

  make(
    "a snapshot of another fingerprint is never found, however new",
    Effect.gen(function* () {
      const mine = yield* snapshot({ version: 3 })
      const other = { ...mine, version: 9, fingerprint: yield* fingerprint, state: "other" }
      yield* save(other)
      yield* expectFound("only another fingerprint is there", mine)
      yield* save(mine)
      yield* expectFound("the one of its fingerprint", mine, mine)
      yield* expectFound("the one of the other fingerprint", other, other)
    })
  ),

  make(
    "saving the same version again replaces it",
    Effect.gen(function* () {
      const first = yield* snapshot({ version: 4 })
      const again = { ...first, state: "again", takenAt: DateTime.add(first.takenAt, { hours: 1 }) }
      yield* save(first)
      yield* save(again)
      yield* expectFound("the one saved last", first, again)
      yield* expectEqual("how many there are", yield* count({ tenant: first.stream.tenant }), 1)
    })
  ),

  make(
    "a stream keeps a few, those with the highest versions",
    Effect.gen(function* () {
      const versions = Array.from({ length: 2 * snapshotsPerStream }, (_, index) => index + 1)
      const made = yield* saveVersions([...versions].toReversed().concat(versions))
      const newest = made.at(-1)
      if (newest === undefined) return
      yield* expectEqual("how many are kept", yield* count({ tenant: newest.stream.tenant }), snapshotsPerStream)
      yield* expectFound("the newest", newest, newest)
      yield* expectFound("below those kept", { ...newest, notAfter: newest.version - snapshotsPerStream })
    })
  ),

  make(
    "streams that differ in tenant, category or id have snapshots of their own",
    Effect.gen(function* () {
      const mine = yield* snapshot()
      const { category, id, tenant } = mine.stream
      const others: ReadonlyArray<StreamId.StreamId> = [
        { category, id, tenant: yield* Scenario.tenant },
        { category: "other", id, tenant },
        { category, id: `${id}x`, tenant }
      ]
      for (const stream of others) yield* save({ ...mine, stream, version: 9 })
      yield* expectFound("before it is saved", mine)
      yield* save(mine)
      yield* expectFound("once it is saved", mine, mine)
    })
  ),

  make(
    "deleting those of a stream says how many, and leaves the others",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const [gone] = yield* saveVersions([1, 2], { stream: yield* Scenario.streamOf(tenant) })
      const stays = yield* snapshot({ stream: yield* Scenario.streamOf(tenant) })
      yield* save(stays)
      if (gone === undefined) return
      const store = yield* SnapshotStore
      yield* expectEqual("how many were deleted", yield* store.deleteStream(gone.stream), 2)
      yield* expectFound("one of the stream", gone)
      yield* expectFound("one of another stream", stays, stays)
      yield* expectEqual("how many are left to delete", yield* store.deleteStream(gone.stream), 0)
    })
  ),

  make(
    "deleting and counting can be kept to a tenant, a category, or both",
    Effect.gen(function* () {
      const store = yield* SnapshotStore
      const [one, two] = [yield* Scenario.tenant, yield* Scenario.tenant]
      const [red, blue] = [`red-${yield* Scenario.hex(8)}`, `blue-${yield* Scenario.hex(8)}`]
      const places = [one, two].flatMap((tenant) => [red, blue].map((category) => ({ tenant, category })))
      for (const place of places) yield* save(yield* snapshot({ stream: { ...place, id: "a" } }))
      yield* expectEqual("of a tenant", yield* count({ tenant: one }), 2)
      yield* expectEqual("of a category", yield* count({ category: red }), 2)
      yield* expectEqual("of both", yield* count({ tenant: one, category: red }), 1)
      yield* expectEqual("deleted of both", yield* store.deleteAll({ tenant: one, category: red }), 1)
      yield* expectEqual("left of the tenant", yield* count({ tenant: one }), 1)
      yield* expectEqual("deleted of a category", yield* store.deleteAll({ category: blue }), 2)
      yield* expectEqual("left of the other tenant", yield* count({ tenant: two }), 1)
      yield* expectEqual("deleted of a tenant", yield* store.deleteAll({ tenant: two }), 1)
    })
  ),

  make(
    "deleting without a limit deletes every snapshot",
    Effect.gen(function* () {
      const store = yield* SnapshotStore
      const some = [yield* snapshot(), yield* snapshot()]
      yield* Effect.forEach(some, save)
      const before = yield* count()
      yield* expect(before >= 2, `at least two must be there, but ${before} are`)
      yield* expectEqual("how many were deleted", yield* store.deleteAll(), before)
      yield* expectEqual("how many are left", yield* count(), 0)
      for (const one of some) yield* expectFound("after all were deleted", one)
    })
  ),

  make(
    "a transaction that fails leaves no snapshot behind and deletes none, and one that succeeds does both",
    Effect.gen(function* () {
      const [kept, fresh] = [yield* snapshot(), yield* snapshot()]
      yield* save(kept)
      const body = Effect.gen(function* () {
        yield* save(fresh)
        yield* (yield* SnapshotStore).deleteStream(kept.stream)
      })
      yield* Effect.exit(run(Effect.andThen(body, Effect.fail("no"))))
      yield* expectFound("one saved before", kept, kept)
      yield* expectFound("one saved by the transaction that failed", fresh)
      yield* run(body)
      yield* expectFound("one deleted by the transaction", kept)
      yield* expectFound("one saved by the transaction", fresh, fresh)
    })
  ),

  make(
    "what is saved in the background is there once it has settled, whatever becomes of the transaction that asked",
    Effect.gen(function* () {
      const store = yield* SnapshotStore
      const [plain, asked] = [yield* snapshot(), yield* snapshot()]
      yield* store.saveSoon(plain.stream, Effect.succeed(plain))
      yield* Effect.exit(run(Effect.andThen(store.saveSoon(asked.stream, Effect.succeed(asked)), Effect.fail("no"))))
      yield* store.settled
      yield* expectFound("one saved in the background", plain, plain)
      yield* expectFound("one asked for by a transaction that failed", asked, asked)
    })
  )
]

/** The laws of the snapshot store. */
export const laws: ReadonlyArray<Law<CommandServices | Transaction>> = [...port, ...folding]
