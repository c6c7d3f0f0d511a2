/** A store with everything in it that an export takes along, and all that people can see of it. */
import { join } from "node:path"
import { DomainEvent, Personal } from "@eventfold/decider"
import {
  Archiver,
  ArchiveCatalog,
  Audit,
  EventCodec,
  EventRepairs,
  EventStore,
  ExpectedVersion,
  forgetPerson,
  KeyStore,
  repairEvent,
  StreamId,
  WholeHistory
} from "@eventfold/event-store"
import { ConfigProvider, DateTime, Effect, Layer, Schema, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import * as ArchiveDirectory from "../src/ArchiveDirectory.ts"
import { exportStore, importStore } from "../src/index.ts"
import * as StoreToMove from "./StoreToMove.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

/** The tenant of all of it. */
export const tenant = "acme"
/** Whose data is readable, and who is forgotten. */
export const ada = { tenant, subject: "customer-ada" }
/** Somebody whose id sorts behind that of others only byte by byte. */
export const other = { tenant, subject: "customer-\u{1f600}\uffee" }
/** Who is forgotten. */
export const bob = { tenant, subject: "customer-bob" }
/** Who does everything, and why. */
export const by = { actor: "user-7", reason: "requested" } as const

/** A master key: 32 bytes of one letter. */
export const masterKey = (letter: string) => Buffer.alloc(32, letter).toString("base64")

const Named = DomainEvent.make("Named", { name: Personal.schema(Schema.String), times: Schema.Int })
const codec = EventCodec.make(Schema.Union([Named]))
const occurredAt = DateTime.makeUnsafe("2026-03-02T09:00:00.123Z")

const append = Effect.fn(function* (stream: string, subject: string, names: ReadonlyArray<string>) {
  const named = names.map((name, at) => Named.make({ occurredAt, name: Personal.of(subject, name), times: at }))
  const encoded = yield* codec.encode(named, tenant)
  const events = encoded.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata: { actor: by.actor } }))
  const store = yield* EventStore
  return yield* store.append(StreamId.make(tenant, "thing", stream), ExpectedVersion.Any, events)
})

/** Runs on a store whose master key is this, with its archive in a directory. */
export const running = <A, E, R>(
  body: Effect.Effect<A, E, R>,
  options: { readonly archive: string; readonly env?: Record<string, string> }
) => {
  const env = { EVENTFOLD_MASTER_KEY: masterKey("m"), ...options.env }
  return Effect.provide(
    body,
    Layer.fresh(Archiver.layer).pipe(
      Layer.provideMerge(ArchiveDirectory.layer(options.archive)),
      Layer.provideMerge(Layer.fresh(StoreToMove.store)),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
    )
  )
}

/** The same in the environment of a program. */
export const environment = (env: Record<string, string>) =>
  Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))

/** Exports with small pages. */
export const exportTo = (path: string, options: Partial<Parameters<typeof exportStore>[0]> = {}) =>
  exportStore({ path, source: "a test", pageSize: 3, ...options })

/** Imports with small batches. */
export const importFrom = (path: string, options: Partial<Parameters<typeof importStore>[0]> = {}) =>
  importStore({ path, batchSize: 4, ...options })

/** A file with a whole store in it, what could be seen of that, and the directory of its archive. */
export const filled = Effect.suspend(() =>
  Effect.gen(function* () {
    const directory = yield* temporaryDirectory
    const [path, archive] = [join(directory, "store.jsonl"), join(directory, "archive")]
    const seen = yield* running(Effect.andThen(fill, facts), { archive })
    return { path, archive, facts: seen, exported: yield* exportTo(path) }
  })
)

/** All lines of a file but what names the moment. */
export const comparable = (path: string) =>
  Effect.map(StoreToMove.linesOf(path), (lines) =>
    lines.map((line) => line.replace(/"createdAt":"[^"]*"|"sha256":"[^"]*"/u, ""))
  )

/** Fills a store: personal data of three, one of them forgotten; a repair; an archived stream and one that came back. */
export const fill = Effect.gen(function* () {
  yield* append("of ada", ada.subject, ["Ada", "Ada L."])
  yield* append("of bob", bob.subject, ["Bob"])
  yield* (yield* KeyStore).rotateSubject(ada, by)
  yield* append("of ada", ada.subject, ["Ada Lovelace"])
  yield* append("of another", other.subject, ["Another"])
  yield* append("archived", ada.subject, ["A.", "B.", "C."])
  yield* append("brought back", ada.subject, ["D."])
  const store = yield* EventStore
  const broken = { id: SecureRandom.uuidV7Unsafe(), type: "Named", schemaVersion: 1, occurredAt, metadata: {} }
  const { position } = yield* store.append(StreamId.make(tenant, "thing", "broken"), ExpectedVersion.NoStream, [
    { ...broken, data: { times: "many" } }
  ])
  yield* repairEvent(codec, {
    position,
    eventId: broken.id,
    type: "Named",
    schemaVersion: 1,
    data: { name: { subject: ada.subject, value: "Ada, repaired" }, times: 12345678 },
    ...by
  })
  const archiver = yield* Archiver
  yield* archiver.archive(StreamId.make(tenant, "thing", "archived"), by)
  yield* archiver.archive(StreamId.make(tenant, "thing", "brought back"), by)
  yield* archiver.restore(StreamId.make(tenant, "thing", "brought back"), by)
  yield* forgetPerson(bob, by)
  yield* append("of bob", bob.subject, ["Bob again"])
})

/** All that can be seen of a store: every event as people see it, the audit, repairs, the archive. */
export const facts = Effect.gen(function* () {
  const all = yield* EventStore.pipe(
    Effect.flatMap((store) => Stream.runCollect(store.readAll())),
    Effect.provide(Layer.fresh(WholeHistory.layer))
  )
  const decoded = yield* codec.decode(all)
  const audit = yield* Audit
  const { entries } = yield* audit.page({ tenant, order: "newest", limit: 500 })
  return {
    shown: yield* codec.show(all),
    decoded,
    events: all,
    audit: entries,
    repairs: yield* (yield* EventRepairs).history(),
    archive: yield* (yield* ArchiveCatalog).list()
  }
})

/** Moves one more stream to the archive. */
export const archiveOneMore = Effect.flatMap(Archiver, (archiver) =>
  archiver.archive(StreamId.make(tenant, "thing", "of another"), by)
)

/** A stream of events with these names, in the archive. */
export const archiveOdd = Effect.fn(function* (types: ReadonlyArray<string>) {
  const stream = StreamId.make(tenant, "thing", 'an "odd" \\ one')
  const store = yield* EventStore
  const events = types.map((type, at) => ({ ...StoreToMove.event(at), type }))
  yield* store.append(stream, ExpectedVersion.NoStream, events)
  return yield* (yield* Archiver).archive(stream, by)
})

/** Forgets one more person. */
export const forgetAda = forgetPerson(ada, by)
