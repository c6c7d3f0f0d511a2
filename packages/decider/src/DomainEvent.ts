/**
 * Domain events: what happened in the business, named in the past tense, as immutable values.
 *
 * Gotcha: the name and the version of an event are a storage format. Once an event has been written they never change;
 * a changed shape gets a higher version.
 */
import { Schema, SchemaAST } from "effect"

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

const versionKey = "@eventfold/decider/schemaVersion"

/**
 * Declares a domain event: its stored name, its fields, and the version of that shape (1 when left out).
 * The business time `occurredAt` is added to the fields.
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

/** The declared version of an event schema; 1 for a schema that was not made by {@link make}. */
export const versionOf = (schema: Schema.Top): number => {
  const version = Schema.resolveAnnotations(schema)?.[versionKey]
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
