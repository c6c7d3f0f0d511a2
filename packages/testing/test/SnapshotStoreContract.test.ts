/** The suite of the snapshot store catches broken stores: for every law there is a store that breaks it, and it only. */
import {
  type CommandServices,
  layerMemory,
  type Snapshot,
  SnapshotStore,
  StreamId,
  type Transaction
} from "@eventfold/event-store"
import { Context, Effect, Layer, Option, Predicate, Schema } from "effect"
import { SnapshotStoreLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

type Store = SnapshotStore["Service"]

interface BrokenStore {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<CommandServices | Transaction>
}

/** A row: the store in memory, with what `wrong` puts in the place of some of its parts. */
const broken = (breaks: string, fault: string, wrong: (store: Store) => Partial<Store>): BrokenStore => ({
  breaks,
  fault,
  layer: Layer.effect(
    SnapshotStore,
    Effect.map(SnapshotStore, (store) => ({ ...store, ...wrong(store) }))
  ).pipe(Layer.provideMerge(Layer.fresh(layerMemory)))
})

/** A row in which what is found is changed. */
const findsWrongly = (breaks: string, fault: string, wrong: (found: Snapshot) => Snapshot): BrokenStore =>
  broken(breaks, fault, (store) => ({ load: (...of) => Effect.map(store.load(...of), Option.map(wrong)) }))

/** A row that remembers what was saved, and answers with `instead` where the sound store finds nothing. */
const remembers = (
  breaks: string,
  fault: string,
  instead: (saved: ReadonlyArray<Snapshot>, ...of: Parameters<Store["load"]>) => Snapshot | undefined,
  wrong: (store: Store, forget: Effect.Effect<void>) => Partial<Store> = () => ({})
): BrokenStore =>
  broken(breaks, fault, (store) => {
    let saved: ReadonlyArray<Snapshot> = []
    const note = (snapshot: Snapshot) =>
      Effect.sync(() => {
        saved = [...saved, snapshot]
      })
    return {
      save: (snapshot) => Effect.andThen(store.save(snapshot), note(snapshot)),
      saveSoon: (stream, take) => store.saveSoon(stream, Effect.tap(take, note)),
      load: (...of) =>
        Effect.map(
          store.load(...of),
          Option.orElse(() => Option.fromNullishOr(instead(saved, ...of)))
        ),
      ...wrong(
        store,
        Effect.sync(() => {
          saved = []
        })
      )
    }
  })

const same = (a: StreamId.StreamId, b: StreamId.StreamId) => StreamId.format(a) === StreamId.format(b)

/** States of the ledger, which the laws of the port know nothing of. */
const isLedger = ({ state }: Snapshot) => Predicate.hasProperty(state, "numbers")

const changed = (state: Schema.Json, change: (part: unknown) => unknown): Schema.Json =>
  Schema.decodeUnknownSync(Schema.Json)(JSON.parse(JSON.stringify(state), (_, part: unknown) => change(part)))

const brokenStores: ReadonlyArray<BrokenStore> = [
  findsWrongly(
    "a snapshot comes back as it was saved, whatever its JSON, and nothing comes back where none was",
    "loses lone surrogates",
    (found) => ({
      ...found,
      state: changed(found.state, (part) => (typeof part === "string" ? part.replaceAll("\uD800", "") : part))
    })
  ),
  broken(
    "the newest version is found, also when older ones are saved after it",
    "answers the one saved last",
    (store) => {
      const last = new Map<string, Snapshot>()
      return {
        save: (snapshot) =>
          Effect.andThen(
            store.save(snapshot),
            Effect.sync(() => last.set(snapshot.fingerprint, snapshot))
          ),
        load: (stream, fingerprint, notAfter) =>
          Effect.map(
            store.load(stream, fingerprint, notAfter),
            Option.map((found) => {
              const other = last.get(fingerprint)
              return notAfter === undefined && other !== undefined && same(other.stream, stream) ? other : found
            })
          )
      }
    }
  ),
  broken(
    "the newest version that is not after a given one is found, and none before the first",
    "leaves out the given one",
    (store) => ({
      load: (stream, fingerprint, notAfter) =>
        store.load(stream, fingerprint, notAfter === undefined ? undefined : notAfter - 1)
    })
  ),
  remembers(
    "a snapshot of another fingerprint is never found, however new",
    "answers another when there is none of the fingerprint",
    (saved, stream) => saved.findLast((other) => same(other.stream, stream) && other.state === "other")
  ),
  broken("saving the same version again replaces it", "keeps the first", (store) => {
    const first = new Map<string, Snapshot>()
    return {
      save: (snapshot) => {
        const key = `${StreamId.format(snapshot.stream)} ${snapshot.fingerprint} ${snapshot.version}`
        const known = first.get(key) ?? snapshot
        first.set(key, known)
        return store.save(known)
      }
    }
  }),
  remembers(
    "a stream keeps a few, those with the highest versions",
    "finds every old one",
    (saved, stream, fingerprint, notAfter) =>
      notAfter === undefined
        ? undefined
        : saved.findLast(
            (old) => same(old.stream, stream) && old.fingerprint === fingerprint && old.version <= notAfter
          ),
    (store, forget) => ({
      deleteAll: (scope) => Effect.andThen(forget, store.deleteAll(scope)),
      deleteStream: (stream) => Effect.andThen(forget, store.deleteStream(stream))
    })
  ),
  broken("streams that differ in tenant, category or id have snapshots of their own", "cuts long ids", (store) => {
    const cut = (stream: StreamId.StreamId) => ({ ...stream, id: stream.id.slice(0, 16) })
    return {
      load: (stream, ...of) =>
        Effect.map(
          store.load(cut(stream), ...of),
          Option.map((found) => ({ ...found, stream }))
        ),
      save: (snapshot) => store.save({ ...snapshot, stream: cut(snapshot.stream) })
    }
  }),
  broken(
    "deleting those of a stream says how many, and leaves the others",
    "deletes those of the whole tenant",
    (store) => ({
      deleteStream: (stream) =>
        Effect.flatMap(store.deleteStream(stream), (count) =>
          Effect.as(store.deleteAll({ tenant: stream.tenant }), count)
        )
    })
  ),
  broken(
    "deleting and counting can be kept to a tenant, a category, or both",
    "does not look at the category when there is a tenant",
    (store) => ({
      deleteAll: ({ category, tenant } = {}) => store.deleteAll(tenant ? { tenant } : category ? { category } : {})
    })
  ),
  broken("deleting without a limit deletes every snapshot", "only says so", (store) => ({
    deleteAll: (scope) => (scope === undefined ? store.count() : store.deleteAll(scope))
  })),
  broken(
    "a transaction that fails leaves no snapshot behind and deletes none, and one that succeeds does both",
    "saves outside the transaction",
    (store) => ({
      save: (snapshot) =>
        Effect.flatMap(Effect.context(), (context) =>
          Effect.provideContext(
            Effect.updateContext(store.save(snapshot), (_: Context.Context<never>) =>
              Context.omit(Effect.Transaction)(context)
            ),
            context
          )
        )
    })
  ),
  broken(
    "what is saved in the background is there once it has settled, whatever becomes of the transaction that asked",
    "has no background",
    () => ({ saveSoon: () => Effect.succeed(true) })
  ),
  findsWrongly(
    "a snapshot and the events after it make the state of a full fold, for every version and policy",
    "cuts lists after two items",
    (found) => ({
      ...found,
      state: changed(found.state, (part) => (Array.isArray(part) ? part.slice(0, 2) : part))
    })
  ),
  remembers(
    "a fold of another declared version makes its own state, whatever snapshots the other has left",
    "takes over what another fold has left",
    (saved, stream, fingerprint, notAfter = Number.MAX_SAFE_INTEGER) => {
      const other = saved.findLast(
        (snapshot) =>
          same(snapshot.stream, stream) &&
          isLedger(snapshot) &&
          snapshot.fingerprint !== fingerprint &&
          snapshot.version <= notAfter
      )
      return other === undefined ? undefined : { ...other, fingerprint }
    }
  ),
  broken(
    "deleting every snapshot changes no answer",
    "finds one that was deleted with all the others, and takes it for new",
    (store) => {
      const saved: Array<Snapshot> = []
      let deleted: ReadonlyArray<Snapshot> = []
      return {
        saveSoon: (stream, take) =>
          store.saveSoon(
            stream,
            Effect.tap(take, (snapshot) => Effect.sync(() => saved.push(snapshot)))
          ),
        deleteAll: (scope) =>
          Effect.tap(store.deleteAll(scope), () =>
            Effect.sync(() => {
              if (scope === undefined) deleted = saved.filter(isLedger)
            })
          ),
        load: (stream, fingerprint, notAfter = Number.MAX_SAFE_INTEGER) => {
          const old = deleted.findLast((snapshot) => same(snapshot.stream, stream))
          return old === undefined
            ? store.load(stream, fingerprint, notAfter)
            : Effect.succeedSome({ ...old, version: Math.min(notAfter, old.version + 1) })
        }
      }
    }
  )
]

suite({ of: "the snapshot store", laws: SnapshotStoreLaws.laws, rows: brokenStores, sound: Layer.fresh(layerMemory) })
