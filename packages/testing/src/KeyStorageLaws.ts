/**
 * The laws of the storage of keys as values: what every layer of the port guarantees. No test framework is needed to run
 * them; `KeyStorageContract` registers them with vitest.
 */
import type { KeyStorage, Transaction, WrappedKey } from "@eventfold/event-store"
import { Effect } from "effect"
import { effort } from "./Effort.ts"
import * as Scenario from "./EventStoreLaws/Scenario.ts"
import {
  create,
  expectKept,
  expectSubjects,
  forget,
  forgotten,
  keyFor,
  known,
  run,
  storage,
  subjectIn,
  subjectWith
} from "./KeyStorageLaws/Subjects.ts"
import { expect, expectEqual, type Law, make } from "./Law.ts"

/** The laws of the storage of keys. */
export const laws: ReadonlyArray<Law<KeyStorage | Transaction>> = [
  make(
    "what is kept about many subjects is found at once, whatever their ids; of the others nothing is found",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const ids = ["a", "A", "ä", "a ", "\u{1F9FE}", "a/b", "'\"\\{}%_", "x".repeat(255)].map((subject) => ({
        tenant,
        subject
      }))
      const keys = yield* Effect.forEach(ids, (id) => keyFor(id))
      yield* create(...keys)
      const more = yield* subjectWith(3, tenant)
      const gone = yield* subjectIn(tenant)
      yield* forget(gone)
      const unknown = yield* subjectIn(tenant)
      yield* expectKept(
        "what is found",
        [...ids, unknown, more.id, gone, ...ids],
        [...keys.map((key) => known(key, [key])), known(more.id, more.keys), forgotten(gone)]
      )
      yield* expectKept("what is found of nobody", [], [])
    })
  ),

  make(
    "a subject has one first key: a second one changes nothing",
    Effect.gen(function* () {
      const id = yield* subjectIn()
      const [first, second] = [yield* keyFor(id), yield* keyFor(id)]
      const other = yield* keyFor(yield* subjectIn(id.tenant))
      yield* create(first)
      yield* create(second, other)
      yield* expectKept("what is kept", [id, other], [known(id, [first]), known(other, [other])])
    })
  ),

  make(
    "of several first keys at once one counts for all",
    Effect.gen(function* () {
      for (let round = 0; round < 10 * effort; round++) {
        const id = yield* subjectIn()
        const keys = yield* Effect.forEach(Array.from({ length: 5 }), () => keyFor(id))
        const seen = yield* Effect.forEach(
          keys,
          (key) =>
            Effect.andThen(
              create(key),
              Effect.andThen(
                Effect.yieldNow,
                storage((all) => all.find([id]))
              )
            ),
          { concurrency: "unbounded" }
        )
        const [kept] = yield* storage((all) => all.find([id]))
        yield* expect(
          keys.some((key) => key.wrapped === kept?.keys[0]?.wrapped),
          "one of the keys must be kept"
        )
        for (const found of seen) yield* expectEqual("what one of them finds", found, kept === undefined ? [] : [kept])
      }
    })
  ),

  make(
    "subjects of two tenants have nothing to do with each other, though their ids are equal",
    Effect.gen(function* () {
      const one = yield* subjectIn()
      const two = { ...one, tenant: yield* Scenario.tenant }
      const [first, second] = [yield* keyFor(one), yield* keyFor(two)]
      yield* create(first)
      yield* create(second)
      yield* forget(one)
      yield* expectKept("what is kept", [one, two], [forgotten(one), known(two, [second])])
    })
  ),

  make(
    "forgetting destroys every version of the keys of the subjects it names, and no others",
    Effect.gen(function* () {
      const [one, two] = [yield* subjectWith(3), yield* subjectWith(1)]
      const other = yield* subjectWith(2, one.id.tenant)
      yield* forget(one.id, two.id)
      yield* expectKept(
        "what is kept",
        [one.id, two.id, other.id],
        [forgotten(one.id), forgotten(two.id), known(other.id, other.keys)]
      )
    })
  ),

  make(
    "a subject can be forgotten before it has a key, and again: that is as once",
    Effect.gen(function* () {
      const [unknown, gone] = [yield* subjectIn(), yield* subjectWith(2)]
      for (let time = 0; time < 2; time++) {
        yield* forget(unknown, gone.id, unknown)
        yield* expectKept("what is kept", [unknown, gone.id], [forgotten(unknown), forgotten(gone.id)])
      }
    })
  ),

  make(
    "forgetting tells whom it has changed: each subject once, by one of those who forget it at once, and not again",
    Effect.gen(function* () {
      for (let round = 0; round < 10 * effort; round++) {
        const [unknown, gone, kept] = [yield* subjectIn(), yield* subjectWith(2), yield* subjectWith(1)]
        const ids = round % 2 === 0 ? [unknown, gone.id] : [gone.id, gone.id]
        // On their own, and as a part of something that takes longer.
        const several = [forget(...ids), forget(...ids), run(Effect.tap(forget(...ids), Effect.yieldNow))]
        const told = yield* Effect.all(several, { concurrency: "unbounded" })
        yield* expectSubjects("who was told to be forgotten", told.flat(), Array.from(new Set(ids)))
        yield* expectSubjects("who is told again", yield* forget(gone.id, kept.id), [kept.id])
      }
      const back = yield* subjectWith(1)
      yield* Effect.exit(run(Effect.andThen(forget(back.id), Effect.fail("no"))))
      yield* expectSubjects("who is told after it was taken back", yield* forget(back.id), [back.id])
    })
  ),

  make(
    "a forgotten subject gets no first key again",
    Effect.gen(function* () {
      const { id } = yield* subjectWith(1)
      yield* forget(id)
      yield* create(yield* keyFor(id))
      yield* expectKept("what is kept", [id], [forgotten(id)])
    })
  ),

  make(
    "a next version is kept only right after the one before, once, and never for an unknown or a forgotten subject",
    Effect.gen(function* () {
      const { id, keys } = yield* subjectWith(2)
      const [unknown, gone] = [yield* subjectIn(), yield* subjectWith(1)]
      yield* forget(gone.id)
      for (const [subject, version] of [
        [id, 2],
        [id, 4],
        [id, 1],
        [unknown, 1],
        [unknown, 2],
        [gone.id, 1],
        [gone.id, 2]
      ] as const) {
        const added = yield* Effect.flatMap(keyFor(subject, version), (key) => storage((all) => all.add(key)))
        yield* expectEqual(`whether version ${version} was added`, added, false)
      }
      yield* expectKept("what is kept", [id, unknown, gone.id], [known(id, keys), forgotten(gone.id)])
    })
  ),

  make(
    "forgetting wins against everybody who keeps a key at the same time",
    Effect.gen(function* () {
      for (let round = 0; round < 20 * effort; round++) {
        const id = yield* subjectIn()
        const [first, next] = [yield* keyFor(id), yield* keyFor(id, 2)]
        if (round % 2 === 0) yield* create(first)
        const keep = run(
          Effect.andThen(
            create(first),
            Effect.andThen(
              Effect.yieldNow,
              storage((all) => all.add(next))
            )
          )
        )
        yield* Effect.all([keep, forget(id), create(first)], { concurrency: "unbounded" })
        yield* expectKept("what is kept", [id], [forgotten(id)])
      }
    })
  ),

  make(
    "a transaction that fails takes back the keys it has kept, and the forgetting",
    Effect.gen(function* () {
      const [fresh, stays] = [yield* subjectIn(), yield* subjectWith(2)]
      const key = yield* keyFor(fresh)
      const all = Effect.andThen(create(key), forget(stays.id))
      yield* Effect.exit(run(Effect.andThen(all, Effect.fail("no"))))
      yield* expectKept("what is kept", [fresh, stays.id], [known(stays.id, stays.keys)])
    })
  ),

  make(
    "what the open transaction has written is found in it as not settled, and as settled once it has ended",
    Effect.gen(function* () {
      const [fresh, rotated, gone] = [yield* subjectIn(), yield* subjectWith(1), yield* subjectWith(1)]
      const [key, next] = [yield* keyFor(fresh), yield* keyFor(rotated.id, 2)]
      const ids = [fresh, rotated.id, gone.id]
      const kept = [known(fresh, [key]), known(rotated.id, [...rotated.keys, next]), forgotten(gone.id)]
      yield* run(
        Effect.gen(function* () {
          // Inside another one, too: what it has written is taken back with the outer one.
          yield* run(create(key))
          yield* storage((all) => all.add(next))
          yield* forget(gone.id)
          yield* expectKept(
            "what is found inside",
            ids,
            kept.map((subject) => ({ ...subject, settled: false }))
          )
        })
      )
      yield* expectKept("what is found after", ids, kept)
    })
  ),

  make(
    "keys wrapped by other master keys are told, so many at a time, and a new wrapping replaces only the one it is made of",
    Effect.gen(function* () {
      const [one, two, gone] = [yield* subjectWith(2), yield* subjectWith(1), yield* subjectWith(1)]
      const masterKey = yield* Scenario.hex(16)
      const [first, second, third, fourth] = [...one.keys, ...two.keys, ...gone.keys].map((key) => ({
        ...key,
        masterKey,
        wrapped: `new ${key.wrapped}`,
        previous: key.wrapped
      }))
      if (first === undefined || second === undefined || third === undefined || fourth === undefined) return
      yield* forget(gone.id)
      const count = yield* storage((all) =>
        all.rewrap([first, third, fourth, { ...second, previous: "something else" }])
      )
      yield* expectEqual("how many were wrapped anew", count, 2)
      const plain = ({ previous: _, ...key }: typeof first): WrappedKey => key
      yield* expectKept(
        "what is kept",
        [one.id, two.id, gone.id],
        [known(one.id, [plain(first), ...one.keys.slice(1)]), known(two.id, [plain(third)]), forgotten(gone.id)]
      )
      const told = yield* storage((all) => all.wrappedByOthers(masterKey, 1_000_000))
      const ours = told.filter(({ tenant }) => [one.id.tenant, two.id.tenant, gone.id.tenant].includes(tenant))
      yield* expectEqual("the keys that other master keys wrap", ours, one.keys.slice(1))
      yield* expect(
        told.every((key) => key.masterKey !== masterKey),
        "no key must be told that this master key wraps"
      )
      const few = yield* storage((all) => all.wrappedByOthers(masterKey, 1))
      yield* expectEqual("how many are told when one is asked for", few.length, 1)
    })
  )
]
