/**
 * The laws of documents as values: what every layer of the port guarantees. No test framework is needed to run them;
 * `DocumentsContract` registers them with vitest.
 */
import { Documents, longestDocument } from "@eventfold/documents"
import { StreamId, Transaction } from "@eventfold/event-store"
import { Effect, type Schema } from "effect"
import * as Names from "./EventStoreLaws/Scenario.ts"
import { expectEqual, expectFailure, type Law, make } from "./Law.ts"

/** A place for documents that no other law has. */
const place = Effect.map(Names.tenant, (tenant) => ({ tenant, category: "thing" }))
type Place = Effect.Success<typeof place>

const put = (of: Place, id: string, expected: number, version: number, content?: Schema.Json) =>
  Effect.flatMap(Documents, (documents) =>
    documents.put({ stream: { ...of, id }, expected, version, ...(content === undefined ? {} : { content }) })
  )
const find = (of: Place, ...ids: ReadonlyArray<string>) => Effect.flatMap(Documents, (port) => port.find(of, ids))
const list = (of: Place, page: { readonly after?: string; readonly limit?: number } = {}) =>
  Effect.flatMap(Documents, (port) => port.list({ limit: 1000, ...of, ...page }))
const run = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.flatMap(Transaction, (port) => port.run(effect))

/** The actual version that a refused change was told. */
const actualOf = <A, E extends { readonly _tag: string }, R>(what: string, change: Effect.Effect<A, E, R>) =>
  Effect.map(expectFailure(what, change), (error) => ("actual" in error ? error.actual : error._tag))

const numbers = Array.from({ length: 12 }, (_, index) => index)

/** The laws of the port. */
export const laws: ReadonlyArray<Law<Documents | Transaction>> = [
  make(
    "a document is answered as it was put, with its version",
    Effect.gen(function* () {
      const of = yield* place
      const content = {
        name: "x\u0000\ud83d\ude00 ",
        deep: [{ no: null, yes: true }, 1.5e-7, -0.25],
        "": {},
        "2": 1,
        "1": 2
      }
      yield* put(of, "a", 0, 3, content)
      yield* expectEqual("by its id", yield* find(of, "a"), [{ id: "a", version: 3, content }])
      yield* expectEqual("in the list", yield* list(of), [{ id: "a", version: 3, content }])
      yield* put(of, "a", 3, 4, "another")
      yield* expectEqual("replaced", yield* find(of, "a"), [{ id: "a", version: 4, content: "another" }])
      yield* expectEqual("null is a document", yield* Effect.andThen(put(of, "n", 0, 1, null), find(of, "n")), [
        { id: "n", version: 1, content: null }
      ])
    })
  ),

  make(
    "a document changes only at the version that is expected, and who is wrong is told the actual one",
    Effect.gen(function* () {
      const of = yield* place
      yield* expectEqual("of none", yield* actualOf("replacing none", put(of, "a", 1, 2, "x")), 0)
      yield* put(of, "a", 0, 2, "first")
      yield* expectEqual("of one", yield* actualOf("beginning it again", put(of, "a", 0, 9, "x")), 2)
      yield* expectEqual("of an older one", yield* actualOf("replacing an older one", put(of, "a", 1, 9, "x")), 2)
      yield* expectEqual("taking it away", yield* actualOf("taking an older one away", put(of, "a", 1, 9)), 2)
      yield* expectEqual("what there is", yield* find(of, "a"), [{ id: "a", version: 2, content: "first" }])
    })
  ),

  make(
    "a document that is taken away leaves its version behind, and can be put again from there",
    Effect.gen(function* () {
      const of = yield* place
      yield* put(of, "a", 0, 1, "first")
      yield* put(of, "a", 1, 2)
      yield* expectEqual("by its id", yield* find(of, "a"), [{ id: "a", version: 2 }])
      yield* expectEqual("in the list", yield* list(of), [])
      yield* expectEqual("from the start", yield* actualOf("beginning it again", put(of, "a", 0, 1, "x")), 2)
      yield* put(of, "a", 2, 3, "again")
      yield* expectEqual("again", yield* list(of), [{ id: "a", version: 3, content: "again" }])
    })
  ),

  make(
    "documents are found by their ids, once each and sorted byte by byte, and unknown ones are left out",
    Effect.gen(function* () {
      const of = yield* place
      const ids = ["B", "a", "a-1", "\uffee", "\u{1f600}"]
      yield* Effect.forEach(ids.toReversed(), (id, index) => put(of, id, 0, index + 1, id))
      const found = yield* find(of, "\u{1f600}", "a", "none", "a", "B", "\uffee")
      yield* expectEqual(
        "what is found",
        found.map(({ id }) => id),
        ["B", "a", "\uffee", "\u{1f600}"]
      )
      yield* expectEqual("of nothing", yield* find(of), [])
    })
  ),

  make(
    "documents are listed page by page, each once, sorted byte by byte",
    Effect.gen(function* () {
      const of = yield* place
      const ids = ["B", "Z", "a", "a-1", "b", "\uffee", "\u{1f600}"]
      yield* Effect.forEach(ids.toReversed(), (id) => put(of, id, 0, 1, id))
      yield* put(of, "b", 1, 2)
      const paged: Array<string> = []
      let page = yield* list(of, { limit: 2 })
      while (page.length > 0 && paged.length <= ids.length) {
        paged.push(...page.map(({ id }) => id))
        page = yield* list(of, { limit: 2, after: paged.at(-1) ?? "" })
      }
      yield* expectEqual(
        "page by page",
        paged,
        ids.filter((id) => id !== "b")
      )
    })
  ),

  make(
    "tenants and categories are kept apart",
    Effect.gen(function* () {
      const [one, two] = [yield* place, yield* place]
      const other = { ...one, category: "other" }
      yield* put(one, "a", 0, 1, "one")
      yield* put(two, "a", 0, 5, "two")
      yield* put(other, "a", 0, 7, "other")
      yield* put(other, "a", 7, 8)
      yield* expectEqual("of one", yield* list(one), [{ id: "a", version: 1, content: "one" }])
      yield* expectEqual("of another tenant", yield* find(two, "a"), [{ id: "a", version: 5, content: "two" }])
      yield* expectEqual("of another category", yield* list(other), [])
    })
  ),

  make(
    "of many who change a document at the same moment one does",
    Effect.gen(function* () {
      const of = yield* place
      const attempt = (expected: number) =>
        Effect.all(
          numbers.map((number) => Effect.result(run(put(of, "a", expected, expected + 1, number)))),
          { concurrency: "unbounded" }
        )
      for (const expected of [0, 1, 2]) {
        const outcomes = yield* attempt(expected)
        const winners = numbers.filter((number) => outcomes[number]?._tag === "Success")
        yield* expectEqual("how many have changed it", winners.length, 1)
        yield* expectEqual("what there is", yield* find(of, "a"), [
          { id: "a", version: expected + 1, content: winners[0] ?? null }
        ])
      }
    })
  ),

  make(
    "a transaction that fails changes nothing, and sees its own changes until then",
    Effect.gen(function* () {
      const of = yield* place
      yield* put(of, "a", 0, 1, "first")
      const work = Effect.gen(function* () {
        yield* put(of, "a", 1, 2)
        yield* put(of, "b", 0, 1, "new")
        yield* expectEqual("what it finds itself", yield* find(of, "a", "b"), [
          { id: "a", version: 2 },
          { id: "b", version: 1, content: "new" }
        ])
        yield* expectEqual(
          "what it lists itself",
          (yield* list(of)).map(({ id }) => id),
          ["b"]
        )
        return yield* Effect.fail("no" as const)
      })
      yield* expectEqual("how it ends", yield* expectFailure("the work", run(work)), "no")
      yield* expectEqual("what there is", yield* find(of, "a", "b"), [{ id: "a", version: 1, content: "first" }])
    })
  ),

  make(
    "what breaks a rule is refused, and the rule is named",
    Effect.gen(function* () {
      const of = yield* place
      const fieldOf = (change: ReturnType<typeof put>) =>
        Effect.map(expectFailure("the change", change), (error) =>
          error._tag === "InvalidDocument" ? error.field : error._tag
        )
      yield* expectEqual("an id", yield* fieldOf(put(of, "a\u0000", 0, 1, 1)), "stream")
      yield* expectEqual("a version that stays", yield* fieldOf(put(of, "a", 1, 1, 1)), "version")
      yield* expectEqual("a version below none", yield* fieldOf(put(of, "a", -1, 1, 1)), "version")
      const long = "x".repeat(longestDocument)
      yield* expectEqual("what is too long", yield* fieldOf(put(of, "a", 0, 1, long)), "content")
      yield* put(of, StreamId.make("x", "y", "a").id, 0, 1, long.slice(2))
      yield* expectEqual("the longest", (yield* list(of)).length, 1)
    })
  )
]
