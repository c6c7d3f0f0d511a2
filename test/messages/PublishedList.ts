/**
 * The list of all messages that were ever published, in `docs/published.json`: the types, each with the digest of its JSON Schema.
 *
 * It is what makes the schemas in `docs/schemas` a record: a schema that is edited or deleted by hand is found, and does not
 * let its message say something else. The list is only ever extended: a type stays in it when its message is withdrawn, so that
 * its name is not used for something else.
 */
import { fingerprint } from "@eventfold/event-store/Fingerprint"
import { SchemaCompatibility } from "@eventfold/messaging"
import { Effect, Schema } from "effect"

/** Where the list is kept. */
export const path = "docs/published.json"

/** What is known of a message that was published. */
const Entry = Schema.Struct({
  /** The SHA-256 of its JSON Schema as it stands in `docs/schemas`, as canonical JSON. */
  schema: Schema.String,
  /** Nobody says it any more, and nobody ever will. Written by hand. */
  withdrawn: Schema.optionalKey(Schema.Literal(true))
})

/** The messages that were ever published, by their types. */
export const PublishedList = Schema.Record(Schema.String, Entry)
/** The messages that were ever published, by their types. */
export type PublishedList = typeof PublishedList.Type

/** What a change is held to, and the change. */
export interface Compared {
  readonly list: PublishedList
  /** The JSON Schemas in `docs/schemas`. */
  readonly published: SchemaCompatibility.Documents
  /** The JSON Schemas of the messages as they are declared. */
  readonly declared: SchemaCompatibility.Documents
}

const fileOf = (type: string) => `docs/schemas/${type}.json`

const withdrawing = (type: string) =>
  `To withdraw a message that nobody reads any more, take it out of its language, delete ${fileOf(type)}, and mark it ` +
  `in ${path} with "withdrawn": true`

/** What is wrong with one message of the list. */
const problemOf = Effect.fnUntraced(function* (type: string, { declared, list, published }: Compared) {
  const entry = list[type]
  const [before, now] = [published.get(type), declared.get(type)]
  if (entry === undefined) return undefined
  if (entry.withdrawn === true) {
    if (now !== undefined) {
      const next = SchemaCompatibility.nextOf(type, [...Object.keys(list), ...declared.keys()])
      return `${type} is withdrawn, and its name is not used again. Publish ${next}`
    }
    return before === undefined ? undefined : `${type} is withdrawn, and still has a schema. Delete ${fileOf(type)}`
  }
  if (before !== undefined) {
    if ((yield* fingerprint(before)) === entry.schema) return undefined
    return (
      `${fileOf(type)} is not the schema that ${path} knows as published. Restore both with git. What ${type} ` +
      'says is changed where it is declared, as far as "npm run schemas" lets it'
    )
  }
  // Of what was published there is the digest alone. Declared just so the message gets its file back, and nothing has changed.
  if (now !== undefined && (yield* fingerprint(now)) === entry.schema) return undefined
  const change = now === undefined ? "is not declared any more" : "says something else now"
  const next = SchemaCompatibility.nextOf(type, [...Object.keys(list), ...declared.keys()])
  return (
    `${type} is published and ${change}, and ${fileOf(type)} is gone. Restore the file with git, declare the message as it ` +
    `was, and publish ${next} beside it. ${withdrawing(type)}`
  )
})

/**
 * What must not happen to published messages, each with what to do instead: a schema that was edited or deleted, a change that
 * readers would not bear, a name that is used again. None when everybody is still understood.
 */
export const check = Effect.fnUntraced(function* (compared: Compared) {
  const found = yield* Effect.forEach(Object.keys(compared.list), (type) => problemOf(type, compared))
  const changed = SchemaCompatibility.check(compared.published, compared.declared)
    .filter(({ type }) => compared.list[type]?.withdrawn !== true)
    .map(({ message, type }) => (compared.declared.has(type) ? message : `${message}. ${withdrawing(type)}`))
  return [...found.filter((problem) => problem !== undefined), ...changed]
})

/** The list with the messages as they are declared. It leaves none out; {@link check} must have found nothing. */
export const extended = Effect.fnUntraced(function* ({ declared, list }: Pick<Compared, "declared" | "list">) {
  const added = yield* Effect.forEach(declared, ([type, document]) =>
    Effect.map(fingerprint(document), (schema) => [type, { schema }] as const)
  )
  const all = Object.entries({ ...list, ...Object.fromEntries(added) })
  return Object.fromEntries(all.toSorted(([one], [other]) => (one < other ? -1 : 1)))
})
