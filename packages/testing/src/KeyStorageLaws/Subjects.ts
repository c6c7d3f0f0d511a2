/** What the laws of the storage of keys make up, and how they look at a storage. */
import { KeyStorage, type StoredSubject, type SubjectId, Transaction, type WrappedKey } from "@eventfold/event-store"
import { Effect } from "effect"
import * as Scenario from "../EventStoreLaws/Scenario.ts"
import { expect, expectEqual } from "../Law.ts"

/** What the storage answers. */
export const storage = <A, E>(use: (storage: KeyStorage["Service"]) => Effect.Effect<A, E>) =>
  Effect.flatMap(KeyStorage, use)

/** One transaction. */
export const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (transaction) => transaction.run(effect))

/** A fresh subject of a tenant, or of a fresh one. */
export const subjectIn = (tenant?: string): Effect.Effect<SubjectId> =>
  Effect.all({
    tenant: tenant === undefined ? Scenario.tenant : Effect.succeed(tenant),
    subject: Effect.map(Scenario.hex(16), (id) => `subject-${id}`)
  })

/** A version of a key of a subject, made up. */
export const keyFor = Effect.fnUntraced(function* ({ subject, tenant }: SubjectId, version: number = 1) {
  return { tenant, subject, version, masterKey: yield* Scenario.hex(16), wrapped: `${yield* Scenario.hex(64)}.-_` }
})

/** Keeps first keys. */
export const create = (...keys: ReadonlyArray<WrappedKey>) => storage((all) => all.create(keys))
/** Forgets subjects. */
export const forget = (...subjects: ReadonlyArray<SubjectId>) => storage((all) => all.forget(subjects))

/** A subject with so many versions of its key. */
export const subjectWith = Effect.fnUntraced(function* (versions: number, tenant?: string) {
  const id = yield* subjectIn(tenant)
  const keys = yield* Effect.forEach(
    Array.from({ length: versions }, (_, index) => index + 1),
    (version) => keyFor(id, version)
  )
  yield* create(...keys.slice(0, 1))
  for (const key of keys.slice(1)) {
    yield* expect(
      yield* storage((all) => all.add(key)),
      `version ${key.version} of a key must be added after the one before`
    )
  }
  return { id, keys }
})

/** A subject with just these keys. */
export const known = ({ subject, tenant }: SubjectId, keys: ReadonlyArray<WrappedKey>): StoredSubject => ({
  tenant,
  subject,
  forgotten: false,
  keys,
  settled: true
})
/** A subject that is forgotten. */
export const forgotten = ({ subject, tenant }: SubjectId): StoredSubject => ({
  tenant,
  subject,
  forgotten: true,
  keys: [],
  settled: true
})

const name = ({ subject, tenant }: SubjectId) => `${tenant}/${subject}`
const sorted = <A extends SubjectId>(subjects: ReadonlyArray<A>) =>
  subjects.toSorted((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0))

/** Fails unless just this is kept about the subjects. */
export const expectKept = Effect.fnUntraced(function* (
  what: string,
  ids: ReadonlyArray<SubjectId>,
  expected: ReadonlyArray<StoredSubject>
) {
  yield* expectEqual(what, sorted(yield* storage((all) => all.find(ids))), sorted(expected))
})

/** Fails unless it is just these subjects, in whatever order, each once. */
export const expectSubjects = (what: string, actual: ReadonlyArray<SubjectId>, expected: ReadonlyArray<SubjectId>) =>
  expectEqual(what, sorted(actual), sorted(expected))
