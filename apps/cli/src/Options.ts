/** What several commands are given as options, checked before a database is opened. */
import { Personal } from "@eventfold/decider"
import { NewAction, StreamId } from "@eventfold/event-store"
import { Config, DateTime, Effect, Option, Result, Schema, SchemaIssue } from "effect"

/** An option, or a variable of the environment in its place, is not as it must be. */
export class OptionRefused extends Schema.TaggedError<OptionRefused>()("OptionRefused", {
  option: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `${this.option}: ${this.rule}`
  }
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** The value as the schema has it, or the first rule it breaks. */
export const check = <A>(
  option: string,
  schema: Schema.Codec<A, unknown>,
  value: unknown
): Effect.Effect<A, OptionRefused> =>
  Effect.mapError(
    Schema.decodeUnknownEffect(schema)(value),
    ({ issue }) => new OptionRefused({ option, rule: format(issue).issues[0]?.message ?? "is not valid" })
  )

/** The same for an option that may be left out. */
export const checkOptional = Effect.fnUntraced(function* <A>(
  option: string,
  schema: Schema.Codec<A, unknown>,
  value: Option.Option<unknown>
): Effect.fn.Return<A | undefined, OptionRefused> {
  return Option.isSome(value) ? yield* check(option, schema, value.value) : undefined
})

/** The tenant that was asked for, or that of the environment, as the service has it: `TENANT`, or else `main`. */
export const tenantOf = Effect.fnUntraced(function* (
  given: Option.Option<string>
): Effect.fn.Return<string, OptionRefused | Config.ConfigError> {
  if (Option.isSome(given)) return yield* check("--tenant", StreamId.Tenant, given.value)
  const text = Option.getOrElse(yield* Config.option(Config.String("TENANT")), () => "")
  return text === "" ? "main" : yield* check("TENANT", StreamId.Tenant, text)
})

const streamRule = "must be a stream, such as order/order_0190f5a2-…"

/** A stream of a tenant: `category/id`. */
export const streamOf = Effect.fnUntraced(function* (
  tenant: string,
  text: string
): Effect.fn.Return<StreamId.StreamId, OptionRefused> {
  const at = text.indexOf("/")
  if (at < 1) return yield* new OptionRefused({ option: "--stream", rule: streamRule })
  return yield* check("--stream", StreamId.StreamId, { tenant, category: text.slice(0, at), id: text.slice(at + 1) })
})

/** What {@link streamOf} reads. */
export const shownStream = ({ category, id }: StreamId.StreamId): string => `${category}/${id}`

/** A stream, or a category alone. */
export const streamOrCategoryOf = Effect.fnUntraced(function* (
  tenant: string,
  text: string
): Effect.fn.Return<{ readonly category: string; readonly streamId?: string }, OptionRefused> {
  if (!text.includes("/")) return { category: yield* check("--stream", StreamId.Category, text) }
  const { category, id } = yield* streamOf(tenant, text)
  return { category, streamId: id }
})

const iso = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/u
const timeRule = "must be a point in time that exists, such as 2026-03-01 or 2026-03-01T09:30:00Z"

/** A point in time in ISO 8601 with a zone; a date alone is its midnight in UTC. */
export const timeOf = Effect.fnUntraced(function* (
  option: string,
  given: Option.Option<string>
): Effect.fn.Return<DateTime.Utc | undefined, OptionRefused> {
  if (Option.isNone(given)) return undefined
  const text = given.value
  const [day, time] = [DateTime.make(text.slice(0, 10)), DateTime.make(text)]
  // JavaScript takes 30 February for 2 March.
  const exists = Option.exists(day, (found) => DateTime.formatIsoDateUtc(found) === text.slice(0, 10))
  if (iso.test(text) && exists && Option.isSome(time)) return DateTime.toUtc(time.value)
  return yield* new OptionRefused({ option, rule: timeRule })
})

/** What a text of JSON says. */
export const jsonOf = (option: string, text: string): Effect.Effect<Schema.Json, OptionRefused> => {
  const parsed = Result.try({ try: () => JSON.parse(text) as unknown, catch: (cause) => cause })
  if (Result.isSuccess(parsed)) return check(option, Schema.Json, parsed.success)
  const { failure } = parsed
  const why = failure instanceof Error ? failure.message : String(failure)
  return Effect.fail(new OptionRefused({ option, rule: `must be JSON: ${why}` }))
}

/** The person a command is about, and in which tenant. */
export const personOf = Effect.fnUntraced(function* (given: {
  readonly tenant: Option.Option<string>
  readonly subject: string
}) {
  return {
    tenant: yield* tenantOf(given.tenant),
    subject: yield* check("--subject", Personal.Subject, given.subject)
  }
})

/** Who does something and why, as the audit takes it. */
export const auditedBy = Effect.fnUntraced(function* (given: { readonly actor: string; readonly reason: string }) {
  return {
    actor: yield* check("--actor", NewAction.fields.actor, given.actor),
    reason: yield* check("--reason", NewAction.fields.reason, given.reason)
  }
})
