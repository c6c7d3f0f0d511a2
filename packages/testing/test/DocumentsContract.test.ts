/** The suite of documents catches broken layers: for every law there is one that breaks it, and it only. */
import { type Documents as Port, Documents, DocumentsMemory } from "@eventfold/documents"
import { Transaction } from "@eventfold/event-store"
import { Effect, Layer } from "effect"
import { DocumentsLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"
import { outside } from "./Faults.ts"

type Service = Port["Service"]

const sound = Layer.fresh(Layer.merge(DocumentsMemory.layerMemory, Transaction.layerMemory))

/** A row: documents in memory, with what `wrong` puts in the place of some of their parts. */
const broken = (breaks: string, fault: string, wrong: (port: Service) => Partial<Service>) => ({
  breaks,
  fault,
  layer: Layer.effect(
    Documents,
    Effect.map(Documents, (port) => ({ ...port, ...wrong(port) }))
  ).pipe(Layer.provideMerge(sound))
})

const rows = [
  broken("a document is answered as it was put, with its version", "puts in null for nothing", (port) => ({
    put: ({ content, ...change }) =>
      port.put(content === null ? change : { ...change, ...(content === undefined ? {} : { content }) })
  })),
  broken(
    "a document changes only at the version that is expected, and who is wrong is told the actual one",
    "tells what was expected",
    (port) => ({
      put: (change) =>
        Effect.mapError(port.put(change), (error) => {
          if (error._tag !== "VersionConflict" || error.actual === 0 || change.content === undefined) return error
          return Object.assign(error, { actual: change.expected === 1 ? 1 : error.actual })
        })
    })
  ),
  broken(
    "a document that is taken away leaves its version behind, and can be put again from there",
    "finds nothing of one that was taken away",
    (port) => ({
      // The transaction law looks at two ids.
      find: (of, ids) =>
        Effect.map(port.find(of, ids), (found) =>
          found.filter(({ content }) => content !== undefined || ids.length > 1)
        )
    })
  ),
  broken(
    "documents are found by their ids, once each and sorted byte by byte, and unknown ones are left out",
    "sorts ids by UTF-16",
    (port) => ({
      find: (of, ids) => Effect.map(port.find(of, ids), (found) => found.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
    })
  ),
  broken(
    "documents are listed page by page, each once, sorted byte by byte",
    "begins a page with its mark",
    (port) => ({
      list: (page) => port.list(page.after === undefined ? page : { ...page, after: page.after.slice(0, -1) })
    })
  ),
  broken("tenants and categories are kept apart", "does not look at the category", (port) => ({
    put: (change) => port.put({ ...change, stream: { ...change.stream, category: "thing" } })
  })),
  broken("of many who change a document at the same moment one does", "looks first, and writes later", (port) => {
    const version = (change: Parameters<Service["put"]>[0]) =>
      Effect.map(outside(port.find(change.stream, [change.stream.id])), ([found]) => found?.version ?? 0)
    return {
      put: Effect.fnUntraced(function* (change) {
        const seen = yield* version(change)
        if (seen !== change.expected || change.content === undefined || change.stream.id !== "a")
          return yield* port.put(change)
        yield* Effect.yieldNow
        const now = yield* version(change)
        yield* port.put({ ...change, expected: now, version: Math.max(change.version, now + 1) })
      })
    }
  }),
  broken(
    "a transaction that fails changes nothing, and sees its own changes until then",
    "takes away at once",
    (port) => ({
      put: (change) => (change.content === undefined ? outside(port.put(change)) : port.put(change))
    })
  ),
  broken("what breaks a rule is refused, and the rule is named", "refuses the longest, too", (port) => ({
    put: (change) =>
      port.put(
        typeof change.content === "string" && change.content.length > 1_000_000 ? { ...change, expected: -1 } : change
      )
  }))
]

suite({ of: "documents", laws: DocumentsLaws.laws, rows, sound })
