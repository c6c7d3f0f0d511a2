/** The documents of the published messages in `docs/`: what they have to be, what they are, and what must not become of them. */
import { asyncApi, schemaDocuments } from "@eventfold/orders-api/contexts/Languages"
import { Effect, FileSystem, Schema } from "effect"
import * as PublishedList from "./PublishedList.ts"

/** The root of the repository. */
export const root = `${import.meta.dirname}/../..`

/** The folder of the JSON Schemas: the record of what is published, with the list of `PublishedList`. */
export const schemasPath = "docs/schemas"

/** A document, and where it is kept. */
export interface Document {
  readonly path: string
  readonly document: Schema.JsonObject
}

/** The documents as they have to be. */
export const documents: ReadonlyArray<Document> = [
  ...Array.from(schemaDocuments(), ([type, document]) => ({ path: `${schemasPath}/${type}.json`, document })),
  { path: "docs/asyncapi.json", document: asyncApi() }
]

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.JsonObject))

const decodeList = Schema.decodeEffect(Schema.fromJsonString(PublishedList.PublishedList))

const read = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* decode(yield* fs.readFileString(`${root}/${path}`))
})

/** The JSON Schemas that are published, by the types of their messages. */
export const published = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const found = new Map<string, Schema.JsonObject>()
  const folder = `${root}/${schemasPath}`
  if (!(yield* fs.exists(folder))) return found
  for (const file of (yield* fs.readDirectory(folder)).toSorted()) {
    if (file.endsWith(".json")) found.set(file.slice(0, -".json".length), yield* read(`${schemasPath}/${file}`))
  }
  return found
})

/** The list of all that was ever published; `undefined` when it is gone. */
export const list = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const file = `${root}/${PublishedList.path}`
  return (yield* fs.exists(file)) ? yield* decodeList(yield* fs.readFileString(file)) : undefined
})

/** What must not become of the published messages, as they are declared now: each with what to do instead. */
export const refused = Effect.gen(function* () {
  const known = yield* list
  // Without it nothing would be held to anything, so it is not made anew.
  if (known === undefined)
    return [`${PublishedList.path}, the list of all that was ever published, is gone. Restore it with git`]
  return yield* PublishedList.check({ list: known, published: yield* published, declared: schemaDocuments() })
})

/** The documents that are not in `docs/` as they have to be. Layout is the formatter's, and does not matter. */
export const outdated = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const found: Array<Document> = []
  const extended = yield* PublishedList.extended({ list: (yield* list) ?? {}, declared: schemaDocuments() })
  for (const one of [...documents, { path: PublishedList.path, document: extended }]) {
    const isThere = yield* fs.exists(`${root}/${one.path}`)
    if (!isThere || JSON.stringify(yield* read(one.path)) !== JSON.stringify(one.document)) found.push(one)
  }
  return found
})
