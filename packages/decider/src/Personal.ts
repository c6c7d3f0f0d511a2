/**
 * What a domain knows about a person: a value that can be forgotten.
 *
 * A personal value names its subject, the person it is about. It is either known, or redacted: the subject has been
 * forgotten, and nobody can tell the value any more. The types know both, so that no fold breaks on a forgotten person.
 * Wherever in a schema it stands (events, states, answers, rows), what stores the JSON can find it and seal it.
 *
 * Gotchas: the id of a subject is stored in clear and outlives the forgetting, so it must be opaque: a random identifier,
 * never a name or an address of e-mail. Two personal values of two subjects differ also when the values are equal.
 * Printed, logged or turned into JSON by hand, a personal value shows `[REDACTED]`: only its schema writes it in clear.
 */
import {
  Effect,
  Predicate,
  Redactable,
  Schema,
  SchemaAST,
  SchemaIssue,
  SchemaParser,
  SchemaTransformation
} from "effect"

/** A value of a person who has not been forgotten. */
export interface Known<out A> {
  readonly _tag: "Known"
  /** The id of the person it is about. */
  readonly subject: string
  readonly value: A
  /** `[REDACTED]`. */
  toString(): string
}

/** What is left of a value when its subject has been forgotten. */
export interface Redacted {
  readonly _tag: "Redacted"
  /** The id of the person it was about. */
  readonly subject: string
  /** `[REDACTED]`. */
  toString(): string
}

/** A value about a person. */
export type Personal<A> = Known<A> | Redacted

/** What is shown in place of a personal value. */
export const redactedText = "[REDACTED]"

/** Keeps the value out of whatever prints: the console, logs, JSON made by hand, text. */
abstract class Discreet {
  abstract readonly subject: string
  toString(): string {
    return redactedText
  }
  toJSON(): string {
    return redactedText
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return redactedText
  }
  [Redactable.symbolRedactable](): string {
    return redactedText
  }
}

class KnownValue<A> extends Discreet implements Known<A> {
  readonly _tag = "Known"
  readonly subject: string
  readonly value: A
  constructor(subject: string, value: A) {
    super()
    this.subject = subject
    this.value = value
  }
}

class RedactedValue extends Discreet implements Redacted {
  readonly _tag = "Redacted"
  readonly subject: string
  constructor(subject: string) {
    super()
    this.subject = subject
  }
}

/** The id of a person: 1 to 255 UTF-16 units, without control characters or broken Unicode. */
export const Subject = Schema.String.check(
  Schema.isMinLength(1),
  Schema.isMaxLength(255),
  Schema.isPattern(/^[^\p{Cc}\p{Cs}]*$/u, { message: "a subject must be without control characters or broken Unicode" })
)

/** A value about a person. */
export const of = <A>(subject: string, value: A): Personal<A> => new KnownValue(subject, value)

/** What is left of a value about a person who has been forgotten. */
export const redacted = (subject: string): Personal<never> => new RedactedValue(subject)

/** True for a personal value, known or redacted. */
export const isPersonal = (value: unknown): value is Personal<unknown> => value instanceof Discreet

/** True when the value is gone, because its subject has been forgotten. */
export const isRedacted = <A>(personal: Personal<A>): personal is Redacted => personal._tag === "Redacted"

/** One result for a known value, another for one that is gone. */
export const match = <A, B, C>(
  personal: Personal<A>,
  cases: {
    readonly onKnown: (value: A, subject: string) => B
    readonly onRedacted: (subject: string) => C
  }
): B | C =>
  personal._tag === "Known" ? cases.onKnown(personal.value, personal.subject) : cases.onRedacted(personal.subject)

/** The value of the same person, changed; what is gone stays gone. */
export const map = <A, B>(personal: Personal<A>, f: (value: A) => B): Personal<B> =>
  personal._tag === "Known" ? of(personal.subject, f(personal.value)) : personal

/** The value, or something else when it is gone. */
export const getOrElse = <A, B>(personal: Personal<A>, orElse: () => B): A | B =>
  personal._tag === "Known" ? personal.value : orElse()

/** The value as text for those who may see it; `[REDACTED]` when it is gone. */
export const show = <A>(personal: Personal<A>, print: (value: A) => string = String): string =>
  personal._tag === "Known" ? print(personal.value) : redactedText

/** The JSON form of a value that is gone. */
export interface RedactedJson {
  readonly subject: string
  readonly redacted: true
}

/** The JSON form of a value that is gone. */
export const redactedJson = (subject: string): RedactedJson => ({ subject, redacted: true })

const valueKey = "@eventfold/decider/personalValue"
const jsonKey = "@eventfold/decider/personalJson"

/** The schema of a personal value around the schema of the value itself, as {@link schema} builds it. */
export interface PersonalSchema<S extends Schema.Top> extends Schema.declareConstructor<
  Personal<S["Type"]>,
  Personal<S["Encoded"]>,
  readonly [S]
> {
  readonly Rebuild: PersonalSchema<S>
}

/**
 * The schema of personal values. Its JSON form is `{"subject": "…", "value": …}`, or `{"subject": "…", "redacted": true}`.
 *
 * Gotcha: a value is sealed whole, for one subject, so personal values do not nest.
 */
export const schema = <S extends Schema.Top>(value: S): PersonalSchema<S> =>
  Schema.declareConstructor<Personal<S["Type"]>, Personal<S["Encoded"]>>()(
    [value],
    ([value]) =>
      (input, ast, options) => {
        if (!isPersonal(input)) return Effect.fail(new SchemaIssue.InvalidType(ast, input, options))
        if (input._tag === "Redacted") return Effect.succeed(input)
        return Effect.mapBothEager(SchemaParser.decodeUnknownEffect(value)(input.value, options), {
          onSuccess: (decoded) => of(input.subject, decoded),
          onFailure: (issue) =>
            new SchemaIssue.Composite(ast, [new SchemaIssue.Pointer(["value"], issue)], input, options)
        })
      },
    {
      expected: "a personal value",
      [valueKey]: true,
      toCodecJson: ([value]) =>
        Schema.link<Personal<S["Encoded"]>>()(
          Schema.Union([
            Schema.Struct({ subject: Subject, value }),
            Schema.Struct({ subject: Subject, redacted: Schema.Literal(true) })
          ]).annotate({ [jsonKey]: true }),
          SchemaTransformation.transform({
            decode: (json) => ("value" in json ? of(json.subject, json.value) : redacted(json.subject)),
            encode: (personal) =>
              personal._tag === "Known"
                ? { subject: personal.subject, value: personal.value }
                : redactedJson(personal.subject)
          })
        )
    }
  )

/** True when personal values can stand somewhere in what a schema describes. Ask once, where a program starts. */
export const isIn = (schema: Schema.Top): boolean =>
  reaches(Schema.toCodecJson(schema).ast, (ast) => isValue(ast) || isJson(ast))

/**
 * Marks the schema of a value about a person that is on its way, in the content of a command: in clear, because whose it
 * is may be known only where it is decided. What is kept of such a command tells nothing about the value.
 */
export const inTransit = <S extends Schema.Top>(schema: S): S["Rebuild"] => schema.annotate({ [transitKey]: true })

const transitKey = "@eventfold/decider/personalInTransit"

/** True when what a schema describes can hold values about people, personal or marked by {@link inTransit}. */
export const isAbout = (schema: Schema.Top): boolean =>
  reaches(Schema.toCodecJson(schema).ast, (ast) => isValue(ast) || isJson(ast) || isMarked(ast))

/** True when what a schema describes can hold values marked by {@link inTransit}: it must not be stored as it is. */
export const isInTransit = (schema: Schema.Top): boolean => reaches(Schema.toCodecJson(schema).ast, isMarked)

const isMarked = (ast: SchemaAST.AST): boolean => SchemaAST.resolve(ast)?.[transitKey] === true

/**
 * Marks a schema that is only read by, such as that of an older version of an event: nothing is ever written by it. What it
 * reads may have been stored in clear, and nothing has to be sealed there.
 */
export const onlyRead = <S extends Schema.Top>(schema: S): S["Rebuild"] => schema.annotate({ [onlyReadKey]: true })

const onlyReadKey = "@eventfold/decider/personalOnlyRead"

/** True for a schema marked by {@link onlyRead}. */
export const isOnlyRead = (ast: SchemaAST.AST): boolean => SchemaAST.resolve(ast)?.[onlyReadKey] === true

/** True for the schema of personal values themselves. */
export const isValue = (ast: SchemaAST.AST): boolean => ast.annotations?.[valueKey] === true

/** True for the schema of their JSON form. */
export const isJson = (ast: SchemaAST.AST): boolean => ast.annotations?.[jsonKey] === true

/** True when a part of a schema, or the schema itself, is what `wanted` says. Schemas that contain themselves are fine. */
export const reaches = (ast: SchemaAST.AST, wanted: (ast: SchemaAST.AST) => boolean): boolean => {
  const seen = new Set<SchemaAST.AST>()
  const visit = (part: SchemaAST.AST): boolean => {
    if (seen.has(part)) return false
    seen.add(part)
    return wanted(part) || partsOf(part).some(visit)
  }
  return visit(ast)
}

/** The schemas a schema is made of, those of its encoded forms included. */
export const partsOf = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> => {
  const encodings = ast.encoding === undefined ? [] : ast.encoding.map((link) => link.to)
  if (SchemaAST.isDeclaration(ast)) return [...encodings, ...ast.typeParameters]
  if (SchemaAST.isArrays(ast)) return [...encodings, ...ast.elements, ...ast.rest]
  if (SchemaAST.isUnion(ast)) return [...encodings, ...ast.types]
  if (SchemaAST.isSuspend(ast)) return [...encodings, ast.thunk()]
  if (SchemaAST.isObjects(ast)) {
    const [properties, signatures] = [ast.propertySignatures, ast.indexSignatures]
    return [...encodings, ...properties.map(({ type }) => type), ...signatures.map(({ type }) => type)]
  }
  return encodings
}

/** True for the JSON form of a known value. */
export const isKnownJson = (json: unknown): json is { readonly subject: string; readonly value: Schema.Json } =>
  Predicate.isObject(json) && Predicate.hasProperty(json, "value") && isSubjectOf(json)

/** True for the JSON form of a value that is gone. */
export const isRedactedJson = (json: unknown): json is RedactedJson =>
  Predicate.isObject(json) && Predicate.hasProperty(json, "redacted") && json.redacted === true && isSubjectOf(json)

const isSubjectOf = (json: object): boolean =>
  Object.keys(json).length === 2 && Predicate.hasProperty(json, "subject") && isSubject(json.subject)

/** True for the id of a person: see {@link Subject}. */
export const isSubject = Schema.is(Subject)
