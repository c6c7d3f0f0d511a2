/**
 * Domain events: what happened in the business, named in the past tense, as immutable values.
 *
 * A shape that changes becomes the next version of its event, made from the version before it and the function from one
 * to the other. So a chain of versions has no holes: there is no way to write down version 3 without version 2.
 *
 * Gotcha: the name and the version of an event are a storage format. Once an event has been written they never change.
 */
import { Result, Schema, SchemaAST } from "effect"

/** The fields every domain event has besides its own: `occurredAt`, the business time given by the command. */
export interface Common {
  readonly occurredAt: typeof Schema.DateTimeUtc
}

/** A domain event as a value: a struct tagged with its name that carries when it happened. */
export interface DomainEvent {
  readonly _tag: string
  readonly occurredAt: Schema.DateTimeUtc["Type"]
}

/** The schema of one domain event, as {@link make} builds it. */
export type EventSchema<Tag extends string, Fields extends Schema.Struct.Fields> = Schema.TaggedStruct<
  Tag,
  Common & Fields
>

/** One version of an event, as {@link versionsOf} lists them. */
export interface EventVersion {
  readonly version: number
  readonly schema: Schema.Codec<DomainEvent, unknown>
  /** Leads to the next version; the newest one has none. */
  readonly upcast?: Upcast
}

/**
 * From an event of one version to the content of the next one. What it is given is checked against the schema of its
 * version first. It throws what the declared function throws.
 */
export type Upcast = (older: unknown) => Result.Result<unknown, Schema.SchemaError>

const versionKey = "@eventfold/decider/schemaVersion"
const olderKey = "@eventfold/decider/olderVersion"

/**
 * Declares a domain event: its stored name, its fields, and the version of that shape (1 when left out).
 * The business time `occurredAt` is added to the fields.
 *
 * A version above 1 that is declared here has no way to it from version 1, and a codec refuses it when the program
 * starts: {@link nextVersion} is how there come to be more versions.
 *
 * @throws RangeError when the version is not a positive integer: a mistake of the program, found where it is declared.
 */
export const make = <const Tag extends string, const Fields extends Schema.Struct.Fields>(
  tag: Tag,
  fields: Fields,
  options: { readonly version?: number } = {}
): EventSchema<Tag, Fields> => {
  const version = options.version ?? 1
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new RangeError(`The version of event ${tag} must be a positive integer, got ${version}`)
  }
  const struct: EventSchema<Tag, Fields> = Schema.TaggedStruct(tag, { occurredAt: Schema.DateTimeUtc, ...fields })
  return struct.annotate({ [versionKey]: version, identifier: `${tag}.v${version}` })
}

/**
 * Declares the next version of an event: its fields, and what an event of the version before says in them.
 *
 * The function is total and pure: it answers for every older event, always the same. It names every field of the new
 * shape but `occurredAt`, which stays what it was. It runs when an older event is read; the stored event stays untouched.
 */
export const nextVersion = <
  const Tag extends string,
  const Older extends Schema.Struct.Fields,
  const Fields extends Schema.Struct.Fields
>(
  older: EventSchema<Tag, Older> & Schema.Codec<DomainEvent, unknown>,
  fields: Fields,
  upcast: (older: EventSchema<Tag, Older>["Type"]) => Schema.Struct.Type<Fields>
): EventSchema<Tag, Fields> => {
  const check = Schema.decodeUnknownResult(Schema.toType(older))
  const next = make<Tag, Fields>(older.fields._tag.schema.literal, fields, { version: versionOf(older) + 1 })
  return next.annotate({ [olderKey]: new OlderVersion(older, (event) => Result.map(check(event), upcast)) })
}

/** The link from a version to the one before it. */
class OlderVersion {
  readonly schema: Schema.Codec<DomainEvent, unknown>
  readonly upcast: Upcast
  constructor(schema: Schema.Codec<DomainEvent, unknown>, upcast: Upcast) {
    this.schema = schema
    this.upcast = upcast
  }
}

/**
 * The versions of an event from the oldest known to the newest, which is that of `schema`. They have no holes; they begin
 * with version 1 unless the oldest was declared with a higher number.
 */
export const versionsOf = (schema: Schema.Codec<DomainEvent, unknown>): ReadonlyArray<EventVersion> => {
  const versions: Array<EventVersion> = [{ version: versionOf(schema), schema }]
  for (let older = olderOf(schema); older !== undefined; older = olderOf(older.schema)) {
    versions.unshift({ version: versionOf(older.schema), schema: older.schema, upcast: older.upcast })
  }
  return versions
}

const olderOf = (schema: Schema.Top): OlderVersion | undefined => {
  const older = schema.ast.annotations?.[olderKey]
  return older instanceof OlderVersion ? older : undefined
}

/** The declared version of an event schema; 1 for a schema that was not made by {@link make}. */
export const versionOf = (schema: Schema.Top): number => {
  // Checks added to an event have annotations of their own; the version stands on the struct below them.
  const version = schema.ast.annotations?.[versionKey]
  return typeof version === "number" ? version : 1
}

/**
 * The name of an event schema: the literal of its `_tag`.
 *
 * @throws Error when the schema is not a struct tagged with a string.
 */
export const nameOf = (schema: Schema.Top): string => {
  const ast = schema.ast
  const tag = SchemaAST.isObjects(ast) ? ast.propertySignatures.find(({ name }) => name === "_tag")?.type : undefined
  if (tag === undefined || !SchemaAST.isLiteral(tag) || typeof tag.literal !== "string") {
    throw new Error("An event schema must be a struct tagged with its name: make it with DomainEvent.make")
  }
  return tag.literal
}
