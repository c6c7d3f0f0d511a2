/** The suite of the storage of keys catches broken storages: for every law there is one that breaks it, and it only. */
import { KeyStorage, type StoredSubject, type SubjectId, Transaction, type WrappedKey } from "@eventfold/event-store"
import { Context, Effect, Layer } from "effect"
import { KeyStorageLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

type Storage = KeyStorage["Service"]

interface BrokenStorage {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<KeyStorage | Transaction>
}

const sound = Layer.fresh(Layer.merge(KeyStorage.layerMemory, Transaction.layerMemory))

/** A row: the storage in memory, with what `wrong` puts in the place of some of its parts. */
const broken = (breaks: string, fault: string, wrong: (storage: Storage) => Partial<Storage>): BrokenStorage => ({
  breaks,
  fault,
  layer: Layer.effectContext(
    Effect.map(Effect.context<KeyStorage | Transaction>(), (context) => {
      const storage = Context.get(context, KeyStorage)
      return Context.add(context, KeyStorage, { ...storage, ...wrong(storage) })
    })
  ).pipe(Layer.provide(sound))
})

const withKey = (subject: StoredSubject, key: WrappedKey | undefined): StoredSubject =>
  key === undefined ? subject : { ...subject, forgotten: false, keys: [key] }
const nameOf = ({ subject, tenant }: SubjectId) => `${tenant}/${subject}`

const brokenStorages: ReadonlyArray<BrokenStorage> = [
  broken(
    "what is kept about many subjects is found at once, whatever their ids; of the others nothing is found",
    "takes white space off the ids",
    (storage) => ({ create: (keys) => storage.create(keys.map((key) => ({ ...key, subject: key.subject.trim() }))) })
  ),
  broken(
    "a subject has one first key: a second one changes nothing",
    "keeps none when one of them is there",
    (storage) => ({
      create: (keys) =>
        Effect.flatMap(storage.find(keys), (found) =>
          found.some(({ forgotten }) => !forgotten) && keys.length > 1 ? Effect.void : storage.create(keys)
        )
    })
  ),
  broken("of several first keys at once one counts for all", "lets each find its own at first", (storage) => {
    const underWay = new Map<string, number>()
    const change = (keys: ReadonlyArray<SubjectId>, by: number) =>
      Effect.sync(() => keys.forEach((key) => underWay.set(nameOf(key), (underWay.get(nameOf(key)) ?? 0) + by)))
    return {
      create: (keys) =>
        Effect.gen(function* () {
          yield* change(keys, 1)
          yield* Effect.yieldNow
          const many = keys.some((key) => (underWay.get(nameOf(key)) ?? 0) > 3)
          yield* Effect.ensuring(many ? Effect.yieldNow : storage.create(keys), change(keys, -1))
        })
    }
  }),
  broken(
    "subjects of two tenants have nothing to do with each other, though their ids are equal",
    "forgets in all tenants",
    (storage) => {
      const names = new Map<string, SubjectId>()
      return {
        create: (keys) =>
          Effect.suspend(() => {
            for (const { subject, tenant } of keys) names.set(nameOf({ subject, tenant }), { subject, tenant })
            return storage.create(keys)
          }),
        forget: (ids) =>
          Effect.suspend(() => {
            const subjects = new Set(ids.map(({ subject }) => subject))
            return storage.forget([
              ...ids,
              ...Array.from(names.values()).filter(({ subject }) => subjects.has(subject))
            ])
          })
      }
    }
  ),
  broken(
    "forgetting destroys every version of the keys of the subjects it names, and no others",
    "forgets the first one only, when it is asked for two with keys",
    (storage) => ({
      forget: (ids) =>
        Effect.flatMap(storage.find(ids), (found) =>
          storage.forget(found.filter(({ keys }) => keys.length > 0).length > 1 ? ids.slice(0, 1) : ids)
        )
    })
  ),
  broken(
    "a subject can be forgotten before it has a key, and again: that is as once",
    "does not forget whom it has never heard of, when it is asked for several",
    (storage) => ({
      forget: (ids) => Effect.flatMap(storage.find(ids), (found) => storage.forget(ids.length > 2 ? found : ids))
    })
  ),
  broken(
    "forgetting tells whom it has changed: each subject once, by one of those who forget it at once, and not again",
    "tells of everybody who was not forgotten when it looked",
    (storage) => ({
      forget: (ids) =>
        Effect.gen(function* () {
          const found = yield* storage.find(ids)
          yield* Effect.yieldNow
          const known = new Set(found.filter(({ forgotten }) => forgotten).map(nameOf))
          yield* storage.forget(ids)
          return Array.from(new Map(ids.map((id) => [nameOf(id), id])).values()).filter((id) => !known.has(nameOf(id)))
        })
    })
  ),
  broken(
    "a forgotten subject gets no first key again",
    "takes a key it has never seen for one of somebody new",
    (storage) => {
      const [seen, back] = [new Set<string>(), new Map<string, WrappedKey>()]
      return {
        create: (keys) =>
          Effect.flatMap(storage.find(keys), (found) => {
            for (const key of keys) {
              const isForgotten = found.some((it) => it.forgotten && nameOf(it) === nameOf(key))
              if (isForgotten && !seen.has(key.wrapped)) back.set(nameOf(key), { ...key, version: 1 })
              seen.add(key.wrapped)
            }
            return storage.create(keys)
          }),
        find: (ids) => Effect.map(storage.find(ids), (found) => found.map((it) => withKey(it, back.get(nameOf(it)))))
      }
    }
  ),
  broken(
    "a next version is kept only right after the one before, once, and never for an unknown or a forgotten subject",
    "says yes whatever comes of it",
    (storage) => ({ add: (key) => Effect.as(storage.add(key), true) })
  ),
  broken(
    "forgetting wins against everybody who keeps a key at the same time",
    "looks before it forgets",
    (storage) => ({
      forget: (ids) =>
        Effect.gen(function* () {
          const before = yield* storage.find(ids)
          for (let turn = 0; turn < 10; turn++) yield* Effect.yieldNow
          const after = yield* storage.find(ids)
          const versions = (found: ReadonlyArray<StoredSubject>) => found.flatMap(({ keys }) => keys).length
          return versions(before) === versions(after) ? yield* storage.forget(ids) : []
        })
    })
  ),
  broken(
    "a transaction that fails takes back the keys it has kept, and the forgetting",
    "keeps keys outside of the transaction",
    (storage) => ({ create: (keys) => Effect.promise(() => Effect.runPromise(storage.create(keys))) })
  ),
  broken(
    "what the open transaction has written is found in it as not settled, and as settled once it has ended",
    "takes everything for settled",
    (storage) => ({
      find: (ids) => Effect.map(storage.find(ids), (found) => found.map((subject) => ({ ...subject, settled: true })))
    })
  ),
  broken(
    "keys wrapped by other master keys are told, so many at a time, and a new wrapping replaces only the one it is made of",
    "replaces whatever there is",
    (storage) => ({
      rewrap: (keys) =>
        Effect.flatMap(storage.find(keys), (found) => {
          const wrappings = new Map(
            found.flatMap((it) => it.keys).map((key) => [`${nameOf(key)}/${key.version}`, key.wrapped])
          )
          return storage.rewrap(
            keys.map((key) => ({ ...key, previous: wrappings.get(`${nameOf(key)}/${key.version}`) ?? key.previous }))
          )
        })
    })
  )
]

suite({ of: "the storage of keys", laws: KeyStorageLaws.laws, rows: brokenStorages, sound })
