/**
 * The laws of what keeps cached rows, as values: what every layer of `ReadCacheStore` guarantees. No test framework is
 * needed to run them; `ReadCacheContract` registers them with vitest.
 *
 * Gotcha: a law needs a layer bounded to {@link maxEntries} rows that live for {@link timeToLive}.
 */
import { type CacheVersion, ReadCacheStore, rememberedChanges } from "@eventfold/subscriptions"
import { Effect, Random } from "effect"
import { effort } from "./Effort.ts"
import { expect, expectEqual, type Law, make } from "./Law.ts"

/** The bound a layer under test is to have. */
export const maxEntries = 20

/** How long its rows are to live, in milliseconds: longer than the laws take. */
export const timeToLive = 60_000

const cache = <A, E>(ask: (store: ReadCacheStore["Service"]) => Effect.Effect<A, E>) =>
  Effect.flatMap(ReadCacheStore, ask)

/** A scope of its own with so many slices, seen at these positions. */
const scope = Effect.fnUntraced(function* (...positions: ReadonlyArray<number>) {
  const name = `projection:law:${yield* Random.nextIntBetween(0, Number.MAX_SAFE_INTEGER)}`
  if (positions.length > 0) yield* cache((store) => store.seen(name, positions, false))
  return name
})

const get = (name: string, id: string) => cache((store) => store.get(name, id))
const textOf = (name: string, id: string) => Effect.map(get(name, id), ({ text }) => text)
/** What is known of a scope; a version that is never right when nothing is. */
const versionOf = (name: string, id = "any") =>
  Effect.map(get(name, id), ({ version }) => version ?? { era: -1, position: -1 })
const put = (name: string, id: string, version: CacheVersion, text: string) =>
  cache((store) => store.put(name, id, version, text))
/** Reads and puts, with nothing in between. */
const fill = (name: string, id: string, text: string) =>
  Effect.flatMap(versionOf(name, id), (version) => put(name, id, version, text))
const advanced = (name: string, from: number, to: number, changed: ReadonlyArray<string>, slice = 0) =>
  cache((store) => store.advanced(name, { slice, from, to, changed }))

/** The laws of what keeps cached rows. */
export const laws: ReadonlyArray<Law<ReadCacheStore>> = [
  make(
    "a text that was put is found under its scope and id, whatever they consist of",
    Effect.gen(function* () {
      const [one, other] = [yield* scope(1), yield* scope(1)]
      const ids = ['["acme","a b"]', '["acme","ü:{}*"]', ""]
      for (const id of ids) yield* fill(one, id, `{"of":${JSON.stringify(id)},"text":"ü|1"}`)
      for (const id of ids) {
        yield* expectEqual("the text", yield* textOf(one, id), `{"of":${JSON.stringify(id)},"text":"ü|1"}`)
        yield* expectEqual("the text in another scope", yield* textOf(other, id), undefined)
      }
      yield* fill(one, "", "another")
      yield* expectEqual("the text put last", yield* textOf(one, ""), "another")
    })
  ),
  make(
    "the version is the position of the slice that is behind, once all are known",
    Effect.gen(function* () {
      const name = yield* scope()
      yield* advanced(name, 0, 7, [])
      yield* expectEqual("the version of an unknown scope", (yield* get(name, "a")).version, undefined)
      yield* cache((store) => store.seen(name, [7, 4], false))
      yield* expectEqual("the position", (yield* versionOf(name)).position, 4)
      yield* advanced(name, 4, 9, [], 1)
      yield* expectEqual("the position after the other has moved", (yield* versionOf(name)).position, 7)
    })
  ),
  make(
    "a change takes its rows out, and no other",
    Effect.gen(function* () {
      const [name, other] = [yield* scope(1), yield* scope(1)]
      for (const id of ["a", "b", "c"]) yield* fill(name, id, id)
      yield* fill(other, "a", "a")
      const { cleared, invalidated } = yield* advanced(name, 1, 2, ["a", "c", "d"])
      yield* expectEqual("what was taken out", { cleared, invalidated }, { cleared: false, invalidated: 2 })
      const left = yield* Effect.all([textOf(name, "a"), textOf(name, "b"), textOf(name, "c"), textOf(other, "a")])
      yield* expectEqual("the texts", left, [undefined, "b", undefined, "a"])
    })
  ),
  make(
    "what was read before a change of its row is not taken, however late it comes; what was read after it is",
    Effect.gen(function* () {
      const name = yield* scope(1)
      const before = yield* versionOf(name, "a")
      yield* advanced(name, 1, 2, ["a"])
      const { kept } = yield* put(name, "a", before, "old")
      yield* expectEqual("whether the old one was kept", [kept, yield* textOf(name, "a")], [false, undefined])
      yield* expect((yield* put(name, "b", before, "b")).kept, "another row is taken")
      yield* fill(name, "a", "new")
      yield* expect(!(yield* put(name, "a", before, "old")).kept, "the old one is refused again")
      yield* expectEqual("the text", yield* textOf(name, "a"), "new")
    })
  ),
  make(
    "more changes than are remembered one by one are not forgotten",
    Effect.gen(function* () {
      const name = yield* scope(1)
      const before = yield* versionOf(name, "a")
      yield* advanced(name, 1, 2, ["a"])
      const many = Array.from({ length: rememberedChanges + 1 }, (_, index) => `other-${index}`)
      yield* advanced(name, 2, 3, many)
      yield* expect(!(yield* put(name, "a", before, "old")).kept, "what was read before is refused")
      yield* expect((yield* fill(name, "a", "new")).kept, "what is read now is taken")
    })
  ),
  make(
    "a stretch that does not join what is known takes out all of the scope, and what was read before it",
    Effect.gen(function* () {
      const [name, other] = [yield* scope(1), yield* scope(1)]
      yield* fill(name, "a", "a")
      yield* fill(other, "a", "a")
      const before = yield* versionOf(name, "b")
      const { cleared } = yield* advanced(name, 3, 4, ["z"])
      yield* expectEqual("whether it was cleared", cleared, true)
      yield* expect(!(yield* put(name, "b", before, "b")).kept, "what was read before is refused")
      yield* expectEqual("the texts", [yield* textOf(name, "a"), yield* textOf(other, "a")], [undefined, "a"])
      yield* fill(name, "a", "again")
      const again = yield* advanced(name, 2, 4, ["z"])
      yield* expectEqual("whether what is known already clears", again.cleared, false)
      yield* expectEqual("the text", yield* textOf(name, "a"), "again")
    })
  ),
  make(
    "a consumer that was seen ahead takes out all of the scope, unless there is patience",
    Effect.gen(function* () {
      const name = yield* scope(1, 5)
      yield* fill(name, "a", "a")
      const look = (positions: ReadonlyArray<number>, patient: boolean) =>
        cache((store) => store.seen(name, positions, patient))
      yield* expectEqual("whether it has followed", yield* look([1, 5], false), true)
      yield* expectEqual("whether it has followed", yield* look([0, 5], false), true)
      yield* expectEqual("whether it has followed", yield* look([1, 6], true), false)
      yield* expectEqual("the text", yield* textOf(name, "a"), "a")
      yield* expectEqual("whether it has followed", yield* look([1, 6], false), false)
      yield* expectEqual("the text", yield* textOf(name, "a"), undefined)
      yield* expectEqual("whether it has followed", yield* look([1, 6], true), true)
    })
  ),
  make(
    "clearing takes out all of the scope, and what was read before it",
    Effect.gen(function* () {
      const [name, other] = [yield* scope(1), yield* scope(1)]
      for (const one of [name, other]) yield* fill(one, "a", "a")
      const before = yield* versionOf(name, "b")
      yield* cache((store) => store.clear(name))
      yield* expect(!(yield* put(name, "b", before, "b")).kept, "what was read before is refused")
      yield* expectEqual("the texts", [yield* textOf(name, "a"), yield* textOf(other, "a")], [undefined, "a"])
      yield* expect((yield* fill(name, "a", "new")).kept, "what is read now is taken")
    })
  ),
  make(
    "there are never more rows than the bound, and those used longest ago go first",
    Effect.gen(function* () {
      const name = yield* scope(1)
      const ids = Array.from({ length: maxEntries }, (_, index) => `row-${index}`)
      for (const id of ids) yield* fill(name, id, id)
      yield* textOf(name, "row-0")
      const { evicted } = yield* fill(name, "one more", "x")
      yield* expectEqual("how many had to go", evicted, 1)
      const found = yield* Effect.filter([...ids, "one more"], (id) =>
        Effect.map(textOf(name, id), (text) => text !== undefined)
      )
      yield* expectEqual("what is left", found, [...ids.filter((id) => id !== "row-1"), "one more"])
    })
  ),
  make(
    "whatever the order of reads, changes, lost news and looks, a text has all changes up to its version in it",
    Effect.forEach(Array.from({ length: 40 * effort }), () => interleaving, { discard: true })
  )
]

/** What a reader has on the way: what it was told, and what it has read since. */
interface Reading {
  readonly id: string
  readonly version: CacheVersion
  readonly text: string
}

const ids = ["a", "b", "c"]

/**
 * A projection that changes rows, readers that fill the cache slowly, and news that come late, in order, twice or never.
 * A row's text is the position of its last change.
 */
const interleaving = Effect.gen(function* () {
  const name = yield* scope(0)
  const rows = new Map(ids.map((id) => [id, 0]))
  let position = 0
  const changes: Array<{ readonly from: number; readonly to: number; readonly changed: ReadonlyArray<string> }> = []
  const news: Array<(typeof changes)[number]> = []
  const readings: Array<Reading> = []
  const pick = <A>(values: ReadonlyArray<A>, remove?: Array<A>) =>
    Effect.map(Random.nextIntBetween(0, Math.max(1, values.length)), (at) => {
      remove?.splice(at, 1)
      return values[at]
    })
  /** The last change of a row at or below a position. */
  const changedAt = (id: string, upTo: number) =>
    changes.reduce((last, { changed, to }) => (to <= upTo && changed.includes(id) ? to : last), 0)

  const steps = [
    Effect.gen(function* () {
      const changed = [(yield* pick(ids)) ?? "a"]
      const change = { from: position, to: position + 1 + (yield* Random.nextIntBetween(0, 3)), changed }
      position = change.to
      changes.push(change)
      news.push(change)
      for (const id of changed) rows.set(id, position)
    }),
    Effect.gen(function* () {
      const id = (yield* pick(ids)) ?? "a"
      const { text, version } = yield* get(name, id)
      if (text !== undefined && version !== undefined) {
        yield* expect(
          Number(text) >= changedAt(id, version.position),
          `the row ${id}, with all changes up to ${version.position} in it, is of ${changedAt(id, version.position)}, not ${text}`
        )
      } else if (version !== undefined) readings.push({ id, version, text: String(rows.get(id)) })
    }),
    Effect.gen(function* () {
      const reading = yield* pick(Array.from(readings), readings)
      if (reading !== undefined) yield* put(name, reading.id, reading.version, reading.text)
    }),
    Effect.gen(function* () {
      const [next] = news
      if (next === undefined) return
      // Lost, told, or told now and once more.
      const fate = yield* Random.nextIntBetween(0, 6)
      if (fate > 0) yield* advanced(name, next.from, next.to, next.changed)
      if (fate < 5) news.shift()
    }),
    Effect.gen(function* () {
      const patient = yield* Random.nextBoolean
      yield* cache((store) => store.seen(name, [position], patient))
    })
  ]
  for (let step = 0; step < 60; step += 1) yield* (yield* pick([...steps, ...steps.slice(0, 3)])) ?? Effect.void
})
